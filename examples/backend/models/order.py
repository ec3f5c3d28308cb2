"""An order and its lines."""

import uuid
from dataclasses import dataclass, field
from typing import Any


class OrderError(ValueError):
    """A document that is not an order; the message is for the caller."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many of one article at a price in cents."""

    sku: str
    quantity: int
    price_cents: int

    def __post_init__(self) -> None:
        if self.quantity < 1 or self.price_cents < 0:
            raise OrderError(f"{self.sku}: quantity and price have to be positive")


@dataclass(frozen=True, slots=True)
class Order:
    """What a customer wants. ``id`` is 32 hex digits."""

    customer: str
    lines: tuple[Line, ...]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def total_cents(self) -> int:
        return sum(line.quantity * line.price_cents for line in self.lines)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Order":
        """Read ``{"customer", "lines": [{"sku", "quantity", "price_cents"}], "id"?}``."""
        try:
            lines = tuple(Line(**line) for line in document["lines"])
            known = {"id": document["id"]} if "id" in document else {}
            return cls(document["customer"], lines, **known)
        except (KeyError, TypeError) as error:
            raise OrderError(f"not an order: {error}") from error

    def to_json(self) -> dict[str, Any]:
        """The document that ``from_json`` reads, with the total."""
        lines = [
            {"sku": line.sku, "quantity": line.quantity, "price_cents": line.price_cents}
            for line in self.lines
        ]
        return {
            "id": self.id,
            "customer": self.customer,
            "lines": lines,
            "total_cents": self.total_cents,
        }
