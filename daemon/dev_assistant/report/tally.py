"""Totals over files: an immutable monoid, so that a project is the sum of its shards and of nothing else.

Scores are summed in hundredths: integers give the same mean in every order of adding.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dev_assistant.model import Category, Counts, FileRecord, FileState, RelPath, Summary

BUCKETS = 11
"""Scores from 0 to 10 by their integer part; only a perfect 10 is in the last bucket."""


class Rule(NamedTuple):
    """A rule's code belongs to the verifier that reports it; the verifier may be unknown: ``""``."""

    verifier: str
    code: str


class RuleCount(NamedTuple):
    """Findings of one rule, and the files that have any."""

    findings: int
    files: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Totals over some files.

    ``files`` is how many were discovered, ``clean`` how many of the fresh ones pass. ``counts``
    and ``rules`` are over present bytes (fresh and failed: one verifier's failure does not hide what
    another one found); ``score_sum`` (hundredths) and ``distribution`` over the fresh alone.
    ``costs`` (hundredths, in the order of ``Category``) is what it takes from the scores of all fresh files.
    ``reasons`` counts files that are not fresh.
    """

    files: int = 0
    fresh: int = 0
    stale: int = 0
    pending: int = 0
    failed: int = 0
    skipped: int = 0
    clean: int = 0
    counts: Counts = field(default_factory=Counts)
    score_sum: int = 0
    costs: tuple[int, ...] = (0,) * len(Category)
    distribution: tuple[int, ...] = (0,) * BUCKETS
    rules: Mapping[Rule, RuleCount] = field(default_factory=dict)
    reasons: Mapping[tuple[FileState, str], int] = field(default_factory=dict)

    def __add__(self, other: Tally) -> Tally:
        return total((self, other))

    @property
    def unknown(self) -> int:
        """Files of which nothing is proved though they are meant to be judged."""
        return self.stale + self.pending + self.failed

    @property
    def accounted(self) -> bool:
        """Whether every discovered file is in exactly one state (I17)."""
        return self.files == self.fresh + self.unknown + self.skipped

    @property
    def score(self) -> float | None:
        """The mean over fresh files, from 0 to 10, rounded down: 10 means all. None when there is none."""
        return self.score_sum // self.fresh / 100 if self.fresh else None

    @property
    def mean_costs(self) -> tuple[float, ...]:
        """What each category takes from ``score``, in the order of ``Category``."""
        return tuple(cost / self.fresh / 100 if self.fresh else 0.0 for cost in self.costs)

    @property
    def passed(self) -> bool | None:
        """None while anything is unknown, or when nothing was judged."""
        if self.unknown or not self.fresh:
            return None
        return self.clean == self.fresh

    @property
    def pass_rate(self) -> float | None:
        """The share of fresh files that pass, from 0 to 1, rounded down; None when there is none."""
        return self.clean * 10_000 // self.fresh / 10_000 if self.fresh else None


EMPTY = Tally()


def tally(files: Mapping[RelPath, FileRecord]) -> Tally:
    """The totals over ``files``; equal records are weighed once, so clean files cost next to nothing."""
    return tally_of(files.values())


def tally_of(records: Iterable[FileRecord]) -> Tally:
    """As ``tally``, of records whose paths do not matter."""
    sums = _Sums()
    for group, files in Counter(map(_group, records)).items():
        sums.add_group(group, files)
    return sums.freeze()


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum, field by field: reports add up some hundred tallies each time."""
    parts = tuple(tallies)
    if not parts:
        return EMPTY
    return Tally(
        files=sum(part.files for part in parts),
        fresh=sum(part.fresh for part in parts),
        stale=sum(part.stale for part in parts),
        pending=sum(part.pending for part in parts),
        failed=sum(part.failed for part in parts),
        skipped=sum(part.skipped for part in parts),
        clean=sum(part.clean for part in parts),
        counts=Counts(*map(sum, zip(*(part.counts.each for part in parts), strict=True))),
        score_sum=sum(part.score_sum for part in parts),
        costs=tuple(map(sum, zip(*(part.costs for part in parts), strict=True))),
        distribution=tuple(map(sum, zip(*(part.distribution for part in parts), strict=True))),
        rules=_total_of_rules(part.rules for part in parts),
        reasons=_total_of_reasons(part.reasons for part in parts),
    )


def _total_of_rules(parts: Iterable[Mapping[Rule, RuleCount]]) -> dict[Rule, RuleCount]:
    findings: defaultdict[Rule, int] = defaultdict(int)
    files: defaultdict[Rule, int] = defaultdict(int)
    for part in parts:
        for rule, count in part.items():
            findings[rule] += count[0]
            files[rule] += count[1]
    return {rule: RuleCount(number, files[rule]) for rule, number in findings.items()}


def _total_of_reasons(parts: Iterable[Mapping[_Reason, int]]) -> dict[_Reason, int]:
    sums: defaultdict[_Reason, int] = defaultdict(int)
    for part in parts:
        for reason, files in part.items():
            sums[reason] += files
    return dict(sums)


def reason_of(record: FileRecord) -> str:
    """Why a file is not fresh: the record's own reason, else that of the first verifier that gives one."""
    return record.reason or next((p.summary.reason for p in record.parts if p.summary.reason), "")


_Reason = tuple[FileState, str]
_Group = tuple[FileState, str, tuple[tuple[str, Summary], ...]]


def _group(record: FileRecord) -> _Group:
    parts = record.parts
    if len(parts) == 1:
        return record.state, record.reason, ((parts[0].verifier, parts[0].summary),)
    return record.state, record.reason, tuple((part.verifier, part.summary) for part in parts)


class _Sums:
    """A tally in the making; never leaves this module."""

    def __init__(self) -> None:
        self.states = dict.fromkeys(FileState, 0)
        self.files = self.clean = self.score_sum = 0
        self.counts = [0] * len(Category)
        self.costs = [0] * len(Category)
        self.distribution = [0] * BUCKETS
        self.rules: dict[tuple[str, str], list[int]] = {}  # findings and files
        self.reasons: dict[tuple[FileState, str], int] = {}

    def add_group(self, group: _Group, files: int) -> None:
        """Add ``files`` equal records."""
        state, reason, parts = group
        self.files += files
        self.states[state] += files
        if state is not FileState.FRESH:
            shown = reason or next((summary.reason for _, summary in parts if summary.reason), "")
            self.reasons[state, shown] = self.reasons.get((state, shown), 0) + files
        if state is FileState.FRESH or state is FileState.FAILED:
            counts = self._add_findings(parts, files)
            if state is FileState.FRESH:
                self._add_score(counts, files)
                self.clean += files * all(summary.passed for _, summary in parts)

    def _add_findings(self, parts: tuple[tuple[str, Summary], ...], files: int) -> Counts:
        counts = Counts()
        for verifier, summary in parts:
            if summary.rules:
                counts += summary.counts
                for code, findings in summary.rules:
                    known = self.rules.setdefault((verifier, code), [0, 0])
                    known[0] += findings * files
                    known[1] += files
        self._add_counts(counts, files)
        return counts

    def _add_score(self, counts: Counts, files: int) -> None:
        score = round(counts.score * 100)
        self.score_sum += score * files
        self.distribution[score // 100] += files
        for index, cost in enumerate(counts.costs):
            self.costs[index] += round(cost * 100) * files

    def _add_counts(self, counts: Counts, times: int) -> None:
        for index, value in enumerate(counts.each):
            self.counts[index] += value * times

    def freeze(self) -> Tally:
        return Tally(
            files=self.files,
            **{state.value: files for state, files in self.states.items()},
            clean=self.clean,
            counts=Counts(*self.counts),
            score_sum=self.score_sum,
            costs=tuple(self.costs),
            distribution=tuple(self.distribution),
            rules={Rule(*rule): RuleCount(*count) for rule, count in self.rules.items()},
            reasons=self.reasons,
        )
