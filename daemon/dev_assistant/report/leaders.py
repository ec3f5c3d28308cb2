"""The files and functions that stand out among some files, so few of each that reports can look at all.

Like a tally they add up: those of a project are found among those of its shards, and a change of a file costs
a look at its shard.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final, NamedTuple

from dev_assistant.analysis.cognitive import COGNITIVE
from dev_assistant.analysis.structure.rules import LONG_FUNCTION
from dev_assistant.model import MEASURED, FileRecord, FileState, Measured, RelPath
from dev_assistant.report.tally import reason_of

MOST: Final = 50
"""Worst files that are kept: as many as ``problem_files.json`` has."""

RANKED: Final = {COGNITIVE.id: 0, LONG_FUNCTION.id: 1}
"""The rules that measure functions, in the order in which these need a person."""

_JUDGED: Final = (FileState.FRESH, FileState.FAILED)  # what was found in present bytes, as tallies count it
_UNKNOWN: Final = (FileState.FAILED, FileState.STALE, FileState.PENDING)


class Low(NamedTuple):
    """A fresh file with findings. They sort by score, then the most findings, then by path."""

    score: float
    negative_findings: int
    path: RelPath
    record: FileRecord


class Large(NamedTuple):
    """A function over a limit. They sort by rule, then the largest, then by place."""

    rank: int
    negative_value: int
    path: RelPath
    line: int
    found: Measured


class Leaders(NamedTuple):
    """``worst`` and ``functions`` are sorted. ``riskiest`` is the file with the most security findings, and
    minus their number. ``unknown`` has the first path of each reason why files are not fresh.
    """

    worst: tuple[Low, ...] = ()
    functions: tuple[Large, ...] = ()
    riskiest: tuple[int, RelPath] | None = None
    unknown: Mapping[tuple[FileState, str], RelPath] = {}


def leaders(files: Mapping[RelPath, FileRecord]) -> Leaders:
    """Those of ``files``; clean ones are passed over nearly unread."""
    low: list[Low] = []
    large: list[Large] = []
    risky: list[tuple[int, RelPath]] = []
    unknown: dict[tuple[FileState, str], RelPath] = {}
    for path, record in files.items():
        if record.state in _UNKNOWN:
            _note_first(unknown, (record.state, reason_of(record)), path)
        if record.state in _JUDGED and any(part.summary.rules for part in record.parts):
            large += _functions(path, record)
            counts = record.counts
            if record.state is FileState.FRESH:
                low.append(Low(counts.score, -counts.total, path, record))
                if counts.security:
                    risky.append((-counts.security, path))
    return Leaders(
        tuple(heapq.nsmallest(MOST, low)),
        tuple(heapq.nsmallest(MEASURED, large, key=_place)),
        min(risky, default=None),
        unknown,
    )


def merged(parts: Iterable[Leaders]) -> Leaders:
    """Those of all the files together that ``parts`` are of."""
    parts = tuple(parts)
    unknown: dict[tuple[FileState, str], RelPath] = {}
    for part in parts:
        for reason, path in part.unknown.items():
            _note_first(unknown, reason, path)
    return Leaders(
        tuple(islice(heapq.merge(*(part.worst for part in parts)), MOST)),
        tuple(islice(heapq.merge(*(part.functions for part in parts), key=_place), MEASURED)),
        min((part.riskiest for part in parts if part.riskiest), default=None),
        unknown,
    )


def _note_first(
    first: dict[tuple[FileState, str], RelPath], reason: tuple[FileState, str], path: RelPath
) -> None:
    first[reason] = min(path, first.get(reason, path))


def _place(large: Large) -> tuple[int, int, RelPath, int]:
    """Two functions may stand on one line."""
    return large[:4]


def _functions(path: RelPath, record: FileRecord) -> Iterator[Large]:
    for part in record.parts:
        for found in part.summary.measured:
            if found.rule in RANKED:
                yield Large(RANKED[found.rule], -found.measure.value, path, found.line, found)
