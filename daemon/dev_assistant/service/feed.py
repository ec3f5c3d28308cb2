"""The stream of accepted verdicts that ``events`` follows.

A subscriber that does not read is dropped, so that it can neither hold memory nor the coordinator.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from dev_assistant.escape import path_text
from dev_assistant.model import Digest, FileRecord, ProjectName, RelPath

_LIMIT = 20_000
_REMEMBERED = 1_000
_PULSE = 1.0


@dataclass(frozen=True, slots=True)
class Event:
    """A verdict: ``time`` is wall-clock seconds, ``latency`` seconds since the path was owed.

    It is accepted unless verifiers are ``awaiting``, whose advice comes with a further event.
    """

    time: float
    project: ProjectName
    path: RelPath
    digest: Digest
    record: FileRecord
    cached: bool
    latency: float
    awaiting: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """Made by whoever reads, since mostly nobody does."""
        return {
            "time": datetime.fromtimestamp(self.time, UTC).isoformat(timespec="milliseconds"),
            "project": self.project,
            "path": path_text(self.path),
            "digest": self.digest,
            "state": self.record.state.value,
            "passed": self.record.passed,
            "counts": msgspec.to_builtins(self.record.counts),
            "cached": self.cached,
            "latency_ms": round(self.latency * 1e3, 3),
            "awaiting": list(self.awaiting),
        }


_Subscriber = queue.SimpleQueue[Event | None]
"""In C: a waiting reader is woken at once, where that of ``queue.Queue`` takes three locks in turn."""


class Feed:
    """``publish`` is called by the coordinator; every subscriber reads on a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: list[_Subscriber] = []
        self._recent: deque[Event] = deque(maxlen=_REMEMBERED)

    @property
    def followers(self) -> int:
        return len(self._subscribers)

    def publish(self, event: Event) -> None:
        with self._lock:
            self._recent.append(event)
            subscribers = list(self._subscribers)
        for subscriber in subscribers:
            if subscriber.qsize() < _LIMIT:
                subscriber.put(event)
            else:
                self._drop(subscriber)

    def follow(self, *, since_start: bool = False) -> Iterator[dict[str, Any] | None]:
        """The documents of events from now on, until the feed is closed or the reader was too slow.

        ``since_start``: first those that are still remembered, at most 1,000.

        None after each second without one, so that whoever forwards them notices a reader who left.
        """
        subscriber: _Subscriber = queue.SimpleQueue()
        with self._lock:
            for event in self._recent if since_start else ():
                subscriber.put(event)
            self._subscribers.append(subscriber)
        return self._read(subscriber)

    def _read(self, subscriber: _Subscriber) -> Iterator[dict[str, Any] | None]:
        try:
            while True:
                try:
                    event = subscriber.get(timeout=_PULSE)
                except queue.Empty:
                    yield None
                    continue
                if event is None:
                    return
                yield event.document()
        finally:
            self._drop(subscriber)

    def close(self) -> None:
        with self._lock:
            subscribers, self._subscribers = self._subscribers, []
        for subscriber in subscribers:
            subscriber.put(None)

    def _drop(self, subscriber: _Subscriber) -> None:
        with self._lock:
            if subscriber in self._subscribers:
                self._subscribers.remove(subscriber)
        subscriber.put(None)
