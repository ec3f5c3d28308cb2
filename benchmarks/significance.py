"""Whether a revision is slower, bigger or does less than another one, or whether that is chance and noise.

A regression has to pass all of it: more than the limit, more than two runs of the same revision differ, and
improbable by the one-sided test of Mann and Whitney.
"""

from __future__ import annotations

import enum
import math
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

CHANCE = 0.01
"""A regression is told when the test calls samples like these less probable than that."""

FEWEST = 8
"""Samples of each side: below that the normal approximation of U is a guess."""


class Kind(enum.Enum):
    """What is measured, and by which share it may get worse."""

    DURATION = 0.20
    MEMORY = 0.30
    THROUGHPUT = 0.10

    def worsening(self, before: float, after: float) -> float:
        """The share by which ``after`` is worse; negative when it is better."""
        return 1 - after / before if self is Kind.THROUGHPUT else after / before - 1


@dataclass(frozen=True, slots=True)
class Judgement:
    """``change``, ``limit`` and ``noise`` are shares; ``chance`` is the test's p."""

    change: float
    limit: float
    noise: float
    chance: float

    @property
    def regressed(self) -> bool:
        return self.change > max(self.limit, self.noise) and self.chance < CHANCE


def judge(
    kind: Kind, *, base: Sequence[float], again: Sequence[float], candidate: Sequence[float]
) -> Judgement:
    """``base`` and ``again`` are both of the old revision, taken in the same rounds: they show the noise.

    Raises ValueError when there are too few samples to judge by.
    """
    if min(map(len, (base, again, candidate))) < FEWEST:
        raise ValueError(f"at least {FEWEST} samples of each are needed")
    old = [*base, *again]
    worse, better = (old, candidate) if kind is Kind.THROUGHPUT else (candidate, old)
    return Judgement(
        change=kind.worsening(statistics.median(old), statistics.median(candidate)),
        limit=kind.value,
        noise=abs(kind.worsening(statistics.median(base), statistics.median(again))),
        chance=greater(worse, better),
    )


def greater(left: Sequence[float], right: Sequence[float]) -> float:
    """How probable samples like these are when ``left`` is not the greater one.

    Mann and Whitney's U (1947), by its normal approximation with the corrections for ties and continuity.
    """
    ranks = _ranks([*left, *right])
    count, others = len(left), len(right)
    total = count + others
    u = sum(ranks[:count]) - count * (count + 1) / 2
    ties = sum(size**3 - size for size in Counter(ranks).values())
    variance = count * others / 12 * ((total + 1) - ties / (total * (total - 1)))
    if variance == 0:
        return 1.0
    z = (u - count * others / 2 - 0.5) / math.sqrt(variance)
    return 1 - statistics.NormalDist().cdf(z)


def _ranks(values: Sequence[float]) -> list[float]:
    """From 1; equal values share the mean of their ranks."""
    first: dict[float, int] = {}
    count = Counter(values)
    for rank, value in enumerate(sorted(values), 1):
        first.setdefault(value, rank)
    return [first[value] + (count[value] - 1) / 2 for value in values]
