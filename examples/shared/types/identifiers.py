"""Identifiers are not interchangeable strings."""

from typing import NewType, Optional

Sku = NewType("Sku", str)
OrderId = NewType("OrderId", str)


def parse_sku(text: str) -> Optional[Sku]:
    """``name-grams`` such as ``sencha-100``; None when it is anything else."""
    name, _, grams = text.rpartition("-")
    return Sku(text) if name.isidentifier() and grams.isdigit() else None
