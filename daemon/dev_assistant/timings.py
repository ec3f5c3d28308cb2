"""How long pieces of work take: durations by stage, handed over without a lock and counted in fixed buckets.

Threads hand over, one thread counts: appending to a deque is atomic, so whoever works never waits for
whoever counts.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

_MOST = 16_384
"""Durations that wait to be counted: more than come within two seconds. Beyond that the oldest are lost."""

SAVE = "save"
"""The stage under which it is counted how long a person waits: from the event of a save to its verdict."""

_FINEST = 1e-6  # seconds: the first bucket ends here
_PER_DOUBLING = 4
_BUCKETS = 33 * _PER_DOUBLING + 1
"""Up to 2**33 µs, which is more than two hours, in steps of 19 %: that is how exact a percentile is."""


class Timed(NamedTuple):
    """One piece of work that has ended. ``seconds`` are monotonic; ``subject`` as in a beat."""

    stage: str
    subject: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What is told of one stage: seconds in all, and percentiles of a piece of work in milliseconds."""

    count: int
    total_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


class Timings:
    """``add`` and ``of`` are for any thread, ``take`` for the one that counts."""

    def __init__(self) -> None:
        self._fresh: deque[Timed] = deque(maxlen=_MOST)

    def add(self, stage: str, seconds: float, subject: str = "") -> None:
        self._fresh.append(Timed(stage, subject, seconds))

    @contextmanager
    def of(self, stage: str, subject: str = "") -> Iterator[None]:
        """Time what is done within, for threads that have no beat."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.add(stage, time.monotonic() - began, subject)

    def take(self) -> list[Timed]:
        """What has ended since the last call, oldest first."""
        fresh = self._fresh
        return [fresh.popleft() for _ in range(len(fresh))]


class Histogram:
    """Durations of one stage, in as much memory for a million as for one. Owned by one thread."""

    __slots__ = ("_counts", "_longest", "_number", "_total")

    def __init__(self) -> None:
        self._counts = [0] * _BUCKETS
        self._number = 0
        self._total = self._longest = 0.0

    def add(self, seconds: float) -> None:
        self._counts[_bucket(seconds)] += 1
        self._number += 1
        self._total += seconds
        self._longest = max(self._longest, seconds)

    def quantile(self, share: float) -> float:
        """Seconds that ``share`` of all took at most: the upper end of the bucket of the one at that rank
        (nearest rank), or the longest of all where that is less. 0 when there are none.
        """
        rank = math.ceil(share * self._number)
        for bucket, count in enumerate(self._counts):
            rank -= count
            if rank <= 0:
                return min(_end(bucket), self._longest)
        return self._longest

    def summary(self) -> Summary:
        p50, p95, p99 = (round(1000 * self.quantile(share), 3) for share in (0.5, 0.95, 0.99))
        return Summary(self._number, round(self._total, 3), p50, p95, p99, round(1000 * self._longest, 3))


def _bucket(seconds: float) -> int:
    if seconds <= _FINEST:
        return 0
    return min(_BUCKETS - 1, math.ceil(_PER_DOUBLING * math.log2(seconds / _FINEST)))


def _end(bucket: int) -> float:
    return float(_FINEST * 2.0 ** (bucket / _PER_DOUBLING))
