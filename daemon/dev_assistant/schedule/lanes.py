"""The order of waiting entries: by class, then lane by lane in turn, then first come first served.

No lock and no clock: ``JobQueue`` owns one and calls it under its lock.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from dev_assistant.model import Priority, Urgency

T = TypeVar("T")


def rank_of(urgency: Urgency, priority: Priority) -> int:
    """The class of an item; 0 goes first."""
    return urgency * len(Priority) + priority


def is_bulk(rank: int) -> bool:
    """Whether nobody waits for an item of this class."""
    return rank >= rank_of(Urgency.BULK, Priority(0))


@dataclass(slots=True, eq=False)
class Entry(Generic[T]):
    """An item in the queue. ``token`` is its key, or an object of its own; ``at`` is the time of its put."""

    item: T
    token: Hashable
    lane: str
    rank: int
    at: float


class Lanes(Generic[T]):
    """Entries that may be taken now."""

    def __init__(self) -> None:
        self._classes: tuple[OrderedDict[str, OrderedDict[Hashable, Entry[T]]], ...] = tuple(
            OrderedDict() for _ in range(len(Urgency) * len(Priority))
        )

    def __bool__(self) -> bool:
        return any(self._classes)

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

    def next(self) -> tuple[int, str]:
        """The best class, and the lane whose turn it is. Raises StopIteration when empty."""
        return next((rank, next(iter(lanes))) for rank, lanes in enumerate(self._classes) if lanes)

    def urgent(self) -> bool:
        """Whether something is here that somebody waits for."""
        return any(self._classes[: len(Priority)])

    def draw(self, rank: int, lane: str, count: int) -> list[Entry[T]]:
        """Remove up to ``count`` entries of ``lane``: of this class, then of lesser ones of the same urgency.

        Bulk never rides along with an interactive batch: whoever waits for the one would wait for the other.
        """
        end = (rank // len(Priority) + 1) * len(Priority)
        drawn: list[Entry[T]] = []
        for lanes in self._classes[rank:end]:
            if len(drawn) == count:
                break
            if (entries := lanes.get(lane)) is not None:
                while entries and len(drawn) < count:
                    drawn.append(entries.popitem(last=False)[1])
                _end_turn(lanes, lane)
        return drawn


def _end_turn(lanes: OrderedDict[str, OrderedDict[Hashable, Entry[T]]], lane: str) -> None:
    if lanes[lane]:
        lanes.move_to_end(lane)
    else:
        del lanes[lane]
