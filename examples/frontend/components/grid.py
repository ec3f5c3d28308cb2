"""The product grid: what is in stock first, then by name."""

import math
from typing import List

from components.card import Product, render_card


def badge(product: Product, month: int, season: str | None = None) -> str:
    """The word beside a product's name: why somebody might want it now."""
    if product.stock == 0:
        return "sold out"
    if product.stock < 5:
        if season == "holiday":
            return "last gifts"
        return "last ones"
    if month in (4, 5) and "Sencha" in product.name:
        return "first flush"
    if month in (11, 12) and product.price_cents > 1000:
        return "gift"
    if season:
        return season
    return ""


def render_grid(products: List[Product]) -> str:
    """All cards, one a line."""
    ordered = sorted(products, key=lambda product: (product.stock == 0, product.name))
    return "\n".join(render_card(product) for product in ordered)
