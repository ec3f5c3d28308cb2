"""Amounts as SVG bars: beside one another with their names, or on end as a distribution."""

from __future__ import annotations

from collections.abc import Sequence

from dev_assistant.report.markup import Markup, element, joined, picture

_WIDTH = 560.0
_ROW, _THICK = 46.0, 14.0
_TALL, _LABELS, _VALUES = 200.0, 30.0, 22.0
_GAP = 3.0
_ROUND = 3.0


def bars(amounts: Sequence[tuple[str, int]], *, key: str, title: str) -> Markup:
    """Lying bars, each under its name and its amount."""
    most = max((amount for _, amount in amounts), default=0) or 1
    rows = [_row(name, amount, amount / most, place * _ROW) for place, (name, amount) in enumerate(amounts)]
    return picture(
        *rows,
        key=key,
        title=title,
        description=_told(amounts),
        width=_WIDTH,
        height=len(amounts) * _ROW,
    )


def columns(amounts: Sequence[tuple[str, int]], *, key: str, title: str) -> Markup:
    """Standing bars over their names; what is not there has no bar."""
    most = max((amount for _, amount in amounts), default=0) or 1
    wide = _WIDTH / len(amounts)
    shown = [
        _column(name, amount, amount / most, place * wide, wide)
        for place, (name, amount) in enumerate(amounts)
    ]
    ground = _TALL - _LABELS
    line = element("line", x1=0.0, y1=ground, x2=_WIDTH, y2=ground, class_="rule")
    return picture(*shown, line, key=key, title=title, description=_told(amounts), width=_WIDTH, height=_TALL)


def _told(amounts: Sequence[tuple[str, int]]) -> str:
    return "; ".join(f"{name}: {amount:,}" for name, amount in amounts) + "."


def _row(name: str, amount: int, share: float, top: float) -> Markup:
    bar = top + _ROW - _THICK - 10
    return element(
        "g",
        element("title", f"{name}: {amount:,}"),
        element("text", name, x=0.0, y=bar - 7, class_="name"),
        element("text", f"{amount:,}", x=_WIDTH, y=bar - 7, text_anchor="end", class_="value"),
        element("rect", x=0.0, y=bar, width=_WIDTH, height=_THICK, rx=_ROUND, class_="track"),
        _filled(0.0, bar, max(4.0, share * _WIDTH), _THICK) if amount else "",
    )


def _column(name: str, amount: int, share: float, left: float, wide: float) -> Markup:
    tall = max(2.0, share * (_TALL - _LABELS - _VALUES)) if amount else 0.0
    top = _TALL - _LABELS - tall
    middle = left + wide / 2
    label = element("text", name, x=middle, y=_TALL - 10, text_anchor="middle")
    if not amount:
        return label
    value = element("text", f"{amount:,}", x=middle, y=top - 6, text_anchor="middle", class_="value")
    bar = _filled(left + _GAP, top, wide - 2 * _GAP, tall)
    return joined(element("g", element("title", f"{name}: {amount:,} files"), bar, value), label)


def _filled(left: float, top: float, width: float, height: float) -> Markup:
    return element(
        "rect", x=left, y=top, width=width, height=height, rx=min(_ROUND, height / 2), class_="bar"
    )
