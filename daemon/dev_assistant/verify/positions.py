"""From byte offsets, as native tools count, to lines and columns, as findings have them."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable

from dev_assistant.verify.findings import Position

_BREAK = re.compile(rb"\r\n|\r|\n")


def positions(data: bytes, offsets: Iterable[int]) -> dict[int, Position]:
    """Line and column, both from 1, of each offset in UTF-8; one beyond the end is the end.

    A line ends with LF, CR or both. Every byte is decoded once at most, however many offsets a line has.
    """
    starts = [0, *(found.end() for found in _BREAK.finditer(data))]
    places: dict[int, Position] = {}
    row, begin, column = 0, 0, 1
    for offset in sorted(set(offsets)):
        place = min(max(offset, 0), len(data))
        here = bisect.bisect_right(starts, place)
        if here != row:
            row, begin, column = here, starts[here - 1], 1
        column += len(data[begin:place].decode("utf-8", "replace"))
        begin = place
        places[offset] = Position(row, column)
    return places
