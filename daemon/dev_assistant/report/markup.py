"""HTML and SVG elements: text is escaped unless it is markup already, so that nothing is forgotten."""

from __future__ import annotations

from collections.abc import Sequence

from dev_assistant.escape import html

_VOID = frozenset({"meta", "br"})


class Markup(str):
    """Text that is markup; only what this module makes, and what stands in our own code."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | float | None) -> Markup:
    """``class_`` stands for ``class``, ``aria_label`` for ``aria-label``; None leaves an attribute out."""
    shown = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{shown}>")
    return Markup(f"<{name}{shown}>{joined(*children)}</{name}>")


def joined(*children: str) -> Markup:
    """One after the other."""
    return Markup("".join(child if isinstance(child, Markup) else html(child) for child in children))


def picture(
    *children: str, key: str, title: str, description: str, width: float, height: float, class_: str = "chart"
) -> Markup:
    """An SVG with its name and its description for those who do not see it; ``key`` is unique on the page."""
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        *children,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        class_=class_,
    )


def grid(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1, caption: str = "") -> Markup:
    """A table; columns from the ``left``-th on are numbers."""
    head = [
        element("th", cell, scope="col", class_="number" if column >= left else None)
        for column, cell in enumerate(header)
    ]
    body = [element("tr", *(_cell(cell, column, left) for column, cell in enumerate(row))) for row in rows]
    table = element(
        "table",
        element("caption", caption) if caption else "",
        element("thead", element("tr", *head)),
        element("tbody", *body),
    )
    return element("div", table, class_="wide", tabindex="0", role="region", aria_label=caption or header[0])


def _cell(cell: str, column: int, left: int) -> Markup:
    if column == 0:
        return element("th", cell, scope="row")
    return element("td", cell, class_="number" if column >= left else None)


def _value(value: str | float) -> str:
    """Coordinates by tenths: more is not seen, and would differ between machines."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
