"""The memory tier of the cache, and the two tiers as the coordinator asks them.

The limits bound memory, not truth: a verdict's key names the very bytes and configuration, so an entry
is never wrong, however old. What falls out here is still on disk. Owned by the coordinator's thread.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from dev_assistant.model import Digest, Verdict


class MemoryTier:
    """The ``max_entries`` verdicts that were used last, each for ``ttl_seconds`` at most."""

    def __init__(
        self, *, max_entries: int, ttl_seconds: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._max_entries = max_entries
        self._ttl = ttl_seconds
        self._now = now
        self._entries: OrderedDict[Digest, tuple[float, Verdict]] = OrderedDict()
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Digest) -> Verdict | None:
        entry = self._entries.get(key)
        if entry is None:
            self.misses += 1
            return None
        expires, verdict = entry
        if expires <= self._now():
            del self._entries[key]
            self.misses += 1
            return None
        self._entries.move_to_end(key)
        self.hits += 1
        return verdict

    def put(self, key: Digest, verdict: Verdict) -> None:
        self._entries[key] = (self._now() + self._ttl, verdict)
        self._entries.move_to_end(key)
        if len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)

    def invalidate(self, key: Digest) -> None:
        self._entries.pop(key, None)

    def clear(self) -> None:
        self._entries.clear()


class Lookup(Protocol):
    """A place where verdicts can be looked up by key."""

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]: ...


@dataclass(frozen=True, slots=True)
class CacheCounts:
    """How many look-ups each tier answered, and how many none did."""

    memory: int = 0
    disk: int = 0
    missed: int = 0


class TieredVerdicts:
    """Memory first, then disk. Not ``enabled``: nothing is ever found, and nothing kept."""

    def __init__(self, memory: MemoryTier, disk: Lookup, *, enabled: bool = True) -> None:
        self._memory = memory
        self._disk = disk
        self._enabled = enabled
        self.counts = CacheCounts()
        self.by_kind: dict[str, tuple[int, int, int]] = {}
        self._at_hand: dict[Digest, Verdict] = {}

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        """The verdicts that are known under these keys."""
        self._at_hand = found = self._remembered(keys) if self._enabled else {}
        memory = len(found)
        absent = [key for key in keys if key not in found]
        if absent and self._enabled:
            found = found | self._stored(absent)
        before = self.counts
        self.counts = CacheCounts(
            memory=before.memory + memory,
            disk=before.disk + len(found) - memory,
            missed=before.missed + len(keys) - len(found),
        )
        return found

    def count(
        self, keys: Mapping[str, Digest], found: Container[Digest], *, known: Container[Digest]
    ) -> None:
        """Count by verifier what the last ``find`` gave for one file, as (memory, disk, missed).

        What is ``known`` without the cache was not asked for.
        """
        for name, key in keys.items():
            if key not in known:
                memory, disk, missed = self.by_kind.get(name, (0, 0, 0))
                at_hand, there = key in self._at_hand, key in found
                self.by_kind[name] = memory + at_hand, disk + (there and not at_hand), missed + (not there)

    def put(self, key: Digest, verdict: Verdict) -> None:
        """Keep a verdict that is not on disk yet."""
        if self._enabled:
            self._memory.put(key, verdict)

    def clear(self) -> None:
        """Forget what is in memory; what is on disk is found again."""
        self._memory.clear()

    def _remembered(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        answers = ((key, self._memory.get(key)) for key in keys)
        return {key: verdict for key, verdict in answers if verdict is not None}

    def _stored(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        found = self._disk.find(keys)
        for key, verdict in found.items():
            self._memory.put(key, verdict)
        return found
