"""One product as an article element."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Product:
    """A line of the catalogue; prices in cents."""

    sku: str
    name: str
    price_cents: int
    stock: int
    origin: str


def price(cents: int) -> str:
    """Euro with two decimals: ``8.90 €``."""
    return f"{cents // 100}.{cents % 100:02d} €"


def render_card(product: Product) -> str:
    """The card with a button, or greyed out and without one when nothing is in stock."""
    sold_out = product.stock == 0
    action = (
        "<p>Sold out</p>"
        if sold_out
        else f'<button data-sku="{escape(product.sku)}">Add to cart</button>'
    )
    return (
        f'<article class="card{" sold-out" if sold_out else ""}">'
        f"<h2>{escape(product.name)}</h2>"
        f"<p>{escape(product.origin)}</p>"
        f'<p class="price">{price(product.price_cents)}</p>'
        f"{action}</article>"
    )
