"""When a changed path is due: at once, after a quiet window, or together with a storm's other paths.

Only a lone save that is known to be whole is due at once; what follows soon waits. A save is one or
more touches, perhaps ended by a whole change: its touches restart the window and never widen it, or an
ordinary save (truncate, write, close) would count as three.
"""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

K = TypeVar("K", bound=Hashable)

QUIET_MIN = 0.005
"""Seconds; the first quiet window of a path that keeps changing."""

QUIET_CAP = 1.0
"""Seconds from a path's first unreleased change to its release, outside of storms and holds."""

MEMORY = 1.0
"""Seconds (or two windows, if longer) after which a released path counts as unknown again."""

STORM_PATHS = 200
"""More distinct paths than these, waiting or remembered, are a storm: a checkout, not a person."""

STORM_QUIET = 0.5
"""Seconds of silence in the whole project that end a storm."""

STORM_CAP = 10.0
"""Seconds from the oldest waiting change to its release, whatever storms or holds say."""


class Due(NamedTuple, Generic[K]):
    """A released path; ``since`` is the time of its first change that was not released before."""

    key: K
    since: float
    storm: bool


@dataclass(slots=True, eq=False)
class _Waiting(Generic[K]):
    """A path that is not released; ``queued`` is the time of its valid heap item, None without one."""

    key: K
    since: float
    window: float
    fresh: bool  # no release and no whole change is remembered
    writing: bool = False
    deadline: float = 0.0
    queued: float | None = None


class Debouncer(Generic[K]):
    """One project's waiting changes; owned by one thread, and told the time (monotonic seconds).

    ``quiet_max`` is the widest window in seconds, and may be set anew; 0 makes every change due at once.
    Nothing is released later than ``QUIET_CAP`` (``STORM_CAP`` in a storm or under a hold) after its first
    change, provided that ``pop_due`` is called at each ``next_deadline``. A time older than one seen before
    counts as that one.
    """

    def __init__(self, *, quiet_max: float = 0.1) -> None:
        self.quiet_max = quiet_max
        self._now = float("-inf")
        self._held = float("-inf")
        self._storm_until: float | None = None
        self._waiting: OrderedDict[K, _Waiting[K]] = OrderedDict()
        self._released: OrderedDict[K, tuple[float, float]] = OrderedDict()  # (released at, window)
        self._heap: list[tuple[float, int, _Waiting[K]]] = []
        self._order = itertools.count()

    def __len__(self) -> int:
        """Paths that wait."""
        return len(self._waiting)

    def add(self, key: K, *, now: float, whole: bool) -> None:
        """``key`` changed; ``whole`` when its bytes are probably complete (closed, or moved in)."""
        now = self._advance(now)
        path = self._waiting.get(key)
        if path is None:
            path = self._remember(key, now)
        if self._storming():
            self._storm_until = now + STORM_QUIET
            return
        self._widen(path, whole=whole)
        path.deadline = min(now + path.window, path.since + QUIET_CAP)
        if path.queued is None or path.deadline < path.queued:
            self._enqueue(path)

    def hold(self, *, until: float) -> None:
        """Release nothing before ``until`` unless ``STORM_CAP`` runs out; a later call replaces it."""
        self._held = until

    def next_deadline(self) -> float | None:
        """When ``pop_due`` has something to release next; None when nothing waits."""
        if not self._waiting:
            return None
        oldest = next(iter(self._waiting.values())).since
        if self._storm_until is not None:
            due = min(self._storm_until, oldest + STORM_CAP)
        else:
            due = self._first_deadline()
        return max(due, min(self._held, oldest + STORM_CAP))

    def pop_due(self, *, now: float) -> list[Due[K]]:
        """Release what is due, in order of deadlines; a storm's paths in order of arrival."""
        now = self._advance(now)
        deadline = self.next_deadline()
        if deadline is None or deadline > now:
            return []
        if self._storm_until is not None:
            return self._end_storm(now, silent=now >= self._storm_until)
        due = []
        while self._waiting and self._first_deadline() <= now:
            due.append(self._release(self._heap[0][2], now, storm=False))
        return due

    def _advance(self, now: float) -> float:
        self._now = now = max(now, self._now)
        horizon = now - max(MEMORY, 2 * min(self.quiet_max, QUIET_CAP))
        while self._released and next(iter(self._released.values()))[0] <= horizon:
            self._released.popitem(last=False)
        return now

    def _remember(self, key: K, now: float) -> _Waiting[K]:
        known = self._released.pop(key, None)
        path = _Waiting(key, now, known[1] if known else 0.0, fresh=known is None)
        self._waiting[key] = path
        return path

    def _widen(self, path: _Waiting[K], *, whole: bool) -> None:
        if whole and path.fresh:
            path.window, path.fresh = 0.0, False
        elif not path.writing:
            path.window = min(max(2 * path.window, QUIET_MIN), self.quiet_max)
        path.writing = not whole

    def _storming(self) -> bool:
        if self._storm_until is not None:
            return True
        return self.quiet_max > 0 and len(self._waiting) + len(self._released) > STORM_PATHS

    def _enqueue(self, path: _Waiting[K]) -> None:
        path.queued = path.deadline
        heapq.heappush(self._heap, (path.deadline, next(self._order), path))

    def _first_deadline(self) -> float:
        """The earliest deadline; puts the path that has it on top of the heap."""
        while True:
            queued, _, path = self._heap[0]
            if path.queued == queued == path.deadline:
                return queued
            heapq.heappop(self._heap)
            if path.queued == queued:
                self._enqueue(path)

    def _release(self, path: _Waiting[K], now: float, *, storm: bool) -> Due[K]:
        path.queued = None
        del self._waiting[path.key]
        self._released[path.key] = (now, path.window)
        return Due(path.key, path.since, storm)

    def _end_storm(self, now: float, *, silent: bool) -> list[Due[K]]:
        due = [self._release(path, now, storm=True) for path in list(self._waiting.values())]
        self._storm_until = None
        self._heap.clear()
        if silent:  # else what goes on changing would start as hundreds of lone saves
            self._released.clear()
        return due
