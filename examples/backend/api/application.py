"""The WSGI application: routes, JSON in and out, errors as JSON.

    python -m api.application 8080
"""

import json
import logging
import re
import sys
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import make_server

from models.order import Order, OrderError
from services.orders import Orders

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], object]

LIMIT = 64 * 1024
ORDER = re.compile(r"/orders/([0-9a-f]{32})")


class Application:
    """``POST /orders``, ``GET /orders/ID``, ``GET /health``."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, body = self._route(environ)
        except (OrderError, json.JSONDecodeError) as error:
            status, body = "400 Bad Request", {"error": str(error)}
        payload = json.dumps(body).encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(payload)))]
        start_response(status, headers)
        return [payload]

    def _route(self, environ: Environ) -> tuple[str, dict[str, Any]]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
        if (method, path) == ("GET", "/health"):
            return "200 OK", {"status": "ok"}
        if (method, path) == ("POST", "/orders"):
            return "201 Created", self._orders.place(Order.from_json(_body(environ))).to_json()
        match = ORDER.fullmatch(path)
        if method == "GET" and match:
            order = self._orders.find(match[1])
            if order:
                return "200 OK", order.to_json()
        return "404 Not Found", {"error": f"{method} {path}"}


def _body(environ: Environ) -> dict[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > LIMIT:
        raise OrderError(f"more than {LIMIT} bytes")
    return json.loads(environ["wsgi.input"].read(length))


def main(port: int, host: str = "0.0.0.0") -> None:
    """Serve until interrupted."""
    logging.basicConfig(level=logging.INFO)
    with make_server(host, port, Application(Orders())) as server:
        logging.info("listening on port %d", port)
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
