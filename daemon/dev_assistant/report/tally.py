"""Totals over files: an immutable monoid, so that a project is the sum of its shards and of nothing else.

Scores are summed in hundredths: integers give the same mean in every order of adding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dev_assistant.model import Counts, FileRecord, FileState, RelPath, Summary

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

    ``files`` is how many were discovered, ``clean`` how many of the fresh ones have no finding. ``counts``
    and ``rules`` are over present bytes (fresh and failed: one verifier's failure does not hide what
    another one found); ``score_sum`` (hundredths) and ``distribution`` over the fresh alone.
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
    def passed(self) -> bool | None:
        """None while anything is unknown, or when nothing was judged."""
        if self.unknown or not self.fresh:
            return None
        return self.clean == self.fresh

    @property
    def pass_rate(self) -> float | None:
        """The share of fresh files without a finding, from 0 to 1, rounded down; None when there is none."""
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
    """The sum, in one pass."""
    sums = _Sums()
    for each in tallies:
        sums.add(each)
    return sums.freeze()


def reason_of(record: FileRecord) -> str:
    """Why a file is not fresh: the record's own reason, else that of the first verifier that gives one."""
    return record.reason or next((p.summary.reason for p in record.parts if p.summary.reason), "")


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
        self.counts = [0, 0, 0, 0]
        self.distribution = [0] * BUCKETS
        self.rules: dict[Rule, RuleCount] = {}
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

    def _add_findings(self, parts: tuple[tuple[str, Summary], ...], files: int) -> Counts:
        counts = Counts()
        for verifier, summary in parts:
            counts += summary.counts
            for code, findings in summary.rules:
                self._add_rule(Rule(verifier, code), RuleCount(findings * files, files))
        self._add_counts(counts, files)
        return counts

    def _add_score(self, counts: Counts, files: int) -> None:
        score = round(counts.score * 100)
        self.score_sum += score * files
        self.distribution[score // 100] += files
        if counts.total == 0:
            self.clean += files

    def _add_counts(self, counts: Counts, times: int) -> None:
        for index, value in enumerate((counts.lint, counts.design, counts.security, counts.unfinished)):
            self.counts[index] += value * times

    def _add_rule(self, rule: Rule, more: RuleCount) -> None:
        known = self.rules.get(rule)
        self.rules[rule] = (
            RuleCount(known.findings + more.findings, known.files + more.files) if known else more
        )

    def add(self, other: Tally) -> None:
        """Add a whole tally."""
        self.files += other.files
        for state in FileState:
            self.states[state] += getattr(other, state.value)
        self.clean += other.clean
        self.score_sum += other.score_sum
        self._add_counts(other.counts, 1)
        self.distribution = [
            mine + theirs for mine, theirs in zip(self.distribution, other.distribution, strict=True)
        ]
        for rule, count in other.rules.items():
            self._add_rule(rule, count)
        for key, files in other.reasons.items():
            self.reasons[key] = self.reasons.get(key, 0) + files

    def freeze(self) -> Tally:
        return Tally(
            files=self.files,
            **{state.value: files for state, files in self.states.items()},
            clean=self.clean,
            counts=Counts(*self.counts),
            score_sum=self.score_sum,
            distribution=tuple(self.distribution),
            rules=self.rules,
            reasons=self.reasons,
        )
