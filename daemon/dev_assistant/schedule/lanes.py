"""The order of waiting entries: by class, then lane by lane in turn, then first come first served.

No lock and no clock: ``JobQueue`` owns one and calls it under its lock.
"""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from dev_assistant.model import Priority, Urgency

T = TypeVar("T")


class Lane(NamedTuple):
    """Whom work belongs to, and of what kind it is: batches mix neither.

    ``magnitude`` is 0 for what is batched; above, items that are too long for that, the longer the higher:
    having a turn of their own, they begin early, and short ones need not wait behind them.
    """

    owner: str
    kind: str
    magnitude: int = 0


def magnitude_of(seconds: float, *, batch: float) -> int:
    """How often an item that takes so long must be halved to fit into a batch of ``batch`` seconds."""
    return max(0, math.ceil(math.log2(seconds / batch))) if seconds > 0 else 0


Open = Callable[[int, Lane], bool]
"""Whether of this class something of this lane may be taken now."""


def rank_of(urgency: Urgency, priority: Priority) -> int:
    """The class of an item; 0 goes first."""
    return urgency * len(Priority) + priority


def is_bulk(rank: int) -> bool:
    """Whether nobody waits for an item of this class."""
    return rank >= rank_of(Urgency.BULK, Priority(0))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many batches run at once: ``bulk`` of bulk (None: any number), so that with one worker more a save
    never waits for a batch of a scan to end; of each of ``kinds`` that many of saves, and that many of bulk.
    """

    bulk: int | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)

    def room(self, running: Iterable[Entry[Any]]) -> Open:
        """What may start beside batches of these entries, one of each."""
        beside = [(is_bulk(entry.rank), entry.lane.kind) for entry in running]
        alike = Counter(beside)
        full = self.bulk is not None and sum(bulk for bulk, _ in beside) >= self.bulk

        def is_open(rank: int, lane: Lane) -> bool:
            bulk, limit = is_bulk(rank), self.kinds.get(lane.kind)
            return not (full and bulk) and (limit is None or alike[bulk, lane.kind] < limit)

        return is_open


@dataclass(slots=True, eq=False)
class Entry(Generic[T]):
    """An item in the queue. ``token`` is its key, or an object of its own; ``at`` is the time of its put."""

    item: T
    token: Hashable
    lane: Lane
    rank: int
    at: float


class Lanes(Generic[T]):
    """Entries that may be taken now."""

    def __init__(self) -> None:
        self._classes: tuple[OrderedDict[Lane, OrderedDict[Hashable, Entry[T]]], ...] = tuple(
            OrderedDict() for _ in range(len(Urgency) * len(Priority))
        )

    def add(self, entry: Entry[T], *, first: bool = False) -> None:
        """At the end of its class and lane, or at the front."""
        entries = self._classes[entry.rank].setdefault(entry.lane, OrderedDict())
        entries[entry.token] = entry
        if first:
            entries.move_to_end(entry.token, last=False)

    def remove(self, entry: Entry[T]) -> None:
        """Raises KeyError when it is not in here."""
        lanes = self._classes[entry.rank]
        del lanes[entry.lane][entry.token]
        if not lanes[entry.lane]:
            del lanes[entry.lane]

    def next(self, is_open: Open) -> tuple[int, Lane] | None:
        """The best class of which something may be taken, and the lane whose turn it is."""
        return next(((rank, lane) for rank, lane, _ in self._heads(is_open)), None)

    def oldest(self, is_open: Open) -> tuple[int, Lane, float] | None:
        """Class and lane of the entry at the front of its lane that was put first, and when that was."""
        heads = ((rank, lane, entry.at) for rank, lane, entry in self._heads(is_open))
        return min(heads, key=lambda head: head[2], default=None)

    def _heads(self, is_open: Open) -> Iterator[tuple[int, Lane, Entry[T]]]:
        for rank, lanes in enumerate(self._classes):
            for lane, entries in lanes.items():
                if is_open(rank, lane):
                    yield rank, lane, next(iter(entries.values()))

    def draw(
        self,
        rank: int,
        lane: Lane,
        count: int,
        *,
        weigh: Callable[[T], float] = lambda _: 0.0,
        seconds: float = math.inf,
    ) -> list[Entry[T]]:
        """Remove up to ``count`` entries of ``lane``: of this class, then of lesser ones of the same urgency.

        No more once those drawn take ``seconds`` together, as ``weigh`` tells of each.

        Bulk never rides along with an interactive batch: whoever waits for the one would wait for the other.
        """
        end = (rank // len(Priority) + 1) * len(Priority)
        drawn: list[Entry[T]] = []
        for lanes in self._classes[rank:end]:
            if len(drawn) == count or seconds <= 0:
                break
            if (entries := lanes.get(lane)) is not None:
                while entries and len(drawn) < count and seconds > 0:
                    drawn.append(entries.popitem(last=False)[1])
                    seconds -= weigh(drawn[-1].item)
                _end_turn(lanes, lane)
        return drawn


def _end_turn(lanes: OrderedDict[Lane, OrderedDict[Hashable, Entry[T]]], lane: Lane) -> None:
    if lanes[lane]:
        lanes.move_to_end(lane)
    else:
        del lanes[lane]
