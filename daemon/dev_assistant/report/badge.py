"""A badge: the score in a few words, as shields.io reads them and as an SVG of our own.

Green is for what is proved alone; what is not proved shows grey, whatever the score.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from dev_assistant.report.canonical import encode
from dev_assistant.report.markup import element, picture
from dev_assistant.report.published import Figures
from dev_assistant.report.standing import Mark

LABEL = "code quality"
_LETTER = 6.6
_PAD = 9.0
_HEIGHT = 20.0
_COLOURS = {
    "brightgreen": "#2c7a1f",
    "yellowgreen": "#5f6f0b",
    "yellow": "#8a6100",
    "orange": "#b04a0c",
    "red": "#b3261e",
    "lightgrey": "#5f5f5a",
}
"""The names that shields.io has, in shades on which white is read (contrast of 4.5 at least)."""

_FLOORS = ((9.0, "yellowgreen"), (7.0, "yellow"), (5.0, "orange"))


class Badge(NamedTuple):
    """The words on the right side, and the colour behind them."""

    message: str
    colour: str
    doubtful: bool


class Endpoint(msgspec.Struct, frozen=True, rename="camel"):
    """The JSON that a shields.io endpoint badge asks for (https://shields.io/badges/endpoint-badge)."""

    schema_version: Literal[1]
    label: str
    message: str
    color: str
    is_error: bool


def badge_of(figures: Figures) -> Badge:
    """What a project's or a workspace's badge says."""
    score, mark = figures.row.avg_quality_score, figures.standing.mark
    if mark is Mark.NOTHING or score is None:
        return Badge("nothing judged", "lightgrey", doubtful=True)
    if mark is Mark.UNKNOWN:
        return Badge(f"{score:.1f} · not proved", "lightgrey", doubtful=True)
    if mark is Mark.PASSED:
        return Badge(f"{score:.1f} · passed", "brightgreen", doubtful=False)
    colour = next((colour for floor, colour in _FLOORS if score >= floor), "red")
    return Badge(f"{score:.1f} of 10", colour, doubtful=False)


def badge_json(badge: Badge) -> bytes:
    """For shields.io; whoever shows it may not choose the colour of one that is in doubt."""
    document = Endpoint(1, LABEL, badge.message, badge.colour, badge.doubtful)
    return encode(document, indent=2)


def badge_svg(badge: Badge) -> bytes:
    """The same as a picture that needs nobody else."""
    left, right = (len(words) * _LETTER + 2 * _PAD for words in (LABEL, badge.message))
    svg = picture(
        element("rect", width=left + right, height=_HEIGHT, rx=4.0, fill="#43423d"),
        element("path", d=_right_side(left, right), fill=_COLOURS[badge.colour]),
        _words(LABEL, left / 2),
        _words(badge.message, left + right / 2),
        key="badge",
        title=f"{LABEL}: {badge.message}",
        description="As of the last statistics that dev-assistant wrote.",
        width=left + right,
        height=_HEIGHT,
        class_="badge",
    )
    size = f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:.1f}" height="{_HEIGHT:.0f}" '
    return (size + svg.removeprefix("<svg ") + "\n").encode()


def _right_side(left: float, right: float) -> str:
    """A rectangle that is round at its right ends alone."""
    return f"M{left:.1f} 0h{right - 4:.1f}a4 4 0 0 1 4 4v12a4 4 0 0 1-4 4h-{right - 4:.1f}z"


def _words(words: str, middle: float) -> str:
    return element(
        "text",
        words,
        x=middle,
        y=14.0,
        text_anchor="middle",
        textLength=f"{len(words) * _LETTER:.1f}",
        lengthAdjust="spacingAndGlyphs",
        fill="#ffffff",
        font_family="Verdana,DejaVu Sans,Geneva,sans-serif",
        font_size="11",
    )
