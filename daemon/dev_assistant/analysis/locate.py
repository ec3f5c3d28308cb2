"""Offsets in a text to lines and columns.

A line ends with ``\\n``, ``\\r\\n`` or a lone ``\\r``, as ruff and editors see it; ``json`` and PyYAML count
differently, so their offsets are translated here and their lines are not used.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right

from dev_assistant.analysis.rules import Span

_LINE_END = re.compile(r"\n|\r\n?")


class Locator:
    """Places in one text. The first costs a pass over the text and 8 bytes a line, others are a bisection."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = array("Q")

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of the character at ``offset``, both from 1; the end of the text at most."""
        starts = self._starts
        if not starts:
            starts.append(0)
            starts.extend(match.end() for match in _LINE_END.finditer(self._text))
        offset = min(offset, len(self._text))
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """From ``start`` up to ``end``."""
        return Span(*self.place(start), *self.place(end))
