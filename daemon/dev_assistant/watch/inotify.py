"""The change source for Linux: one inotify descriptor and one thread that only reads, translates and posts.

What is easily wrong: the kernel ties a watch to a directory and this table ties it to a path. After a move
the two differ, and events would be reported under a path where nothing happened.
"""

from __future__ import annotations

import errno
import os
import select
import threading
import time
from collections.abc import Callable, Iterable

from dev_assistant.logs import get_logger
from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Overflowed, SourceEvent, SourceHealth
from dev_assistant.watch.covered import Covered
from dev_assistant.watch.inotify_calls import Inotify, Mask, events, reason

_LOG = get_logger("watch")

_QUIET_SECONDS = 0.005
_GATHER_MILLISECONDS = 3
_RUSH_READS = 8
"""A save is three or four events, perhaps each in a read of its own: only more than that is gathered."""

_SMALL = 1 << 16
_LARGE = 1 << 20
_BACKOFF_SECONDS = (0.1, 30.0)
_JOIN_SECONDS = 5.0

_FILE_KINDS = {
    int(Mask.CREATE): HintKind.TOUCHED,
    int(Mask.MODIFY): HintKind.TOUCHED,
    int(Mask.ATTRIB): HintKind.TOUCHED,
    int(Mask.CLOSE_WRITE): HintKind.WHOLE,
    int(Mask.MOVED_TO): HintKind.WHOLE,
    int(Mask.MOVED_FROM): HintKind.GONE,
    int(Mask.DELETE): HintKind.GONE,
}
_APPEARED = Mask.CREATE | Mask.MOVED_TO
_VANISHED = Mask.DELETE | Mask.MOVED_FROM
_GONE_MEANWHILE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


class InotifySource:
    """Implements ``ChangeSource``. Raises OSError when there is no inotify instance to be had.

    The table of watches is guarded by one lock, which is never held while posting. ``failure`` is what last
    ended the reader, until it reads again.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self.failure: Exception | None = None
        self._now = now
        self._kernel = Inotify()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = threading.Lock()
        self._covered = Covered()
        self._uncovered: dict[str, str] = {}
        self._overflows = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(post,), name="inotify", daemon=True)
        self._thread.start()

    def cover(self, directory: str) -> bool:
        with self._lock:
            if self._stopping.is_set():
                return False
            try:
                watch = self._kernel.add(directory)
            except OSError as error:
                if error.errno not in _GONE_MEANWHILE:
                    self._uncovered[directory] = reason(error)
                return False
            self._uncovered.pop(directory, None)
            replaced = self._covered.add(directory, watch)
            if replaced is not None:
                self._kernel.remove(replaced)
            return True

    def uncover(self, directory: str) -> None:
        with self._lock:
            if not self._stopping.is_set():
                self._forget(directory)

    def health(self) -> SourceHealth:
        with self._lock:
            uncovered = sorted(self._uncovered.items())
            failure = self.failure
            if failure is not None:
                uncovered.append(("/", f"the reader of events failed: {failure!r}"))
            return SourceHealth("inotify", len(self._covered), self._overflows, tuple(uncovered))

    def stop(self) -> None:
        """End the reader and give back all watches. A reader that hangs in ``post`` is left, and told of."""
        with self._lock:
            if self._stopping.is_set():
                return
            self._stopping.set()
        os.eventfd_write(self._wake, 1)
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)
            if self._thread.is_alive():
                _LOG.error("the reader of events does not end", thread=self._thread.name)
                return
        self._kernel.close()
        os.close(self._wake)

    # The reader's thread

    def _run(self, post: Callable[[SourceEvent], None]) -> None:
        delay, longest = _BACKOFF_SECONDS
        while not self._stopping.is_set():
            try:
                if self.failure is not None:  # what was read and not posted is lost
                    post(Overflowed(self._now()))
                self._read(post)
            except Exception as error:  # noqa: BLE001  a source that is deaf and silent would be worse
                self.failure = error
                _LOG.error("the reader of events failed", retry_s=delay, exc_info=error)
                self._stopping.wait(delay)
                delay = min(2 * delay, longest)

    def _read(self, post: Callable[[SourceEvent], None]) -> None:
        """Pass on what comes after quiet at once; while more keeps coming, let it gather between reads."""
        arrival, wake = select.poll(), select.poll()
        arrival.register(self._kernel.descriptor, select.POLLIN)
        arrival.register(self._wake, select.POLLIN)
        wake.register(self._wake, select.POLLIN)
        rush, last = 0, -_QUIET_SECONDS
        while True:
            arrival.poll()
            rush = rush + 1 if self._now() - last < _QUIET_SECONDS else 0
            if wake.poll(_GATHER_MILLISECONDS if rush >= _RUSH_READS else 0):
                return
            data = self._kernel.read(_LARGE if rush else _SMALL)
            last = self._now()
            for event in self._translate(data, at=last):
                post(event)
            self.failure = None
            if len(data) > _SMALL // 2:
                rush = _RUSH_READS

    def _translate(self, data: bytes, *, at: float) -> list[SourceEvent]:
        """Events about one file are merged; those about directories keep their place among them."""
        translated: list[SourceEvent] = []
        files: dict[tuple[int, bytes], HintKind] = {}
        whole, touched = HintKind.WHOLE, HintKind.TOUCHED
        for watch, mask, name in events(data):
            kind = _FILE_KINDS.get(mask)
            if kind is None or not name:
                translated += self._hints(files, at)
                translated += self._special(watch, mask, name, at)
                files.clear()
            elif kind is not touched or files.get((watch, name)) is not whole:
                files[watch, name] = kind
        translated += self._hints(files, at)
        return translated

    def _hints(self, files: dict[tuple[int, bytes], HintKind], at: float) -> Iterable[SourceEvent]:
        found = ((self._path(watch), name, kind) for (watch, name), kind in files.items())
        hints = tuple(
            Hint(path, os.fsdecode(name), kind, at) for path, name, kind in found if path is not None
        )
        return (Hints(hints),) if hints else ()

    def _special(self, watch: int, mask: int, name: bytes, at: float) -> Iterable[SourceEvent]:
        if mask & Mask.Q_OVERFLOW:
            return (self._overflowed(at),)
        directory = self._path(watch)
        if directory is None:
            return ()
        if mask & Mask.IGNORED:
            return self._ended(directory, watch, at)
        if mask & Mask.MOVE_SELF:
            return self._moved(directory, at)
        if mask & Mask.ISDIR and name:
            return self._directory(directory, os.fsdecode(name), mask, at)
        return ()

    def _directory(self, directory: str, name: str, mask: int, at: float) -> Iterable[SourceEvent]:
        path = os.path.join(directory, name)
        if mask & _VANISHED:
            with self._lock:
                self._forget(path)
            return (Hints((Hint(directory, name, HintKind.DIRECTORY_GONE, at),)),)
        if mask & _APPEARED or path in self._uncovered:  # its permissions may allow it now
            return (Hints((Hint(directory, name, HintKind.DIRECTORY, at),)),)
        return ()

    def _ended(self, directory: str, watch: int, at: float) -> Iterable[SourceEvent]:
        with self._lock:
            if self._covered.watch(directory) == watch:
                self._covered.remove(directory)
        return (CoverLost(directory, at),)

    def _moved(self, directory: str, at: float) -> Iterable[SourceEvent]:
        """The move may be an old one that is known: then the path leads to the watched directory."""
        with self._lock:
            if self._leads_there(directory):
                return ()
            self._forget(directory)
        return (CoverLost(directory, at),)

    def _overflowed(self, at: float) -> Overflowed:
        """Moves may be among what was lost: give up the watches that would report under a wrong path."""
        for directory in self._covered:
            with self._lock:
                if not self._leads_there(directory):
                    self._forget_one(directory)
        with self._lock:
            self._overflows += 1
        return Overflowed(at)

    def _path(self, watch: int) -> str | None:
        path = self._covered.path(watch)
        if path is None:
            with self._lock:  # ``cover`` may stand between the kernel's table and ours
                path = self._covered.path(watch)
        return path

    # Under the lock

    def _leads_there(self, directory: str) -> bool:
        known = self._covered.watch(directory)
        try:
            watch = self._kernel.add(directory)
        except OSError:
            return False
        if watch != known and self._covered.path(watch) is None:
            self._kernel.remove(watch)
        return watch == known

    def _forget_one(self, directory: str) -> None:
        watch = self._covered.remove(directory)
        if watch is not None:
            self._kernel.remove(watch)

    def _forget(self, directory: str) -> None:
        for watch in self._covered.remove_tree(directory):
            self._kernel.remove(watch)
        below = os.path.join(directory, "")
        for path in [path for path in self._uncovered if path == directory or path.startswith(below)]:
            del self._uncovered[path]
