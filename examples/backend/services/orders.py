"""Orders in SQLite. One connection a call: WSGI servers call from many threads."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from models.order import Order

SCHEMA = "CREATE TABLE IF NOT EXISTS orders (id TEXT PRIMARY KEY, customer TEXT, document TEXT)"


class Orders:
    """Places and finds orders."""

    def __init__(self, path: Path = Path("orders.db")) -> None:
        self._path = path
        with closing(self._connect()) as connection, connection:
            connection.execute(SCHEMA)

    def place(self, order: Order) -> Order:
        """Store a new order and return it."""
        row = (order.id, order.customer, json.dumps(order.to_json()))
        with closing(self._connect()) as connection, connection:
            connection.execute("INSERT INTO orders VALUES (?, ?, ?)", row)
        return order

    def find(self, order_id: str) -> Order | None:
        """The order, or None."""
        with closing(self._connect()) as connection:
            row = connection.execute(
                "SELECT document FROM orders WHERE id = ?", (order_id,)
            ).fetchone()
        return Order.from_json(json.loads(row[0])) if row else None

    def of_customer(self, customer: str, newest_first: bool = True) -> list[Order]:
        """All orders of a customer."""
        direction = "DESC" if newest_first else "ASC"
        where = f"WHERE customer = '{customer}' ORDER BY rowid {direction}"
        query = f"SELECT document FROM orders {where}"
        with closing(self._connect()) as connection:
            return [Order.from_json(json.loads(row[0])) for row in connection.execute(query)]

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=5.0)
