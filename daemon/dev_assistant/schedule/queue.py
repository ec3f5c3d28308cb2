"""The one scheduling core: behind the daemon's workers and behind ``WorkerPool``.

Strict order would starve: while saves keep coming, a scan would never end. So one take in ``TURN`` serves
whoever has waited longest, once that is longer than ``PATIENCE``. Promoting what is old instead would, after
some seconds of any large scan, put all of it before the next save.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.lanes import Entry, Lane, Lanes, Limits, Open, rank_of

T = TypeVar("T")
Clock = Callable[[], float]

PATIENCE = 5.0
"""Seconds an item may be passed over before it has a claim to every ``TURN``-th take."""

TURN = 8

_UNLIMITED: Final = Limits()


class Request(NamedTuple, Generic[T]):
    """An item and its place. ``lane`` is whom it belongs to, ``kind`` what sort of work it is: batches never
    mix either, and they take turns.

    Of one ``key`` at most one item waits and at most one runs; None: of its own. A key stays in one lane and
    of one kind.
    """

    item: T
    key: Hashable | None
    lane: str
    urgency: Urgency
    priority: Priority
    kind: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Batch(Generic[T]):
    """Items of one lane that run; false when there are none. Give it back to ``JobQueue.done``."""

    items: tuple[T, ...]
    entries: tuple[Entry[T], ...]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)


class Load(NamedTuple):
    """One consistent reading of a queue, in items."""

    waiting: int
    running: int
    completed: int
    failed: int

    @property
    def pending(self) -> int:
        return self.waiting + self.running

    @property
    def submitted(self) -> int:
        """All that was accepted, less what was replaced or cancelled while it waited."""
        return self.pending + self.completed + self.failed


class JobQueue(Generic[T]):
    """Work in order: interactive before bulk, then by priority, lanes in turn, first come first served.

    Thread-safe; owned by nobody: producers put, workers take and give back. ``limit`` bounds what waits
    (None: the number of distinct keys does), ``limits`` what runs at once. ``now`` is monotonic seconds.
    """

    def __init__(
        self, *, limit: int | None = None, limits: Limits = _UNLIMITED, now: Clock = time.monotonic
    ) -> None:
        self._limit = limit
        self._limits = limits
        self._now = now
        lock = threading.Lock()
        self._takeable = threading.Condition(lock)
        self._changed = threading.Condition(lock)  # room for a producer, or the end of a batch
        self._waiting: OrderedDict[Hashable, Entry[T]] = OrderedDict()  # oldest first
        self._lanes: Lanes[T] = Lanes()  # those of the waiting whose key does not run
        self._running: set[Batch[T]] = set()
        self._busy: set[Hashable] = set()
        self._completed = self._failed = self._takes = 0
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
            return accepted

    def take(self, max_items: int, timeout: float | None = None) -> Batch[T]:
        """Wait for work: up to ``max_items`` of one lane, kind and urgency, the best class first.

        Empty after ``timeout`` seconds (None: never), or when the queue is closed and nothing is left.
        """
        with self._takeable:
            self._takeable.wait_for(lambda: self._lanes.next(self._room()) or self._ended(), timeout)
            place = self._lanes.next(self._room())
            if self._abandoned or place is None:
                return Batch((), ())
            rank, lane = self._overdue() or place
            return self._start(self._lanes.draw(rank, lane, max_items))

    def done(self, batch: Batch[T], *, failed: int = 0) -> None:
        """``batch`` has run, ``failed`` of its items badly. Raises ValueError unless it was running."""
        with self._changed:
            if batch not in self._running:
                raise ValueError("this batch does not run in this queue")
            self._running.remove(batch)
            self._failed += failed
            self._completed += len(batch) - failed
            for entry in batch.entries:
                self._free(entry.token)
            self._takeable.notify()  # there may be room for bulk, or for another of this kind
            self._tell()

    def runs(self, batch: Batch[T]) -> bool:
        """Whether ``batch`` was taken and is not done."""
        with self._changed:
            return batch in self._running

    def cancel(self, key: Hashable) -> bool:
        """Forget the item of ``key`` that waits; one that runs goes on. False when none waits."""
        with self._changed:
            entry = self._waiting.pop(key, None)
            if entry is None:
                return False
            if key not in self._busy:
                self._lanes.remove(entry)
            self._tell()
            return True

    def pending(self) -> int:
        """Items that wait."""
        return self.load().waiting

    def running(self) -> int:
        """Items that were taken and are not done."""
        return self.load().running

    def load(self) -> Load:
        with self._changed:
            running = sum(map(len, self._running))
            return Load(len(self._waiting), running, self._completed, self._failed)

    def oldest(self, now: float) -> float:
        """Seconds since the oldest item that waits or runs was put; 0 when there is none."""
        with self._changed:
            ages = [now - entry.at for batch in self._running for entry in batch.entries]
            ages += [now - entry.at for entry in list(self._waiting.values())[:1]]
            return max(ages, default=0.0)

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
        if self._ended():
            self._takeable.notify_all()

    def _idle(self) -> bool:
        return not self._running and (self._abandoned or not self._waiting)

    def _ended(self) -> bool:
        return self._abandoned or (self._closed and not self._waiting)

    def _room_for(self, key: Hashable | None) -> bool:
        return self._limit is None or len(self._waiting) < self._limit or key in self._waiting

    def _admit(self, request: Request[T]) -> bool:
        item, key, owner, urgency, priority, kind = request
        if self._closed or not self._room_for(key):
            return False
        rank = rank_of(urgency, priority)
        known = self._waiting.get(key) if key is not None else None
        if known is not None:
            known.item = item
            self._promote(known, rank)
            return True
        entry = Entry(item, object() if key is None else key, Lane(owner, kind), rank, self._now())
        self._waiting[entry.token] = entry
        if entry.token not in self._busy:
            self._lanes.add(entry)
        return True

    def _promote(self, entry: Entry[T], rank: int) -> None:
        if rank >= entry.rank:
            return
        if entry.token in self._busy:
            entry.rank = rank
            return
        self._lanes.remove(entry)
        entry.rank = rank
        self._lanes.add(entry)

    def _room(self) -> Open:
        return self._limits.room(batch.entries[0] for batch in self._running)

    def _overdue(self) -> tuple[int, Lane] | None:
        self._takes += 1
        if self._takes % TURN:
            return None
        oldest = self._lanes.oldest(self._room())
        return oldest[:2] if oldest is not None and self._now() - oldest[2] > PATIENCE else None

    def _start(self, entries: list[Entry[T]]) -> Batch[T]:
        batch = Batch(tuple(entry.item for entry in entries), tuple(entries))
        for entry in entries:
            del self._waiting[entry.token]
            self._busy.add(entry.token)
        self._running.add(batch)
        self._tell()
        return batch

    def _free(self, token: Hashable) -> None:
        self._busy.remove(token)
        if (entry := self._waiting.get(token)) is not None:
            self._lanes.add(entry, first=True)
            self._takeable.notify()
