"""The chain that runs through the evidence files, and how to check it.

Every line carries the hash of the line before it, across the files of all days. What the chain cannot
show by itself is a cut tail: for that the hash of the last line is kept elsewhere (the *head*).
"""

from __future__ import annotations

import enum
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from dev_assistant.files import Absent, Content, digest_of, drop_temporaries, read, write_atomically
from dev_assistant.record.lines import EvidenceLine, decode_line, encode_line

GENESIS = "0" * 32
"""What the very first line carries as the hash of the line before."""
LINE_LIMIT = 16 << 20
"""Bytes of the longest line that is read: evidence may come from somebody else."""

_DAY_FILE = re.compile(r"\d{4}-\d\d-\d\d\.jsonl")
_ANCHOR = "anchor.json"
_ANCHOR_LIMIT = 65_536
_END_BYTES = 1 << 20
_DOES_NOT_FOLLOW = "does not follow: the line before was changed, or lines are missing"


class Kind(enum.StrEnum):
    """How grave it is: ``TORN`` is a line that was cut short at the very end, as a crash leaves it, and the
    next write mends that; ``GAP`` is a loss that the log itself has told of.
    """

    BROKEN = "broken"
    GAP = "gap"
    TORN = "torn"


class Break(NamedTuple):
    """Where the evidence is not what was written. ``line`` counts from 1; 0 is the file as a whole."""

    file: str
    line: int
    what: str
    kind: Kind = Kind.BROKEN


class RawLine(NamedTuple):
    """A line's bytes without the line feed; ``whole`` when it has one. ``end`` is the byte after it."""

    number: int
    end: int
    data: bytes
    whole: bool


class Tail(NamedTuple):
    """Where the chain ends.

    ``last`` is the hash of its last whole line; ``ahead`` counts the lines after the head. ``missing`` is
    the head when it is nowhere in the chain.
    """

    last: str
    ahead: int
    missing: str | None


class End(NamedTuple):
    """What was found at the end of a chain, in so many whole lines."""

    lines: int
    breaks: list[Break]


class Anchor(msgspec.Struct, frozen=True, kw_only=True):
    """What retention left: the last file that was deleted, and the hash of its last line."""

    schema: str = "dev-assistant/anchor@1"
    file: str
    last_hash: str


def hash_of(line: bytes) -> str:
    """A line's hash, as the next line carries it: 32 hex digits over the bytes without the line feed."""
    return digest_of(line)


def day_files(directory: Path) -> list[Path]:
    """The evidence files, oldest first. Links and devices are none. Raises OSError."""
    try:
        with os.scandir(directory) as entries:
            names = [entry.name for entry in entries if entry.is_file(follow_symlinks=False)]
    except FileNotFoundError:
        return []
    return [directory / name for name in sorted(names) if _DAY_FILE.fullmatch(name)]


def iter_lines(path: Path) -> Iterator[RawLine]:
    """Every line of a file; of one over the limit only its beginning, which does not parse.

    Raises OSError.
    """
    number = end = 0
    with open(path, "rb") as handle:
        while data := handle.readline(LINE_LIMIT):
            piece = data
            end += len(piece)
            while len(piece) == LINE_LIMIT and not piece.endswith(b"\n"):
                piece = handle.readline(LINE_LIMIT)
                end += len(piece)
            number += 1
            yield RawLine(number, end, data.removesuffix(b"\n"), piece.endswith(b"\n"))


def read_day(path: Path) -> Iterator[EvidenceLine | Break]:
    """The lines of one day's file; what is not an evidence line comes as a Break. Raises OSError."""
    for raw in iter_lines(path):
        yield _decoded(path.name, raw)


def read_anchor(directory: Path) -> Anchor | None:
    """What retention left; None when nothing was ever deleted. Raises ValueError."""
    content = read(str(directory / _ANCHOR), limit=_ANCHOR_LIMIT)
    match content:
        case Content(data):
            return _anchor(data)
        case Absent():
            return None
        case _:
            raise ValueError(content.reason)


def _anchor(data: bytes) -> Anchor:
    try:
        return msgspec.json.decode(data, type=Anchor)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def write_anchor(directory: Path, anchor: Anchor) -> None:
    """Raises OSError."""
    drop_temporaries(directory)
    write_atomically(directory / _ANCHOR, msgspec.json.encode(anchor), durable=True)


def hashes_of(path: Path) -> list[str]:
    """The hashes of the file's whole lines. Raises OSError."""
    return [hash_of(raw.data) for raw in iter_lines(path) if raw.whole]


def tail_of(directory: Path, head: str | None) -> Tail:
    """The end of the chain, seen from the head that was kept elsewhere (None: none was). Raises OSError.

    Only as many files are read as it takes to meet the head.
    """
    last: str | None = None
    ahead = 0
    for path in reversed(day_files(directory)):
        hashes = hashes_of(path)
        if last is None and hashes:
            last = hashes[-1]
        if head in hashes:
            return Tail(
                hashes[-1] if last is None else last, ahead + len(hashes) - 1 - hashes.index(head), None
            )
        ahead += len(hashes)
        if head is None and last is not None:
            return Tail(last, ahead, None)
    base = _base(directory)
    return Tail(base if last is None else last, ahead, None if head in {None, base} else head)


def _base(directory: Path) -> str:
    try:
        anchor = read_anchor(directory)
    except ValueError:
        return GENESIS
    return GENESIS if anchor is None else anchor.last_hash


def check_end(directory: Path, *, head: str | None) -> End:
    """The last megabyte of the chain, and whether the head that was kept elsewhere is in it.

    What stands before is believed. Raises OSError.
    """
    files = [path for path in day_files(directory) if path.stat().st_size]
    if not files:
        missing = tail_of(directory, head).missing
        return End(0, [] if missing is None else [Break(_ANCHOR, 0, _missing(missing))])
    path = files[-1]
    breaks: list[Break] = []
    hashes: list[str] = []
    for raw in _last_lines(path):
        line = _decoded(path.name, raw)
        if isinstance(line, Break):
            breaks.append(line)
        elif hashes and line.prev != hashes[-1]:
            breaks.append(Break(path.name, raw.number, _DOES_NOT_FOLLOW))
        if raw.whole:
            hashes.append(hash_of(raw.data))
    missing = None if head in hashes else tail_of(directory, head).missing
    if missing is not None:
        breaks.append(Break(path.name, 0, _missing(missing)))
    return End(len(hashes), breaks)


def _last_lines(path: Path) -> Iterator[RawLine]:
    """Those that begin in the last megabyte, numbered from the file's beginning."""
    skipped = max(0, path.stat().st_size - _END_BYTES)
    for raw in iter_lines(path):
        if raw.end - len(raw.data) - raw.whole >= skipped:
            yield raw


def verify_chain(directory: Path, *, head: str | None = None) -> list[Break]:
    """Everything that is wrong with the evidence in a directory; empty when it is as it was written.

    ``head`` is the hash that was kept elsewhere; without it a cut tail does not show. A gap that the
    log itself has told of is reported too. Raises OSError.
    """
    return list(Inspection(directory, head=head).run())


class Inspection:
    """Walks the files once, a line at a time, and hands the sound lines to ``each`` with file and number.

    ``files`` and ``lines`` count what was met, ``torn_bytes`` what a crash had cost and the log told of;
    ``projects`` counts the lines by the project that they speak of.
    """

    def __init__(
        self,
        directory: Path,
        *,
        head: str | None = None,
        each: Callable[[str, int, EvidenceLine], None] = lambda *_: None,
    ) -> None:
        self._directory = directory
        self._head = head
        self._each = each
        self._met = head in {None, GENESIS}
        self._expected = GENESIS
        self.files = self.lines = self.torn_bytes = 0
        self.projects: Counter[str] = Counter()

    def run(self) -> Iterator[Break]:
        """The breaks, as they are met. Raises OSError."""
        files = day_files(self._directory)
        try:
            anchor = read_anchor(self._directory)
        except ValueError as error:
            yield Break(_ANCHOR, 0, f"not an anchor: {error}")
            anchor = None
        if anchor is not None:
            self._advance(anchor.last_hash)
            # Files are deleted after the anchor is written: a crash in between leaves some of them.
            files = [path for path in files if path.name > anchor.file]
        for path in files:
            yield from self._file(path, newest=path is files[-1])
        if not self._met:
            last = files[-1].name if files else _ANCHOR
            yield Break(last, 0, _missing(self._head))

    def _file(self, path: Path, *, newest: bool) -> Iterator[Break]:
        self.files += 1
        for raw in iter_lines(path):
            self.lines += raw.whole
            line = _decoded(path.name, raw)
            if not isinstance(line, Break):
                yield from self._line(path.name, raw.number, line)
            elif newest or line.kind is not Kind.TORN:
                yield line
            else:
                yield line._replace(kind=Kind.BROKEN)
            if raw.whole:
                self._advance(hash_of(raw.data))

    def _line(self, file: str, number: int, line: EvidenceLine) -> Iterator[Break]:
        self.projects[line.project] += 1
        if line.prev != self._expected:
            yield Break(file, number, _DOES_NOT_FOLLOW)
        if line.repair:
            self.torn_bytes += line.repair.torn_bytes
            if line.repair.missing is not None:
                what = f"tells of a gap: the line with hash {line.repair.missing} was missing"
                yield Break(file, number, what, Kind.GAP)
        self._each(file, number, line)

    def _advance(self, digest: str) -> None:
        self._expected = digest
        self._met = self._met or digest == self._head


def _missing(head: str | None) -> str:
    return f"the last recorded line (hash {head}) is missing"


def _decoded(file: str, raw: RawLine) -> EvidenceLine | Break:
    if not raw.whole:
        return Break(file, raw.number, "unfinished line", Kind.TORN)
    try:
        line = decode_line(raw.data)
        if encode_line(line) != raw.data:
            _refuse_duplicates(raw.data)
    except ValueError as error:
        return Break(file, raw.number, f"not an evidence line: {error}")
    return line


def _refuse_duplicates(data: bytes) -> None:
    """A key that stands twice says two things, and which of them is read depends on the reader."""

    def distinct(pairs: list[tuple[str, object]]) -> None:
        (name, count) = Counter(name for name, _ in pairs).most_common(1)[0] if pairs else ("", 0)
        if count > 1:
            raise ValueError(f"the key {name!r} stands {count} times")

    try:
        json.loads(data, object_pairs_hook=distinct)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
