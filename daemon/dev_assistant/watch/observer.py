"""The change source on watchdog's Observer, for macOS and Windows: a tree is scheduled whole, once.

It reports on everything below, ignored or not, so hints are kept to the directories that are covered. Its own
table of locks is held while it calls back: nothing here calls into it under the lock that the callback takes.
"""

from __future__ import annotations

import itertools
import os
import threading
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

import watchdog.events
from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import ObservedWatch
from watchdog.observers.polling import PollingObserver

from dev_assistant.logs import get_logger
from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Overflowed, SourceEvent, SourceHealth
from dev_assistant.watch.covered import Covered, Uncovered

_LOG = get_logger("watch")
_JOIN_SECONDS = 5.0

_WANTED: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    getattr(watchdog.events, "FileAttribEvent", FileModifiedEvent),  # version 6 has the one kind for both
]
"""Not opened and closed unwritten: on large trees watchdog's own walk makes more of them than it reads."""

_APPEARED = {
    "created": HintKind.TOUCHED,
    "modified": HintKind.TOUCHED,
    "attrib": HintKind.TOUCHED,
    "closed": HintKind.WHOLE,
}


class _Root(NamedTuple):
    """A scheduled tree; ``identity`` tells when another directory has taken its place."""

    watch: ObservedWatch
    identity: tuple[int, int]


class ObserverSource:
    """Implements ``ChangeSource``. Raises OSError where watchdog has nothing better than polling, too.

    ``failure`` is what was last raised while an event was passed on, until the next one is.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self.failure: Exception | None = None
        self._now = now
        self._observer = Observer(timeout=1.0)
        if isinstance(self._observer, PollingObserver):
            raise OSError("watchdog has no native observer for this platform")
        self._scheduling = threading.Lock()
        self._roots: dict[str, _Root] = {}
        self._lock = threading.Lock()
        self._covered = Covered()
        self._numbers = itertools.count()
        self._uncovered = Uncovered()
        self._lost: set[str] = set()
        self._handler: _Handler | None = None

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._handler = _Handler(lambda event: self._pass_on(event, post))
        self._observer.start()

    def cover(self, directory: str) -> bool:
        with self._scheduling:
            try:
                self._ensure_scheduled(directory)
            except OSError as error:
                with self._lock:
                    if os.path.isdir(directory):
                        self._uncovered.put(directory, error.strerror or str(error))
                return False
            with self._lock:
                self._uncovered.discard(directory)
                if self._covered.watch(directory) is None:
                    self._covered.add(directory, next(self._numbers))
            return True

    def uncover(self, directory: str) -> None:
        with self._scheduling:
            with self._lock:
                self._covered.remove_tree(directory)
                self._uncovered.discard_tree(directory)
            for root in [root for root in self._roots if _within(root, directory)]:
                self._unschedule(root)

    def health(self) -> SourceHealth:
        deaf = [emitter.watch.path for emitter in self._observer.emitters.copy() if not emitter.is_alive()]
        with self._lock:
            uncovered = dict(self._uncovered.items())
            uncovered |= {os.fsdecode(path): "the thread that watched it has ended" for path in deaf}
            note = "" if self.failure is None else f"the last event was not passed on: {self.failure!r}"
            missing = tuple(sorted(uncovered.items()))
            alive = self._handler is None or self._observer.is_alive() or self._observer.should_keep_running()
            return SourceHealth("watchdog", len(self._covered), uncovered=missing, note=note, alive=alive)

    def stop(self) -> None:
        if not self._observer.is_alive():
            return
        self._observer.stop()
        self._observer.join(_JOIN_SECONDS)
        if self._observer.is_alive():
            _LOG.error("watchdog's observer does not end", thread=self._observer.name)

    # Trees, under the lock for scheduling

    def _ensure_scheduled(self, directory: str) -> None:
        status = os.stat(directory, follow_symlinks=False)
        identity = (status.st_dev, status.st_ino)
        with self._lock:
            lost, self._lost = self._lost, set()
        known = self._roots.get(directory)
        if known is not None and known.identity != identity:
            lost = lost | {directory}
        for root in lost & self._roots.keys():
            self._unschedule(root)
        if not any(_within(directory, root) for root in self._roots):
            self._schedule(directory, identity)

    def _schedule(self, directory: str, identity: tuple[int, int]) -> None:
        if self._handler is None:
            raise OSError("the source has not been started")
        for root in [root for root in self._roots if _within(root, directory)]:
            self._unschedule(root)
        watch = self._observer.schedule(self._handler, directory, recursive=True, event_filter=_WANTED)
        self._roots[directory] = _Root(watch, identity)

    def _unschedule(self, directory: str) -> None:
        self._observer.unschedule(self._roots.pop(directory).watch)

    # The observer's thread

    def _pass_on(self, event: FileSystemEvent, post: Callable[[SourceEvent], None]) -> None:
        """Must not raise: watchdog's dispatcher would end, and every event after it be lost in silence."""
        try:
            at = self._now()
            if self.failure is not None:
                post(Overflowed(at))
                self.failure = None
            for translated in self._translate(event, at):
                post(translated)
        except Exception as error:  # noqa: BLE001
            self.failure = error
            _LOG.error("an event could not be passed on", exc_info=error)

    def _translate(self, event: FileSystemEvent, at: float) -> Iterable[SourceEvent]:
        source, target = os.fsdecode(event.src_path), os.fsdecode(event.dest_path)
        if event.event_type in {"deleted", "moved"} and source:
            yield from self._gone(source, at, is_directory=event.is_directory)
        if event.event_type == "moved" and target:
            kind = HintKind.DIRECTORY if event.is_directory else HintKind.WHOLE
            yield from self._hint(target, kind, at)
        elif event.is_directory and event.event_type == "created":
            yield from self._hint(source, HintKind.DIRECTORY, at)
        elif not event.is_directory and event.event_type in _APPEARED:
            yield from self._hint(source, _APPEARED[event.event_type], at)

    def _gone(self, path: str, at: float, *, is_directory: bool) -> Iterable[SourceEvent]:
        if not is_directory:
            return self._hint(path, HintKind.GONE, at)
        with self._lock:
            was_root = path in self._roots
            if was_root:
                self._lost.add(path)
            self._covered.remove_tree(path)
            self._uncovered.discard_tree(path)
        if was_root:
            return (CoverLost(path, at),)
        return self._hint(path, HintKind.DIRECTORY_GONE, at)

    def _hint(self, path: str, kind: HintKind, at: float) -> Iterable[SourceEvent]:
        directory, name = os.path.split(path)
        with self._lock:
            covered = self._covered.watch(directory) is not None
        return (Hints((Hint(directory, name, kind, at),)),) if covered else ()


class _Handler(FileSystemEventHandler):
    """Every event in one place, whatever its kind."""

    def __init__(self, handle: Callable[[FileSystemEvent], None]) -> None:
        self._handle = handle

    def dispatch(self, event: FileSystemEvent) -> None:
        self._handle(event)


def _within(path: str, top: str) -> bool:
    return path == top or path.startswith(os.path.join(top, ""))
