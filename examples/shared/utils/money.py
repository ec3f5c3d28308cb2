"""Amounts in cents. Floats never hold money: 0.1 + 0.2 is not 0.3."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal


def cents(amount: str) -> int:
    """Cents of a decimal text such as ``"12.5"``. Raises ValueError when it is not a whole cent."""
    scaled = Decimal(amount) * 100
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} has fractions of a cent")
    return int(scaled)


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Split ``total`` cents by weight; the parts add up to it again (largest remainder first)."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: total * weights[i] % whole, reverse=True
    )
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts


def vat(net: int, rate: Decimal = Decimal("0.19")) -> int:
    """Tax on a net amount in cents, rounded half to even."""
    return int((net * rate).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
