"""A file's bytes as text, and the way from a place in the text to lines and columns.

Lines end with LF, CR LF or CR, as editors count them; a form feed does not end one.
"""

from __future__ import annotations

import codecs
import re
from bisect import bisect_right
from functools import cached_property

from dev_assistant.analysis.rules import Span
from dev_assistant.escape import visible

_LINE_END = re.compile(r"\r\n?|\n")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str:
    """Text by its byte order mark, else as UTF-8. What cannot be decoded becomes U+FFFD, one a byte or so.

    The mark itself is no part of the text, so that the first column is the first visible one.
    """
    if data.startswith(_UTF16):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


class SourceLines:
    """Lines and columns of ``text``, counted from 1; offsets count code points from 0."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset; one beyond the text means its end."""
        offset = min(offset, len(self.text))
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The way back from ``place``."""
        return self._starts[min(line, len(self._starts)) - 1] + column - 1

    def span(self, start: int, end: int) -> Span:
        """From offset ``start`` up to, not including, ``end``."""
        return Span(*self.place(start), *self.place(end))

    def stretch(self, line: int, column: int, length: int) -> Span:
        """``length`` code points from a place on, but no further than the end of its line."""
        return Span(line, column, line, max(column, min(column + length, self.end_of(line))))

    def end_of(self, line: int) -> int:
        """The column after the last character of a line, its line end not counted."""
        if line >= len(self._starts):
            return len(self.text) - self._starts[-1] + 1
        start, following = self._starts[line - 1], self._starts[line]
        return len(self.text[start:following].rstrip("\r\n")) + 1


def excerpt(text: str, limit: int = 60) -> str:
    """A piece of the file for a message: one line, nothing invisible, at most ``limit`` characters."""
    line = visible(" ".join(text[: 4 * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
