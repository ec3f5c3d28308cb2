"""A source with polling beside it, for the directories that it has no watches left for.

A directory that can be watched again is watched first and looked at for the last time then, so that nothing
is missed in between.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from dev_assistant.beats import Beats
from dev_assistant.logs import get_logger
from dev_assistant.ports import ChangeSource, CoverLost, Holder, SourceEvent, SourceHealth
from dev_assistant.watch.polling import PollingSource

_LOG = get_logger("watch")
_COUNT_EVERY = 60.0
"""Seconds between two counts of who has the watches: it reads a few files of every process."""


class SupplementedSource:
    """Implements ``ChangeSource``. Polls every ``interval`` seconds, once there is something to be polled.

    ``count`` tells who has the watches of this machine; it is asked only while some are missing.
    """

    def __init__(
        self,
        source: ChangeSource,
        *,
        interval: float,
        count: Callable[[], tuple[Holder, ...]],
        now: Callable[[], float] = time.monotonic,
        beats: Beats | None = None,
    ) -> None:
        self._source = source
        self._interval = interval
        self._count = count
        self._now = now
        self._polling = PollingSource(interval=interval, taken=self._taken, now=now, beats=beats)
        self._lock = threading.Lock()
        self._post: Callable[[SourceEvent], None] | None = None
        self._polls = False
        self._again_at = 0.0
        self._holders: tuple[Holder, ...] = ()
        self._counted_at: float | None = None

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._source.start(post)
        with self._lock:
            self._post = post
        if self._polling.health().directories:
            self._poll()

    def cover(self, directory: str) -> bool:
        if self._source.cover(directory):
            return True
        covered = self._polling.cover(directory)
        if covered:
            self._poll()
        return covered

    def uncover(self, directory: str) -> None:
        self._source.uncover(directory)
        self._polling.uncover(directory)

    def health(self) -> SourceHealth:
        health, polling = self._source.health(), self._polling.health()
        polled = polling.directories
        if not polled:
            return health
        note = "; ".join(filter(None, (health.note, polling.note)))
        return replace(
            health,
            directories=health.directories + polled,
            polled=polled,
            holders=self._holders,
            note=note,
            alive=health.alive and polling.alive,
        )

    def stop(self) -> None:
        self._polling.stop()
        self._source.stop()

    def _poll(self) -> None:
        """Begin with it, the first time."""
        with self._lock:
            if self._polls or self._post is None:
                return
            self._polls = True
        _LOG.warning("not everything can be watched: the rest is polled", interval_s=self._interval)
        self._polling.start(self._relay)

    # The polling thread

    def _taken(self, directory: str) -> bool:
        """Whether the better source has it from now on; one refusal stands for all of a round."""
        now = self._now()
        if now < self._again_at:
            return False
        if self._source.cover(directory):
            return True
        self._again_at = now + self._interval
        if self._counted_at is None or now - self._counted_at >= _COUNT_EVERY:
            self._counted_at, self._holders = now, self._count()
        return False

    def _relay(self, event: SourceEvent) -> None:
        """A directory that went while it was polled was never the better source's to forget."""
        if isinstance(event, CoverLost):
            self._source.uncover(event.directory)
        if self._post is not None:
            self._post(event)
