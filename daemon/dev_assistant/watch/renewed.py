"""A change source that can be replaced while the daemon runs: when it is dead, and when a better can be had.

What happened between the two was told by nobody, so the new source begins with a loss of
events: whoever hears of that looks at everything again, and covers it again on the way.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from dev_assistant.logs import get_logger
from dev_assistant.ports import ChangeSource, Overflowed, SourceEvent, SourceHealth

_LOG = get_logger("watch")


class RenewedSource:
    """Implements ``ChangeSource`` by the source that ``opened`` makes. ``revive`` is the supervisor's.

    ``better`` gives a source that does not poll, or None where there is none: asked while all is polled.
    """

    def __init__(
        self,
        opened: Callable[[], ChangeSource],
        *,
        better: Callable[[], ChangeSource | None] = lambda: None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opened = opened
        self._better = better
        self._now = now
        self._source = opened()
        self._post: Callable[[SourceEvent], None] | None = None
        self._lost = 0
        self._stopped = False

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._post = post
        self._source.start(post)

    def revive(self) -> list[str]:
        """Put a new source in the place of one whose thread has ended; its kind then. Or a better one."""
        health = self._source.health()
        if self._stopped or self._post is None:
            return []
        if not health.alive:
            self._lost += health.overflows + 1
            self._replace(self._opened(), self._post, "the source of events ended")
            return [f"the source of events ({health.backend})"]
        if health.backend == "polling" and (better := self._better()) is not None:
            _LOG.info("polling ends", backend=better.health().backend)
            self._replace(better, self._post, "changes are told again")
        return []

    def _replace(self, new: ChangeSource, post: Callable[[SourceEvent], None], reason: str) -> None:
        old = self._source
        new.start(post)
        self._source = new
        post(Overflowed(self._now(), reason))
        old.stop()

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
