"""The change source for Linux: one inotify descriptor and one thread that only reads, translates and posts.

What comes after quiet is passed on at once, for somebody waits for a save; only while more keeps coming are
events left to gather in the kernel, where merging them is cheap.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable, Iterable

from dev_assistant.beats import Beats
from dev_assistant.logs import get_logger
from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Overflowed, SourceEvent, SourceHealth
from dev_assistant.watch.inotify_calls import Mask, events
from dev_assistant.watch.mounts import MountTable
from dev_assistant.watch.watches import Watches

_LOG = get_logger("watch")

_QUIET_SECONDS = 0.005
_GATHER_MILLISECONDS = 3
_RUSH_READS = 8
"""A save is three or four events, perhaps each in a read of its own: only more than that is gathered."""

_WRITING_MILLISECONDS = 1
"""How long a file that is being written may take to be closed before it is told of all the same."""

_SAVE_BYTES = 1_000
"""The events of one save take less: open and write, each with the name of at most 255 bytes."""

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


class InotifySource:
    """Implements ``ChangeSource``. Raises OSError when there is no inotify instance to be had.

    ``failure`` is what last ended the reader, until it reads again. ``silent`` as for ``Watches``.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.monotonic,
        beats: Beats | None = None,
        silent: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._beats = beats or Beats()
        self.failure: Exception | None = None
        self._now = now
        self._watches = Watches(silent=silent)
        self._mounts = MountTable()
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._overflows = 0
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(post,), name="inotify", daemon=True)
        self._thread.start()

    def cover(self, directory: str) -> bool:
        return self._watches.cover(directory)

    def uncover(self, directory: str) -> None:
        self._watches.uncover(directory)

    def health(self) -> SourceHealth:
        failure = self.failure
        note = "" if failure is None else f"the reader of events failed: {failure!r}"
        uncovered = tuple(self._watches.uncovered())
        alive = self._thread is None or self._thread.is_alive() or self._stopping.is_set()
        return SourceHealth("inotify", len(self._watches), self._overflows, uncovered, note, alive=alive)

    def stop(self) -> None:
        """End the reader and give back all watches. A reader that hangs in ``post`` is left, and told of."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.eventfd_write(self._wake, 1)
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)
            if self._thread.is_alive():
                _LOG.error("the reader of events does not end", thread=self._thread.name)
                return
        self._watches.close()
        self._mounts.close()
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
                if self.failure is None:  # it has read since the last one
                    delay = _BACKOFF_SECONDS[0]
                self.failure = error
                _LOG.error("the reader of events failed", retry_s=delay, exc_info=error)
                self._stopping.wait(delay)
                delay = min(2 * delay, longest)

    def _read(self, post: Callable[[SourceEvent], None]) -> None:
        """Pass on what comes after quiet at once; while more keeps coming, let it gather between reads."""
        arrival, more, wake, mounts = select.poll(), select.poll(), select.poll(), select.poll()
        arrival.register(self._watches.kernel.descriptor, select.POLLIN)
        more.register(self._watches.kernel.descriptor, select.POLLIN)
        arrival.register(self._wake, select.POLLIN)
        wake.register(self._wake, select.POLLIN)
        table = self._mounts.descriptor
        if table is not None:
            arrival.register(table, select.POLLPRI)
            mounts.register(table, select.POLLPRI)
        rush, last = 0, -_QUIET_SECONDS
        while True:
            remounted = any(ready == table for ready, _ in arrival.poll())
            rush = rush + 1 if self._now() - last < _QUIET_SECONDS else 0
            if wake.poll(_GATHER_MILLISECONDS if rush >= _RUSH_READS else 0):
                return
            with self._beats.at("reading events"):
                data = self._watches.kernel.read(_LARGE if rush else _SMALL)
                while len(data) <= _SAVE_BYTES and unfinished(data) and more.poll(_WRITING_MILLISECONDS):
                    data += self._watches.kernel.read(_SMALL)
                last = self._now()
                if remounted or mounts.poll(0):  # before events of the new directories, a cookie's too
                    for event in self._remounted(at=last):
                        post(event)
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

    def _remounted(self, *, at: float) -> Iterable[SourceEvent]:
        """Where something was mounted or unmounted, watches are of directories that no path leads to."""
        points = [point for point in self._mounts.changed() if self._watches.concerns(point)]
        if not points:
            return ()
        self._watches.sweep()
        return (Overflowed(at, f"something was mounted or unmounted at {points[0]}"),)

    def _hints(self, files: dict[tuple[int, bytes], HintKind], at: float) -> Iterable[SourceEvent]:
        found = ((self._watches.path(watch), name, kind) for (watch, name), kind in files.items())
        hints = tuple(
            Hint(path, os.fsdecode(name), kind, at) for path, name, kind in found if path is not None
        )
        return (Hints(hints),) if hints else ()

    def _special(self, watch: int, mask: int, name: bytes, at: float) -> Iterable[SourceEvent]:
        if mask & Mask.Q_OVERFLOW:
            self._watches.sweep()
            self._overflows += 1
            return (Overflowed(at),)
        directory = self._watches.path(watch)
        if mask & Mask.IGNORED:
            self._watches.end(watch)
            return () if directory is None else (CoverLost(directory, at),)
        if directory is None:
            return self._guarded(watch, name, at)
        if mask & Mask.MOVE_SELF:  # perhaps an old move, and the watch was renewed since
            return () if self._watches.confirm(directory) else (CoverLost(directory, at),)
        if mask & Mask.ISDIR and name:
            return self._directory(directory, os.fsdecode(name), mask, at)
        return ()

    def _directory(self, directory: str, name: str, mask: int, at: float) -> Iterable[SourceEvent]:
        path = os.path.join(directory, name)
        if mask & _VANISHED:
            self._watches.vanish(path)
            return (Hints((Hint(directory, name, HintKind.DIRECTORY_GONE, at),)),)
        if mask & _APPEARED or self._watches.lacks(path):  # its permissions may allow it now
            return (Hints((Hint(directory, name, HintKind.DIRECTORY, at),)),)
        return ()

    def _guarded(self, watch: int, name: bytes, at: float) -> Iterable[SourceEvent]:
        """Something left the parent of a root: perhaps the root itself."""
        parent = self._watches.guarded(watch)
        if parent is None or not name:
            return ()
        path = os.path.join(parent, os.fsdecode(name))
        return (CoverLost(path, at),) if self._watches.vanish(path) else ()


def unfinished(data: bytes) -> bool:
    """Whether all that is told is of files being written: mostly the end comes at once, and is one save."""
    return bool(data) and all(_FILE_KINDS.get(mask) is HintKind.TOUCHED for _, mask, _ in events(data))
