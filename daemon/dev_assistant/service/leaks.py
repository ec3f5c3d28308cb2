"""Whether memory grows though there is nothing new to remember: a leak is suspected by its trend alone.

Samples are taken while the daemon is idle and its files are as many as they were, so that neither a scan nor
a growing project counts as one. Owned by the supervisor; ``note`` and ``collected`` are for anybody.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from dev_assistant.logs import get_logger
from dev_assistant.machine import Memory

WINDOW = 1800.0
"""Seconds over which growth is seen."""

SETTLING = 300.0
"""Seconds after the work of a start or a scan in which the interpreter may still give back what it had."""

EVERY = 15.0
"""Seconds between two samples."""

_SHARE = 0.05
_LEAST_MB = 4.0
"""From this growth on within a window, as a share and in megabytes, a leak is suspected (MISSION W3: 5 %)."""

_FILES = 0.01
"""So much may the number of files change, as a share, within a window."""

_PARTS = 4
_RISE = 0.1
"""The mean of each quarter of a window is above the one before by this share of the growth."""

_LOG = get_logger("daemon")


class Growth(NamedTuple):
    """Megabytes by which memory grew within the last window, and as a share of what it was."""

    mb: float
    share: float


class Collected(NamedTuple):
    """What a forced collection gave back: megabytes before and after; ``at`` is monotonic seconds."""

    before: float
    after: float
    at: float


class Trend:
    """The memory of one process, or of several together, as a line through the samples of a window."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=int(WINDOW / EVERY))

    def restart(self) -> None:
        self._samples.clear()

    def add(self, at: float, mb: float) -> Growth | None:
        """Take a sample; the growth of a window that is full, if a leak is suspected."""
        self._samples.append((at, mb))
        if len(self._samples) < (self._samples.maxlen or 0):
            return None
        slope, start = line(self._samples)
        grown = slope * (at - self._samples[0][0])
        if grown < max(_LEAST_MB, _SHARE * start) or not self._rises(grown):
            return None
        return Growth(grown, grown / max(start, 1.0))

    def _rises(self, grown: float) -> bool:
        values = [mb for _, mb in self._samples]
        size = len(values) // _PARTS
        means = [sum(values[i * size : (i + 1) * size]) / size for i in range(_PARTS)]
        return all(later - earlier >= _RISE * grown for earlier, later in pairwise(means))


def line(samples: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Slope, and value at the first sample, of the line by least squares. At least two different times."""
    times, values = zip(*samples, strict=True)
    mean_time, mean_value = sum(times) / len(times), sum(values) / len(values)
    spread = sum((time - mean_time) ** 2 for time in times)
    slope = sum((t - mean_time) * (v - mean_value) for t, v in samples) / spread
    return slope, mean_value + slope * (times[0] - mean_time)


class Leaks:
    """``census`` counts objects by type and ``collect`` forces a collection: both only on suspicion.

    ``sample`` tells the memory after a collection; ``now`` is monotonic seconds.
    """

    def __init__(
        self,
        *,
        census: Callable[[], Counter[str]],
        collect: Callable[[], None],
        sample: Callable[[], Memory],
        now: Callable[[], float],
    ) -> None:
        self.note = ""
        self.collected: Collected | None = None
        self._census = census
        self._collect = collect
        self._sample = sample
        self._now = now
        self._trends = {"the daemon": Trend(), "its tools": Trend()}
        self._files = 0
        self._next_at = now() + SETTLING
        self._clear_at = 0.0
        self._before: Counter[str] | None = None

    def disturbed(self) -> None:
        """Something was dropped or restarted on purpose: what was seen before says nothing any more."""
        for trend in self._trends.values():
            trend.restart()
        self._next_at = self._now() + SETTLING

    def look(self, memory: Memory, *, idle: bool, files: int) -> None:
        """Take a sample if it is time for one."""
        now = self._now()
        if not idle or now < self._next_at:
            return
        if abs(files - self._files) > _FILES * max(files, self._files):
            self._files = files
            self.disturbed()
            return
        self._next_at = now + EVERY
        for (who, trend), mb in zip(self._trends.items(), memory, strict=True):
            growth = trend.add(now, mb)
            if growth is not None:
                self._suspect(who, growth, now)
        if self.note and now >= self._clear_at:
            self.note, self._before = "", None

    def _suspect(self, who: str, growth: Growth, now: float) -> None:
        before = self._sample().mb
        self._collect()
        self.collected = Collected(before, self._sample().mb, now)
        grown = self._grown() if who == "the daemon" else ""
        self.note = (
            f"memory of {who} grew by {growth.mb:.0f} MB ({100 * growth.share:.0f} %) in {WINDOW / 60:.0f} "
            f"min with nothing new to keep: a leak is suspected{grown}"
        )
        self._clear_at = now + 2 * (WINDOW + SETTLING)
        _LOG.warning(
            self.note, collected_before_mb=round(before), collected_after_mb=round(self.collected.after)
        )
        self.disturbed()

    def _grown(self) -> str:
        """Which type has more objects than at the last suspicion; the first one has nothing to compare."""
        census, before = self._census(), self._before
        self._before = census
        if before is None:
            return ""
        ((kind, more),) = (census - before).most_common(1) or [("", 0)]
        return f", most of it in {more:,} more objects of type {kind}" if more else ""
