"""What the evidence tells of single files, read a line at a time: many days need not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from dev_assistant.escape import path_text
from dev_assistant.model import Counts, Digest, RelPath
from dev_assistant.record.chain import Break, day_files, iter_lines
from dev_assistant.record.encoding import encode
from dev_assistant.record.lines import EvidenceLine, ToolLine, decode_line

_encoder = msgspec.json.Encoder()


class Told(NamedTuple):
    """One verdict on one file. ``counts`` is None where a line gives only the sum over several files.

    ``id`` is the line's, ``file`` and ``line`` say where it stands, ``time`` is ISO 8601 in UTC.
    """

    id: str
    file: str
    line: int
    time: str
    trigger: str
    digest: Digest | None
    verdict: str
    counts: Counts | None
    cached: bool
    reason: str
    tools: tuple[ToolLine, ...]


def told_by(file: str, number: int, line: EvidenceLine) -> Iterator[tuple[str, Told]]:
    """The verdicts in a line, by path as it is written there."""
    if line.path is not None and line.verdict is not None:
        yield line.path, _told(file, number, line)
    for one in line.paths or ():
        told = _told(file, number, line)
        yield one.path, told._replace(digest=one.digest, verdict=one.verdict, counts=None)


def history(directory: Path, path: RelPath, *, project: str) -> Iterator[Told | Break]:
    """All that was told of a path of a project, oldest first; a damaged line that names it comes as a Break.

    Raises OSError.
    """
    for day in day_files(directory):
        yield from _of_day(day, path, project)


def latest(directory: Path, path: RelPath, *, project: str) -> Told | None:
    """The last that was told of a path of a project; the newest days are read first. Raises OSError."""
    for day in reversed(day_files(directory)):
        told = [each for each in _of_day(day, path, project) if isinstance(each, Told)]
        if told:
            return told[-1]
    return None


def _of_day(day: Path, path: RelPath, project: str) -> Iterator[Told | Break]:
    wanted = path_text(path)
    needle = encode(_encoder, wanted)
    for raw in iter_lines(day):
        if needle not in raw.data:
            continue
        try:
            line = decode_line(raw.data)
        except ValueError as error:
            yield Break(day.name, raw.number, f"not an evidence line: {error}")
            continue
        if line.project == project:
            yield from (told for name, told in told_by(day.name, raw.number, line) if name == wanted)


def _told(file: str, number: int, line: EvidenceLine) -> Told:
    return Told(
        id=line.id,
        file=file,
        line=number,
        time=line.time,
        trigger=line.trigger,
        digest=line.digest,
        verdict=line.verdict or "",
        counts=line.counts,
        cached=line.cached,
        reason=line.reason or "",
        tools=line.verifiers,
    )
