"""Python source as logical lines, with strings and comments masked: all that structure has to know.

No parser: one regular expression finds strings and comments, and counting brackets and backslashes does the
rest, in time linear in the source and without recursion, so that nothing in a file can exhaust a stack
(docs/decisions/0014-no-parser-for-structure.md). What is inside a statement is not checked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

MAX_LEVELS = 100
"""Of indentation: CPython's tokenizer takes no more (MAXINDENT in Parser/tokenizer.h)."""

_STRING = (
    rb'"""[^"\\]*+(?:(?:\\.|""?(?!"))[^"\\]*+)*"""'
    rb"|'''[^'\\]*+(?:(?:\\.|''?(?!'))[^'\\]*+)*'''"
    rb'|"(?!"")[^"\\\n]*+(?:\\.[^"\\\n]*+)*"'
    rb"|'(?!'')[^'\\\n]*+(?:\\.[^'\\\n]*+)*'"
)
_CLOSED = re.compile(_STRING, re.DOTALL)
_STRING_OR_COMMENT = re.compile(
    # The last two take all that follows a quote that is never closed, so that it is met only once. Each
    # alternative begins with a literal: only then does re look for these alone, several times faster.
    rb"(" + _STRING + rb"|\#[^\n]*+|\".*+|'.*+)",
    re.DOTALL,
)
_FORMATTED = re.compile(rb"\b(?:[ft]r?|r[ft])\Z", re.IGNORECASE)
_FIELD = re.compile(rb"\{([^{}]*)")
_NAMES = re.compile(rb"[^\W\d][\w.\x80-\xff]*")
_COOKIE = re.compile(rb"[ \t\f]*#[^\n]*?coding[:=][ \t]*([-\w.]+)")
_NOT_TEXT = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
_HASH = ord("#")
_BLANKS = b" \t\f"
_REMEMBERED = 32
"""Brackets of a line whose depths are kept: code has few such lines that differ."""
_BRACKETS = b"()[]{}\n"
_OTHERS = bytes(sorted(set(range(256)) - set(_BRACKETS)))


class Line(NamedTuple):
    """A logical line: ``indent`` in columns, ``first`` and ``last`` physical line from 0, and ``text``.

    A string is ``""``; the line ends in it are escaped, and names in the fields of an f-string follow it.
    """

    indent: int
    first: int
    last: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """``raw`` and ``masked`` are the physical lines in UTF-8, ``lines`` the logical ones."""

    raw: list[bytes]
    masked: list[bytes]
    lines: list[Line]


class NotUnderstoodError(Exception):
    """No logical lines: unclosed strings or brackets, impossible indentation, no text."""


def read(data: bytes) -> Source:
    """Raises NotUnderstoodError."""
    text = _utf8(data)
    masked = _mask(text).split(b"\n")
    lines = list(_logical(masked))
    _check_indentation(lines)
    return Source(text.split(b"\n"), masked, lines)


def _utf8(data: bytes) -> bytes:
    """The source as Python decodes it (PEP 263), in UTF-8 and with ``\\n`` alone."""
    if b"\0" in data:
        raise NotUnderstoodError("NUL")
    text = data.removeprefix(codecs.BOM_UTF8)
    if not text.isascii():
        text = _recoded(text)
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in text else text


def _recoded(text: bytes) -> bytes:
    found = next(filter(None, map(_COOKIE.match, text.split(b"\n", 2)[:2])), None)
    try:
        codec = codecs.lookup(found[1].decode() if found else "utf-8").name
        if codec in _NOT_TEXT:
            raise NotUnderstoodError(codec)
        return text.decode(codec).encode()
    except (LookupError, UnicodeError) as error:
        raise NotUnderstoodError(str(error)) from error


def _mask(text: bytes) -> bytes:
    pieces = _STRING_OR_COMMENT.split(text)
    if len(pieces) > 1 and not pieces[-1] and pieces[-2][0] != _HASH and not _CLOSED.fullmatch(pieces[-2]):
        raise NotUnderstoodError("a string is not closed")
    for number in range(1, len(pieces), 2):
        piece = pieces[number]
        if piece[0] == _HASH:
            pieces[number] = b""
        elif b"\n" in piece or b"{" in piece:
            pieces[number] = _masked_string(piece, prefix=pieces[number - 1][-3:])
        else:
            pieces[number] = b'""'
    return b"".join(pieces)


def _masked_string(piece: bytes, *, prefix: bytes) -> bytes:
    masked = b'"' + b"\\\n" * piece.count(b"\n") + b'"'
    if b"{" in piece and _FORMATTED.search(prefix):
        fields = _FIELD.findall(piece.replace(b"{{", b""))
        masked += b"".join(b" %s " % b" ".join(_NAMES.findall(field)) for field in fields)
    return masked


def _logical(masked: list[bytes]) -> Iterator[Line]:
    whole = b"\n".join(masked)
    brackets = whole.translate(None, _OTHERS).split(b"\n")
    tabs = b"\t" in whole or b"\f" in whole
    depth = 0
    first = -1  # of the logical line that is open
    for number, text in enumerate(masked):
        if first < 0:
            if not (stripped := text.lstrip(_BLANKS)):
                continue
            first = number
        if brackets[number] and brackets[number] != b"()":
            depth = _depth_after(brackets[number], depth)
        if depth or text[-1:] == b"\\":
            continue
        if first < number:
            text = b"\n".join(masked[first : number + 1])  # noqa: PLW2901  # the logical line from here on
            stripped = text.lstrip(_BLANKS)
        indent = len(text) - len(stripped)
        if tabs and indent:
            indent = len(text[:indent].rpartition(b"\f")[2].expandtabs(8))
        yield tuple.__new__(Line, (indent, first, number, stripped))  # half the time of Line(...)
        first = -1
    if first >= 0:
        raise NotUnderstoodError("a bracket or a line is not closed")


def _depth_after(brackets: bytes, depth: int) -> int:
    lowest, change = _depths(brackets) if len(brackets) <= _REMEMBERED else _counted(brackets)
    if depth + lowest < 0:
        raise NotUnderstoodError("a bracket closes nothing")
    return depth + change


def _counted(brackets: bytes) -> tuple[int, int]:
    """The lowest depth on the way, from 0 at the beginning, and that at the end."""
    lowest = depth = 0
    for bracket in brackets:
        if bracket in b"([{":
            depth += 1
        else:
            depth -= 1
            if depth < lowest:  # noqa: PLR1730  # half the time of min()
                lowest = depth
    return lowest, depth


_depths = lru_cache(maxsize=1024)(_counted)


def _check_indentation(lines: list[Line]) -> None:
    """Raises NotUnderstoodError where a block begins without a colon or ends at no level that is open."""
    levels = [0]
    at = 0
    before = b""
    for indent, _, _, text in lines:
        if indent > at:
            if before.rstrip()[-1:] != b":" or len(levels) >= MAX_LEVELS:
                raise NotUnderstoodError("an unexpected indent")
            levels.append(indent)
        elif indent < at:
            while indent < levels[-1]:
                levels.pop()
            if indent != levels[-1]:
                raise NotUnderstoodError("a dedent to no level")
        at, before = indent, text
