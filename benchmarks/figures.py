"""What a scenario gives: samples with what is derived from them, and the goals they are held against.

Only figures of one run are comparable: the machine's noise is part of each.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Distribution:
    """Of samples in any unit; percentiles by linear interpolation between ranks, a sample's deviation."""

    count: int
    min: float
    mean: float
    p50: float
    p95: float
    p99: float
    max: float
    stddev: float


@dataclass(frozen=True, slots=True)
class Goal:
    """``value`` has to be at most ``limit``, or at least when ``least``. ``text`` says of what."""

    text: str
    value: float
    limit: float
    least: bool = False

    @property
    def reached(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One subject in one scenario. ``errors`` attempts had no answer, or a wrong one, and are no samples.

    ``memory_mb`` is the resident memory of all its processes, ``throughput`` what it did in a second.
    """

    subject: str
    unit: str
    samples: tuple[float, ...]
    errors: int = 0
    memory_mb: float | None = None
    throughput: float | None = None
    goals: tuple[Goal, ...] = ()

    @property
    def median(self) -> float:
        return _median(self.samples)


def distribution(samples: Sequence[float]) -> Distribution:
    """Of at least one sample."""
    ranked = sorted(samples)
    return Distribution(
        count=len(ranked),
        min=ranked[0],
        mean=statistics.fmean(ranked),
        p50=statistics.median(ranked),
        p95=percentile(ranked, 95),
        p99=percentile(ranked, 99),
        max=ranked[-1],
        stddev=statistics.stdev(ranked) if len(ranked) > 1 else 0.0,
    )


def percentile(samples: Sequence[float], percent: int) -> float:
    """Not a number without samples."""
    if len(samples) < 2:
        return samples[0] if samples else math.nan
    return statistics.quantiles(samples, n=100, method="inclusive")[percent - 1]


def ratio(text: str, ours: Sequence[float], theirs: Sequence[float], limit: float) -> Goal:
    """How many times as long as theirs ours take, by their medians."""
    return Goal(text, _median(ours) / _median(theirs), limit)


def faster(text: str, ours: Sequence[float], theirs: Sequence[float], limit: float) -> Goal:
    """How many times as long as ours theirs take, by their medians."""
    return Goal(text, _median(theirs) / _median(ours), limit, least=True)


def _median(samples: Sequence[float]) -> float:
    """Not a number without samples: a goal on it is missed."""
    return statistics.median(samples) if samples else math.nan
