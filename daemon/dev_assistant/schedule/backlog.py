"""What waits and what runs, and what is next: the state of a ``JobQueue``, without lock and without threads.

Strict order would starve: while saves keep coming, a scan would never end. So one take in ``TURN`` serves
whoever has waited longest, once that is longer than ``PATIENCE``. Promoting what is old instead would, after
some seconds of any large scan, put all of it before the next save.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, NamedTuple, TypeVar

from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.lanes import Entry, Lane, Lanes, Limits, Open, magnitude_of, rank_of

T = TypeVar("T")
Clock = Callable[[], float]

PATIENCE = 5.0
"""Seconds an item may be passed over before it has a claim to every ``TURN``-th take."""

TURN = 8

BATCH_SECONDS = 0.6
"""A batch is full when it takes about so long: starting tools costs a thirtieth of it, and no more than that
much work is behind a worker that leaves, or before a project whose turn is next."""

UNLIMITED: Final = Limits()


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


class Pressure(NamedTuple):
    """Items that wait, the seconds that the oldest of them has, and the batches that run."""

    waiting: int
    oldest_s: float
    running: int


class OfKind(NamedTuple):
    """Of one kind of work: items that wait and that run, and how many batches may run at once (None: any)."""

    waiting: int
    running: int
    limit: int | None


class Backlog(Generic[T]):
    """Owned by a ``JobQueue``, which calls it under its lock.

    ``weigh`` says how many seconds an item will probably take; ``now`` is monotonic seconds.
    """

    def __init__(
        self,
        *,
        limits: Limits = UNLIMITED,
        weigh: Callable[[T], float] = lambda _: 0.0,
        now: Clock = time.monotonic,
    ) -> None:
        self.limits = limits
        self.waiting: OrderedDict[Hashable, Entry[T]] = OrderedDict()  # oldest first
        self.running: set[Batch[T]] = set()
        self._weigh = weigh
        self._now = now
        self._lanes: Lanes[T] = Lanes()  # those of the waiting whose key does not run
        self._busy: set[Hashable] = set()
        self._kinds: Counter[str] = Counter()  # of the waiting
        self._completed = self._failed = self._takes = 0

    def admit(self, request: Request[T]) -> None:
        """In the place of what waits under the same key, or at the end of its class and lane."""
        item, key, owner, urgency, priority, kind = request
        rank = rank_of(urgency, priority)
        known = self.waiting.get(key) if key is not None else None
        if known is not None:
            known.item = item
            self._promote(known, rank)
            return
        size = magnitude_of(self._weigh(item), batch=BATCH_SECONDS) if urgency is Urgency.BULK else 0
        entry = Entry(item, object() if key is None else key, Lane(owner, kind, size), rank, self._now())
        self.waiting[entry.token] = entry
        self._kinds[kind] += 1
        if entry.token not in self._busy:
            self._lanes.add(entry)

    def _promote(self, entry: Entry[T], rank: int) -> None:
        if rank >= entry.rank:
            return
        if entry.token in self._busy:
            entry.rank = rank
            return
        self._lanes.remove(entry)
        entry.rank = rank
        self._lanes.add(entry)

    def next(self) -> tuple[int, Lane] | None:
        """The class and lane of which something may be taken now."""
        return self._lanes.next(self._room())

    def start(self, place: tuple[int, Lane], count: int) -> Batch[T]:
        """Up to ``count`` items from ``place``, or of whoever has waited for too long, run from now on."""
        rank, lane = self._overdue() or place
        entries = self._lanes.draw(rank, lane, count, weigh=self._weigh, seconds=BATCH_SECONDS)
        batch = Batch(tuple(entry.item for entry in entries), tuple(entries))
        for entry in entries:
            del self.waiting[entry.token]
            self._busy.add(entry.token)
        self._kinds[lane.kind] -= len(entries)
        self.running.add(batch)
        return batch

    def finish(self, batch: Batch[T], *, failed: int) -> int:
        """``batch`` has run; how many more may be taken now. Raises ValueError unless it was running."""
        if batch not in self.running:
            raise ValueError("this batch does not run in this queue")
        self.running.remove(batch)
        self._failed += failed
        self._completed += len(batch) - failed
        return sum([self._free(entry.token) for entry in batch.entries])

    def cancel(self, key: Hashable) -> bool:
        """Forget the item of ``key`` that waits; False when none does."""
        entry = self.waiting.pop(key, None)
        if entry is None:
            return False
        self._kinds[entry.lane.kind] -= 1
        if key not in self._busy:
            self._lanes.remove(entry)
        return True

    def load(self) -> Load:
        running = sum(map(len, self.running))
        return Load(len(self.waiting), running, self._completed, self._failed)

    def pressure(self) -> Pressure:
        oldest = next(iter(self.waiting.values()), None)
        age = 0.0 if oldest is None else self._now() - oldest.at
        return Pressure(len(self.waiting), age, len(self.running))

    def kinds(self) -> dict[str, OfKind]:
        """By kind, of those that have any work or a limit."""
        running: Counter[str] = Counter()
        for batch in self.running:
            running[batch.entries[0].lane.kind] += len(batch)
        limits = self.limits.kinds
        names = sorted({*limits, *+self._kinds, *+running})
        return {name: OfKind(self._kinds[name], running[name], limits.get(name)) for name in names}

    def oldest(self, now: float) -> float:
        """Seconds since the oldest item that waits or runs was put; 0 when there is none."""
        ages = [now - entry.at for batch in self.running for entry in batch.entries]
        ages += [now - entry.at for entry in list(self.waiting.values())[:1]]
        return max(ages, default=0.0)

    def _room(self) -> Open:
        return self.limits.room(batch.entries[0] for batch in self.running)

    def _overdue(self) -> tuple[int, Lane] | None:
        self._takes += 1
        if self._takes % TURN:
            return None
        oldest = self._lanes.oldest(self._room())
        return oldest[:2] if oldest is not None and self._now() - oldest[2] > PATIENCE else None

    def _free(self, token: Hashable) -> bool:
        """Whether an item of the same key waited for this one to end."""
        self._busy.remove(token)
        if (entry := self.waiting.get(token)) is None:
            return False
        self._lanes.add(entry, first=True)
        return True
