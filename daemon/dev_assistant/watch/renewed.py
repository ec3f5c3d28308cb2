"""A change source that can be replaced while the daemon runs, when the one it has is dead.

What happened between the death and the new start was told by nobody, so the new source begins with a loss of
events: whoever hears of that looks at everything again, and covers it again on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from dev_assistant.ports import ChangeSource, Overflowed, SourceEvent, SourceHealth


class RenewedSource:
    """Implements ``ChangeSource`` by the source that ``opened`` makes. ``revive`` is the supervisor's."""

    def __init__(
        self, opened: Callable[[], ChangeSource], *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._opened = opened
        self._now = now
        self._source = opened()
        self._post: Callable[[SourceEvent], None] | None = None
        self._lost = 0
        self._stopped = False

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._post = post
        self._source.start(post)

    def revive(self) -> list[str]:
        """Put a new source in the place of one whose thread has ended; its kind then."""
        health = self._source.health()
        if health.alive or self._stopped or self._post is None:
            return []
        dead, new = self._source, self._opened()
        self._lost += health.overflows + 1
        new.start(self._post)
        self._source = new
        self._post(Overflowed(self._now()))
        dead.stop()
        return [f"the source of events ({health.backend})"]

    def cover(self, directory: str) -> bool:
        return self._source.cover(directory)

    def uncover(self, directory: str) -> None:
        self._source.uncover(directory)

    def health(self) -> SourceHealth:
        health = self._source.health()
        return replace(health, overflows=health.overflows + self._lost)

    def stop(self) -> None:
        self._stopped = True
        self._source.stop()
