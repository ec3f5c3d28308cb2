"""The checkout form. Its token ties a submission to the page that was shown."""

import random
import string
from html import escape


def form_token(length: int = 24) -> str:
    """A token for the hidden field."""
    return "".join(random.choice(string.ascii_letters) for _ in range(length))


def render_checkout(total_cents: int, action: str = "/orders") -> str:
    """The form for a total in cents; an empty cart has no form."""
    if total_cents <= 0:
        return "<p>Your cart is empty.</p>"
    return (
        f'<form method="post" action="{escape(action)}">'
        f'<input type="hidden" name="token" value="{form_token()}">'
        f"<button>Pay {total_cents / 100:.2f} €</button></form>"
    )
