"""How much work a Markdown text is for rumdl beyond its length.

rumdl reads prose at several MB a second, but it compares every pair of some things, mostly in its parser:
whichever rules are asked for, and wherever the text comes from. Pairs are counted before rumdl sees the text,
so that it depends on the bytes, and not on how busy the machine is, whether there is a verdict.
"""

from __future__ import annotations

import re
from typing import Final

MOST: Final = 4_000_000_000
MOST_PER_BYTE: Final = 1_000
"""Of pairs in a text that rumdl is asked about: 3 to 8 s of a busy core (rumdl 0.3) where it is given 10, and
1 to 2 s more for each MB, where it is given 4."""

_HARMLESS: Final = 30_000  # bytes, in which nothing can make so many pairs
_LONG_LINE: Final = 200  # bytes; shorter lines do not add up to so many
_MARKS_WEIGHT: Final = 20  # a pair of marks of emphasis takes so much longer
_HEADING = re.compile(rb"^[ \t>*+-]*(?:#|==|--)", re.MULTILINE)


def is_too_much(text: bytes) -> bool:
    """Whether rumdl might not be done with it in time."""
    return pairs(text) > MOST + MOST_PER_BYTE * len(text)


def pairs(text: bytes) -> int:
    """About so many pairs that rumdl compares, each in nanoseconds; 0 for a text that cannot have many."""
    if len(text) <= _HARMLESS:
        return 0
    headings, links = len(_HEADING.findall(text)), text.count(b"](") + text.count(b"][")
    comments, lines = text.count(b"<!--"), text.count(b"\n")
    fenced, indented = text.count(b"\n```") + text.count(b"\n~~~"), text.count(b"\n\n    ")
    within = sum(_in_line(line) for line in text.split(b"\n") if len(line) > _LONG_LINE)
    return headings * links + comments * lines + fenced * indented + within


def _in_line(line: bytes) -> int:
    return _MARKS_WEIGHT * (line.count(b"*") + line.count(b"_")) ** 2 + line.count(b"](") ** 2
