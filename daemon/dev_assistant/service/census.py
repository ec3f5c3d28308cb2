"""What is in the memory of this process, by type of object: counted when somebody asks, and at no other time.

Counts what the garbage collector knows, which leaves out strings, numbers and records without references; how
many blocks the interpreter has in all is told beside it.
"""

from __future__ import annotations

import gc
import sys
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

from dev_assistant.machine import Memory, memory, release_memory

_SHOWN = 25


def types_in_memory() -> Counter[str]:
    """How many objects there are, by module and name of their type."""
    kinds = Counter(map(type, gc.get_objects()))
    return Counter({f"{kind.__module__}.{kind.__qualname__}": count for kind, count in kinds.items()})


class Census:
    """Each count is compared with the one that was asked for before it. Thread-safe."""

    def __init__(self, *, now: Callable[[], float]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._last: tuple[float, Counter[str], int] | None = None

    def take(self) -> dict[str, Any]:
        """A forced collection with its effect, and the types that have grown most, or are the most."""
        with self._lock:
            before = memory()
            release_memory()
            after, census, blocks = memory(), types_in_memory(), sys.getallocatedblocks()
            at, last, blocks_before = self._last or (None, census, blocks)
            self._last = (self._now(), census, blocks)
        return {
            "since_s": None if at is None else round(self._now() - at, 1),
            "before_mb": _document(before),
            "after_mb": _document(after),
            "objects": census.total(),
            "blocks": blocks,
            "blocks_grown": blocks - blocks_before,
            "types": _grown_most(census, last),
        }


def _document(sample: Memory) -> dict[str, float]:
    return {"daemon": round(sample.own, 1), "tools": round(sample.children, 1)}


def _grown_most(census: Counter[str], last: Counter[str]) -> list[dict[str, object]]:
    grown = {kind: count - last[kind] for kind, count in census.items()}
    order = sorted(census, key=lambda kind: (-grown[kind], -census[kind], kind))
    return [{"type": kind, "objects": census[kind], "grown": grown[kind]} for kind in order[:_SHOWN]]
