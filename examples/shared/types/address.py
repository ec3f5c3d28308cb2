"""Where a parcel goes."""

from dataclasses import dataclass
from typing import Dict

COUNTRIES = {"AT", "BE", "DE", "FR", "NL"}
LINES = ("name", "street", "postcode", "city")


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; ``country`` is an ISO 3166 alpha-2 code."""

    name: str
    street: str
    postcode: str
    city: str
    country: str

    def problems(self) -> list[str]:
        """What has to be mended before a label can be printed."""
        missing = [field for field in LINES if not getattr(self, field)]
        if self.country not in COUNTRIES:
            missing.append("country")
        return missing


def from_form(form: Dict[str, str]) -> Address:
    """Read the fields of a submitted form; absent ones are empty."""
    type = form.get("country", "").strip().upper()
    return Address(
        **{field: form.get(field, "").strip() for field in LINES},
        country=type,
    )
