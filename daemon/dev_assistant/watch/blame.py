"""Who wrote the lines of a file: by ``git blame`` of HEAD, carried over to the bytes that stand on disk.

A line keeps its author wherever it has moved to; one that HEAD does not have has none yet.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from dev_assistant.watch.git_objects import Objects

_HEADER = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) \d+ \d+(?: \d+)?")
_AUTHOR = b"author "
HEAD = "HEAD"


class Line(NamedTuple):
    """A line's text without its end, and the name of its author."""

    text: bytes
    author: str


def blamed(objects: Objects, path: str) -> list[Line] | None:
    """The lines of ``path``, which counts from the top, as HEAD has it; None if it does not.

    Raises ToolError.
    """
    shown = objects.blame(HEAD, path)
    return None if shown is None else _lines(shown)


def authors_of(data: bytes, known: Sequence[Line]) -> list[str | None]:
    """The author of each line of ``data``; None for a line that ``known``, those of HEAD, does not tell of.

    Beyond what both begin and end with, a line is known by its text if one person alone wrote such lines.
    Linear in the number of lines.
    """
    texts = [line.rstrip(b"\r") for line in data.split(b"\n")]
    head = _alike(texts, known)
    tail = _alike(reversed(texts[head:]), list(reversed(known[head:])))
    end = len(texts) - tail
    by_text = _by_text(known[head : len(known) - tail])
    middle = [by_text.get(text) for text in texts[head:end]]
    last = known[len(known) - tail :] if tail else ()
    return [*(line.author for line in known[:head]), *middle, *(line.author for line in last)]


def _alike(texts: Iterable[bytes], known: Sequence[Line]) -> int:
    """How many of them are the same from the first on."""
    pairs = zip(texts, known, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1].text, pairs))


def _by_text(lines: Iterable[Line]) -> dict[bytes, str | None]:
    authors: dict[bytes, str | None] = {}
    for text, author in lines:
        authors[text] = author if authors.get(text, author) == author else None
    return authors


def _lines(shown: bytes) -> list[Line]:
    """git names a commit's author where the commit is met first."""
    authors: dict[bytes, str] = {}
    lines: list[Line] = []
    commit = b""
    for row in shown.split(b"\n"):
        if row.startswith(b"\t"):
            lines.append(Line(row[1:].rstrip(b"\r"), authors.get(commit, "")))
        elif row.startswith(_AUTHOR):
            authors[commit] = os.fsdecode(row.removeprefix(_AUTHOR))
        elif (header := _HEADER.fullmatch(row)) is not None:
            commit = header[1]
    return lines
