"""The files that need a person most."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dev_assistant.model import Counts, Criticality, FileRecord, FileState, RelPath
from dev_assistant.report.views import ProjectView


class Worst(NamedTuple):
    """A fresh file with findings; ``rules`` by how often, then by code."""

    project: ProjectView
    path: RelPath
    score: float
    counts: Counts
    rules: tuple[tuple[str, int], ...]


def worst_files(projects: Iterable[ProjectView], *, limit: int) -> list[Worst]:
    """The lowest scores first, then the most findings, then by project and path; at most ``leaders.MOST``."""
    low = ((project, each) for project in projects for each in project.leaders.worst)
    chosen = heapq.nsmallest(limit, low, key=lambda found: (*found[1][:2], found[0].name, found[1].path))
    return [
        Worst(project, each.path, each.score, each.record.counts, rules_of(each.record))
        for project, each in chosen
    ]


class Critical(NamedTuple):
    """A critical file, whatever is known of it. ``score`` is that of its quality, None unless it is fresh."""

    project: ProjectView
    path: RelPath
    rank: Criticality
    record: FileRecord
    score: float | None


def critical_files(projects: Iterable[ProjectView], *, limit: int) -> list[Critical]:
    """Those that have failed first, then by quality, the lowest first; what is not judged comes last."""
    return heapq.nsmallest(limit, _critical(projects), key=_need)


def _critical(projects: Iterable[ProjectView]) -> Iterator[Critical]:
    for project in projects:
        for path, rank in project.ranks.items():
            record = project.files.get(path) if rank.is_critical else None
            if record is not None:
                score = record.counts.score if record.state is FileState.FRESH else None
                yield Critical(project, path, rank, record, score)


def _need(file: Critical) -> tuple[object, ...]:
    failed = file.record.state is FileState.FAILED
    quality = (file.score is None, file.score or 0.0, -file.record.counts.total)
    return not failed, *quality, -file.rank.score, file.project.name, file.path


def riskiest_file(projects: Iterable[ProjectView]) -> tuple[ProjectView, RelPath] | None:
    """The file with the most security findings; None when there are none."""
    risky = [(each[0], p.name, each[1], p) for p in projects if (each := p.leaders.riskiest) is not None]
    first = min(risky, key=lambda each: each[:3], default=None)
    return None if first is None else (first[3], first[2])


def rules_of(record: FileRecord) -> tuple[tuple[str, int], ...]:
    """A file's findings by rule, over all verifiers: the most frequent first."""
    by: dict[str, int] = {}
    for part in record.parts:
        for rule, findings in part.summary.rules:
            by[rule] = by.get(rule, 0) + findings
    return tuple(sorted(by.items(), key=lambda item: (-item[1], item[0])))
