"""How many workers there should be, by what was seen since the last look. No thread, no clock, no lock.

Waiting alone is no reason to grow: where the processors are busy, one worker more only takes from the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

LOOK = 0.25
"""Seconds between two looks."""

LATE = 0.1
"""Seconds that the oldest item has waited when there are too few workers for what waits."""

ROOM = 0.2
"""Processors without work that make one more worker worth while: one that waits a lot needs no whole one."""

FULL = 0.05
"""Fewer processors without work than these are none."""

CROWDED = 0.95
"""Share of the time in which somebody waited for a processor, from which on too many want one."""

ONE_INTERPRETER = (0.85, 1.1)
"""Processors that an interpreter uses whose threads wait for one another: more of them are of no use."""

GROW_AFTER = 2
SHRINK_AFTER = 3
"""Looks in a row that have to say the same. Shrinking is slower: a pause is no end."""

REFUSED = 30.0
"""Seconds for which a size that proved too large is not tried again, unless a whole processor is idle."""


class Reading(NamedTuple):
    """What was seen since the last look: items that wait, the seconds that the oldest of them has, batches
    that run, processors without work, the share of the time (0 to 1) in which somebody waited for one, how
    many this interpreter used itself, and whether memory is short.
    """

    waiting: int
    oldest_s: float
    running: int
    idle_cores: float
    crowding: float = 0.0
    own_cores: float = 0.0
    memory_pressure: bool = False


class Decision(NamedTuple):
    """So many workers, and why."""

    workers: int
    reason: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """The fewest and the most workers, and how many there are while nothing is to be done."""

    least: int
    rest: int
    most: int

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.rest <= self.most:
            raise ValueError(f"workers must be from 1 up, and no fewer at most than at least: {self}")

    @property
    def vary(self) -> bool:
        return self.least < self.most


class Sizing:
    """``decision`` is the last one. A size changes by one at a time, after several looks that agree."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.decision = Decision(bounds.rest, "nothing waits" if bounds.vary else "fixed")
        self._wish = 0
        self._agreed = 0
        self._refused_from = bounds.most + 1
        self._refused_until = float("-inf")

    def decide(self, reading: Reading, *, now: float) -> Decision:
        """Take a reading; how many workers there should be from now on. ``now`` is monotonic seconds."""
        if now >= self._refused_until:
            self._refused_from = self.bounds.most + 1
        wish, reason = self._wanted(reading)
        self._agreed = self._agreed + 1 if wish == self._wish else 1
        self._wish = wish
        if wish and self._agreed >= (GROW_AFTER if wish > 0 else SHRINK_AFTER):
            self._change(wish, reason, reading, now)
        return self.decision

    def _change(self, wish: int, reason: str, reading: Reading, now: float) -> None:
        count = self.decision.workers
        if wish < 0 and not self._is_surplus(reading):
            self._refused_from, self._refused_until = count, now + REFUSED
        self.decision = Decision(count + wish, reason)
        self._agreed = 0

    def _wanted(self, reading: Reading) -> tuple[int, str]:
        """One more (1), one fewer (-1) or as many as there are (0), and why."""
        count, bounds = self.decision.workers, self.bounds
        if reading.memory_pressure:
            return -(count > bounds.least), "memory is short"
        if self._is_surplus(reading):
            return (count < bounds.rest) - (count > bounds.rest), "nothing waits"
        if reading.idle_cores < FULL and reading.crowding >= CROWDED:
            return -(count > bounds.least), "the processors have more to do than they can"
        if _has_room(reading):
            most = bounds.most if reading.idle_cores >= 1 else min(bounds.most, self._refused_from - 1)
            return int(count < most), "work waits, and processors are idle"
        return 0, ""

    def _is_surplus(self, reading: Reading) -> bool:
        """With one idle worker alone the next item would make them too few again."""
        return not reading.waiting and reading.running <= max(0, self.decision.workers - 2)


def _has_room(reading: Reading) -> bool:
    if ONE_INTERPRETER[0] <= reading.own_cores <= ONE_INTERPRETER[1]:
        return False
    return reading.waiting > 0 and reading.oldest_s >= LATE and reading.idle_cores >= ROOM
