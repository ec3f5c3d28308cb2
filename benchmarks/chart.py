"""Bar charts as SVG: one bar for a median, a thin line on to the 95th percentile."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, LABEL, VALUE, HEIGHT, TOP = 860, 300, 130, 24, 34
LOGARITHMIC_FROM = 50.0
"""A chart whose largest bar is so many times its smallest is drawn on a logarithmic scale."""

OURS, OTHERS, INK = "#2f6fab", "#a9b4c0", "#30363d"


@dataclass(frozen=True, slots=True)
class Bar:
    """``ours`` is drawn in a colour of its own."""

    label: str
    median: float
    p95: float
    ours: bool


def bars(title: str, unit: str, shown: Sequence[Bar]) -> str:
    """An SVG document; the axis is logarithmic where that shows more, and says so."""
    scale, logarithmic = _scale(shown)
    body = [_bar(number, bar, scale(bar.median), scale(bar.p95)) for number, bar in enumerate(shown)]
    height = TOP + HEIGHT * len(shown) + 8
    head = f"{title}: median and 95th percentile in {unit}" + (", logarithmic" if logarithmic else "")
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}">',
            f'<g font-family="sans-serif" font-size="13" fill="{INK}">',
            f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
            f'<text x="8" y="20" font-weight="bold">{escape(head)}</text>',
            *body,
            "</g>\n</svg>\n",
        )
    )


def _scale(shown: Sequence[Bar]) -> tuple[Callable[[float], float], bool]:
    """From a value to a length, and whether it is logarithmic."""
    room = WIDTH - LABEL - VALUE
    values = [value for bar in shown for value in (bar.median, bar.p95) if value > 0]
    most, least = max(values, default=1.0), min(values, default=1.0)
    if most / least < LOGARITHMIC_FROM:
        return lambda value: room * max(0.0, value) / most, False
    span = math.log(most / least) + 1
    return lambda value: room * max(0.0, math.log(value / least) + 1) / span if value > 0 else 0.0, True


def _bar(number: int, bar: Bar, median: float, p95: float) -> str:
    y = TOP + HEIGHT * number
    colour = OURS if bar.ours else OTHERS
    text = f"{bar.median:,.3g} / {bar.p95:,.3g}" if bar.p95 < 1000 else f"{bar.median:,.0f} / {bar.p95:,.0f}"
    return (
        f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(bar.label)}</text>'
        f'<rect x="{LABEL}" y="{y + 4}" width="{median:.1f}" height="{HEIGHT - 8}" fill="{colour}"/>'
        f'<line x1="{LABEL + median:.1f}" x2="{LABEL + p95:.1f}" y1="{y + 12}" y2="{y + 12}" '
        f'stroke="{colour}" stroke-width="2"/>'
        f'<text x="{LABEL + max(median, p95) + 6:.1f}" y="{y + 16}">{text}</text>'
    )
