"""The one scheduling core, behind the daemon's workers and behind ``WorkerPool``: who waits for whom.

What is next, and why, stands in ``Backlog``.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.backlog import (
    UNLIMITED,
    Backlog,
    Batch,
    Clock,
    Load,
    OfKind,
    Pressure,
    Request,
)
from dev_assistant.schedule.lanes import Limits

T = TypeVar("T")


class JobQueue(Generic[T]):
    """Work in order: interactive before bulk, then by priority, lanes in turn, first come first served.

    Thread-safe; owned by nobody: producers put, workers take and give back. ``limit`` bounds what waits
    (None: the number of distinct keys does), ``limits`` what runs at once. ``weigh`` says how many seconds an
    item will probably take: it must be quick, and not call back. ``now`` is monotonic seconds.
    """

    def __init__(
        self,
        *,
        limit: int | None = None,
        limits: Limits = UNLIMITED,
        weigh: Callable[[T], float] = lambda _: 0.0,
        now: Clock = time.monotonic,
    ) -> None:
        self._limit = limit
        self._backlog: Backlog[T] = Backlog(limits=limits, weigh=weigh, now=now)
        lock = threading.Lock()
        self._takeable = threading.Condition(lock)
        self._changed = threading.Condition(lock)  # room for a producer, or the end of a batch
        self._behind = threading.Condition(lock)  # something waits while something runs
        self._closed = self._abandoned = False

    def put(self, item: T, *, key: Hashable | None, lane: str, urgency: Urgency, priority: Priority) -> bool:
        """False when the limit is reached or the queue is closed.

        An item of the same key that still waits is replaced; it keeps its age and place, or moves to the
        end of the better class when the new one is more important.
        """
        return self.put_all((Request(item, key, lane, urgency, priority),)) == 1

    def put_all(self, requests: Iterable[Request[T]]) -> int:
        """Put in one go, so that the first worker to wake finds a whole batch; how many were accepted."""
        with self._changed:
            accepted = sum([self._admit(request) for request in requests])
            self._takeable.notify(accepted)
            self._tell_behind()
            return accepted

    def put_blocking(
        self,
        item: T,
        *,
        key: Hashable | None,
        lane: str,
        urgency: Urgency,
        priority: Priority,
        timeout: float | None,
    ) -> bool:
        """As ``put``, but waits up to ``timeout`` seconds for room (None: for ever)."""
        request = Request(item, key, lane, urgency, priority)
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._room_for(key), timeout)
            accepted = self._admit(request)
            self._takeable.notify(accepted)
            self._tell_behind()
            return accepted

    def take(
        self, max_items: int, timeout: float | None = None, *, leave: Callable[[], bool] = lambda: False
    ) -> Batch[T]:
        """Wait for work: up to ``max_items`` of one lane, kind and urgency, the best class first, and no more
        than take ``BATCH_SECONDS``.

        Empty after ``timeout`` seconds (None: never), when the queue is closed and nothing is left, or when
        ``leave`` says so, which is asked anew after ``nudge``.
        """
        with self._takeable:
            self._takeable.wait_for(lambda: leave() or self._backlog.next() or self._ended(), timeout)
            place = self._backlog.next()
            if self._abandoned or place is None:
                return Batch((), ())
            if leave():
                self._takeable.notify()  # it may be this one who was woken for what waits
                return Batch((), ())
            batch = self._backlog.start(place, max_items)
            self._tell()
            self._tell_behind()
            return batch

    def nudge(self) -> None:
        """Whoever waits in ``take`` looks again whether to leave."""
        with self._takeable:
            self._takeable.notify_all()

    def restrict(self, limits: Limits) -> None:
        """Put other limits in force: what runs goes on, even if it would be too much now."""
        with self._takeable:
            self._backlog.limits = limits
            self._takeable.notify_all()

    def fall_behind(self) -> bool:
        """Wait until something waits while something runs; False when the queue is closed."""
        with self._behind:
            self._behind.wait_for(lambda: self._closed or (self._backlog.waiting and self._backlog.running))
            return not self._closed

    def pressure(self) -> Pressure:
        """What there is to do, and how long it has waited."""
        with self._changed:
            return self._backlog.pressure()

    def kinds(self) -> dict[str, OfKind]:
        """What waits and runs by kind, of those that have any of it or a limit."""
        with self._changed:
            return self._backlog.kinds()

    def done(self, batch: Batch[T], *, failed: int = 0) -> None:
        """``batch`` has run, ``failed`` of its items badly. Raises ValueError unless it was running."""
        with self._changed:
            freed = self._backlog.finish(batch, failed=failed)
            self._takeable.notify(1 + freed)  # there may be room for bulk, or for another of this kind
            self._tell()

    def runs(self, batch: Batch[T]) -> bool:
        """Whether ``batch`` was taken and is not done."""
        with self._changed:
            return batch in self._backlog.running

    def cancel(self, key: Hashable) -> bool:
        """Forget the item of ``key`` that waits; one that runs goes on. False when none waits."""
        with self._changed:
            cancelled = self._backlog.cancel(key)
            if cancelled:
                self._tell()
            return cancelled

    @property
    def ended(self) -> bool:
        """Closed, and nothing is left to be taken."""
        with self._changed:
            return self._ended()

    def pending(self) -> int:
        """Items that wait."""
        return self.load().waiting

    def running(self) -> int:
        """Items that were taken and are not done."""
        return self.load().running

    def load(self) -> Load:
        with self._changed:
            return self._backlog.load()

    def oldest(self, now: float) -> float:
        """Seconds since the oldest item that waits or runs was put; 0 when there is none."""
        with self._changed:
            return self._backlog.oldest(now)

    def join(self, timeout: float | None = None) -> bool:
        """Wait until nothing runs and nothing is going to; False after ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(self._idle, timeout)

    def close(self, *, drain: bool = True) -> None:
        """Accept no more. What waits can still be taken, or, without ``drain``, never will be."""
        with self._changed:
            self._closed = True
            self._abandoned = self._abandoned or not drain
            self._tell()

    def _tell(self) -> None:
        self._changed.notify_all()
        if self._closed:
            self._behind.notify_all()
        if self._ended():
            self._takeable.notify_all()

    def _tell_behind(self) -> None:
        if self._backlog.waiting and self._backlog.running:
            self._behind.notify_all()

    def _idle(self) -> bool:
        return not self._backlog.running and (self._abandoned or not self._backlog.waiting)

    def _ended(self) -> bool:
        return self._abandoned or (self._closed and not self._backlog.waiting)

    def _room_for(self, key: Hashable | None) -> bool:
        return self._limit is None or len(self._backlog.waiting) < self._limit or key in self._backlog.waiting

    def _admit(self, request: Request[T]) -> bool:
        if self._closed or not self._room_for(request.key):
            return False
        self._backlog.admit(request)
        return True
