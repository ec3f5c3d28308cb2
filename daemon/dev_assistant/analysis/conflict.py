"""Merge conflicts that were left in a text: only whole ones, as git and diff3 write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_MARKER = re.compile(r"^(?:<<<<<<< |=======\r?$|>>>>>>> |```|~~~)", re.MULTILINE)
_NEEDED = ("<<<<<<< ", "=======", ">>>>>>> ")


class Conflict(NamedTuple):
    """Where its three markers begin (offsets), and where the last one's line ends."""

    begin: int
    middle: int
    last: int
    end: int


def conflicts(text: str, *, markdown: bool) -> Iterator[Conflict]:
    """Each conflict with all three markers in order at line begins.

    A line of ``=`` alone underlines a heading in Markdown and reStructuredText: without the other two it
    means nothing. In ``markdown`` a whole conflict inside a fenced block is shown, and is none.
    """
    if any(marker not in text for marker in _NEEDED):
        return
    begin = middle = -1
    in_code = False
    for match in _MARKER.finditer(text):
        kind = match.group()[0]
        if kind in "`~":
            in_code = markdown and not in_code
        elif kind == "<":
            begin, middle = (-1 if in_code else match.start()), -1
        elif kind == "=" and begin >= 0 and middle < 0:
            middle = match.start()
        elif kind == ">" and middle >= 0:
            yield Conflict(begin, middle, match.start(), _line_end(text, match.end()))
            begin = middle = -1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
