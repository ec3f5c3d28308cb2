"""The definitions of a Python source, each with a digest of its text that does not depend on its place.

A function is one definition with all that stands in it, classes and functions too. A class or a module is
what is left of its text without the definitions in it, so that an edit of a method leaves its class known.
"""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.logical_lines import Line, NotUnderstoodError, Source
from dev_assistant.model import Digest


class Kind(enum.StrEnum):
    """What a definition is; a method is a function whose nearest scope is a class."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    METHOD = "method"


HEADER = re.compile(rb"(?:(?:async\s+)?(def)|(class))\s+([\w\x80-\xff]+)")

_NONE = Digest("")
_NOWHERE = 1 << 62  # deeper than any line
_AT = ord("@")


@dataclass(slots=True)
class Definition:
    """``first`` to ``last`` are physical lines from 0, with decorators. ``parent`` is the index of its scope.

    Among the source's logical lines ``start`` is its first, ``header`` that of its name, ``stop`` the one
    after its last; ``own`` are the ranges that are left without definitions in it.
    """

    kind: Kind
    name: str
    qualname: str
    parent: int
    start: int
    header: int
    stop: int
    first: int
    last: int
    own: list[tuple[int, int]]
    digest: Digest


def split(source: Source) -> list[Definition]:
    """All definitions in the order of their headers, the module first. Raises NotUnderstoodError."""
    lines = source.lines
    last = len(source.raw) - 1
    found = [Definition(Kind.MODULE, "", "", -1, 0, 0, len(lines), 0, last, [], _NONE)]
    scopes: list[tuple[int, int]] = [(-1, 0)]  # indent, index in found; a function that is open is the last
    inside = _NOWHERE
    for number, (indent, _, _, text) in enumerate(lines):
        if indent > inside:
            continue
        while indent <= scopes[-1][0]:
            _close(lines, found[scopes.pop()[1]], number)
        inside = _NOWHERE
        if text[0] in b"acd" and (match := HEADER.match(text)):
            scope = scopes[-1][1]
            scopes.append((indent, len(found)))
            found.append(_opened(lines, number, match, scope, found[scope].qualname))
            inside = indent if match[1] else _NOWHERE
    while len(scopes) > 1:
        _close(lines, found[scopes.pop()[1]], len(lines))
    _divide(source, found)
    return found


def _opened(lines: Sequence[Line], header: int, match: re.Match[bytes], scope: int, outer: str) -> Definition:
    name = match[3].decode(errors="replace")
    if not name.isidentifier():
        raise NotUnderstoodError("a name that is none")
    start = header
    while start and lines[start - 1].text[0] == _AT:
        start -= 1
    kind = Kind.CLASS if match[2] else Kind.METHOD if scope else Kind.FUNCTION
    qualname = f"{outer}.{name}" if outer else name
    return Definition(kind, name, qualname, scope, start, header, 0, lines[start].first, 0, [], _NONE)


def _close(lines: Sequence[Line], definition: Definition, stop: int) -> None:
    header = definition.header
    if stop == header + 1 and lines[header].text.rstrip()[-1:] == b":":
        raise NotUnderstoodError("a definition without a body")
    definition.stop = stop
    definition.last = lines[stop - 1].last


def _divide(source: Source, found: Sequence[Definition]) -> None:
    """Give each definition its own lines and the digest of them."""
    hashes = [hashlib.blake2b(each.kind.encode(), digest_size=16) for each in found]
    reached = [(each.start, each.first) for each in found]

    def take(index: int, stop: int, end: int) -> None:
        start, first = reached[index]
        if start < stop:
            found[index].own.append((start, stop))
        hashes[index].update(b"\n".join(source.raw[first:end]) + b"\n")

    for index, each in enumerate(found):
        if index:
            take(each.parent, each.start, each.first)
            reached[each.parent] = each.stop, each.last + 1
    for index, each in enumerate(found):
        take(index, each.stop, each.last + 1)
        each.digest = Digest(hashes[index].hexdigest())


def name_span(source: Source, definition: Definition, *, origin: int = 0) -> Span:
    """Where the name stands; lines count from 1 at the physical line ``origin``."""
    line = source.lines[definition.header]
    match = HEADER.match(line.text)
    return span(source, line, *(match.span(3) if match else (0, 0)), origin=origin)


def span(source: Source, line: Line, start: int, end: int, *, origin: int = 0) -> Span:
    """The part of a logical line's text from ``start`` to ``end`` (bytes), nothing masked before it.

    What does not stand on the first physical line of it is told as that whole line.
    """
    text = source.masked[line.first]
    before = len(text) - len(text.lstrip(b" \t\f"))
    if before + end > len(text):
        start, end = 0, len(text) - before
    column = before + len(line.text[:start].decode(errors="replace")) + 1
    number = line.first - origin + 1
    return Span(number, column, number, column + len(line.text[start:end].decode(errors="replace")))
