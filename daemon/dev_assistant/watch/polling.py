"""The last resort: look at every covered directory again and again, and report what differs.

For file systems that tell nothing (network, some containers) and machines without inotify instances left.
What changes twice between two looks, to the same size and times, is not seen.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator

from dev_assistant.beats import Beats
from dev_assistant.files import stat_of
from dev_assistant.logs import get_logger
from dev_assistant.model import Stat
from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Overflowed, SourceEvent, SourceHealth
from dev_assistant.watch.covered import Covered, Uncovered
from dev_assistant.watch.survey import opened

_LOG = get_logger("watch")
_LOOK_SHARE = 0.1
"""At most this share of the time is spent on looking: large trees are looked at less often."""

_JOIN_SECONDS = 5.0
_GONE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}

Entries = dict[str, Stat | int]
"""What stands in a directory, by name: the ``lstat`` of a file, the inode of a directory."""


class PollingSource:
    """Implements ``ChangeSource``, every ``interval`` seconds. ``reason``: why it has to, for ``health``.

    ``failure`` is what last ended a round, until one is finished. ``taken`` is asked before each look whether
    another source has the directory from now on; it is then looked at for the last time.
    """

    def __init__(
        self,
        *,
        interval: float = 2.0,
        reason: str = "",
        taken: Callable[[str], bool] = lambda _: False,
        now: Callable[[], float] = time.monotonic,
        beats: Beats | None = None,
    ) -> None:
        self.failure: Exception | None = None
        self._interval = interval
        self._reason = reason
        self._taken = taken
        self._now = now
        self._beats = beats or Beats()
        self._lock = threading.Lock()
        self._covered = Covered()
        self._numbers = itertools.count()
        self._entries: dict[int, Entries] = {}
        self._uncovered = Uncovered()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._thread = threading.Thread(target=self._run, args=(post,), name="polling", daemon=True)
        self._thread.start()

    def cover(self, directory: str) -> bool:
        try:
            entries = _look(directory)
        except OSError as error:
            with self._lock:
                if error.errno not in _GONE:
                    self._uncovered.put(directory, error.strerror or str(error))
            return False
        with self._lock:
            self._uncovered.discard(directory)
            if self._covered.watch(directory) is None:
                number = next(self._numbers)
                self._covered.add(directory, number)
                self._entries[number] = entries
        return True

    def uncover(self, directory: str) -> None:
        with self._lock:
            self._forget(directory)

    def health(self) -> SourceHealth:
        with self._lock:
            failed = "" if self.failure is None else f"the last round of polling failed: {self.failure!r}"
            note = "; ".join(filter(None, (self._reason, failed)))
            uncovered = tuple(self._uncovered.items())
            alive = self._thread is None or self._thread.is_alive() or self._stopping.is_set()
            return SourceHealth("polling", len(self._covered), uncovered=uncovered, note=note, alive=alive)

    def stop(self) -> None:
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(_JOIN_SECONDS)
            if self._thread.is_alive():
                _LOG.error("polling does not end", thread=self._thread.name)

    # The thread that looks

    def _run(self, post: Callable[[SourceEvent], None]) -> None:
        pause = self._interval
        while not self._stopping.wait(pause):
            started = self._now()
            try:
                if self.failure is not None:  # what was seen and not posted is lost
                    post(Overflowed(started))
                self._round(post)
                self.failure = None
            except Exception as error:  # noqa: BLE001  a source that is deaf and silent would be worse
                self.failure = error
                _LOG.error("a round of polling failed", exc_info=error)
            pause = max(self._interval, (self._now() - started) / _LOOK_SHARE)

    def _round(self, post: Callable[[SourceEvent], None]) -> None:
        for directory in self._covered:
            if self._stopping.is_set():
                return
            with self._beats.at("looking for changes", directory):
                for event in self._compare(directory):
                    post(event)

    def _compare(self, directory: str) -> tuple[SourceEvent, ...]:
        number = self._covered.watch(directory)
        if number is None:
            return ()
        taken = self._taken(directory)
        try:
            after = _look(directory)
        except OSError as error:
            return self._unseen(directory, error)
        at = self._now()
        with self._lock:
            if self._covered.watch(directory) != number:  # uncovered or covered anew meanwhile
                return ()
            self._uncovered.discard(directory)
            before, self._entries[number] = self._entries[number], after
            hints = tuple(Hint(directory, name, kind, at) for name, kind in _differences(before, after))
            for hint in hints:
                if hint.kind is HintKind.DIRECTORY_GONE:
                    self._forget(os.path.join(directory, hint.name))
            if taken:
                self._covered.remove(directory)
                del self._entries[number]
        return (Hints(hints),) if hints else ()

    def _unseen(self, directory: str, error: OSError) -> tuple[SourceEvent, ...]:
        with self._lock:
            if error.errno not in _GONE:
                self._uncovered.put(directory, error.strerror or str(error))
                return ()
            self._forget(directory)
        return (CoverLost(directory, self._now()),)

    def _forget(self, directory: str) -> None:
        for number in self._covered.remove_tree(directory):
            del self._entries[number]
        self._uncovered.discard_tree(directory)


def _look(directory: str) -> Entries:
    """Raises OSError when the directory cannot be read."""
    entries: Entries = {}
    with opened(directory) as descriptor, os.scandir(descriptor) as found:
        for entry in found:
            what = _what(entry)
            if what is not None:
                entries[entry.name] = what
    return entries


def _what(entry: os.DirEntry[str]) -> Stat | int | None:
    try:
        if entry.is_dir(follow_symlinks=False):
            return entry.inode()
        return stat_of(entry.stat(follow_symlinks=False))
    except FileNotFoundError:
        return None


def _differences(before: Entries, after: Entries) -> Iterator[tuple[str, HintKind]]:
    """A directory in another's place has gone and appeared, and so has one in a file's."""
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, int):
            yield name, HintKind.DIRECTORY_GONE
        elif old is not None and not isinstance(new, Stat):
            yield name, HintKind.GONE
        if isinstance(new, int):
            yield name, HintKind.DIRECTORY
        elif new is not None:
            yield name, HintKind.TOUCHED
