"""What inotify watches, and under which path: the kernel ties a watch to a directory, this table to a path.

After a move the two differ, and events would be reported under a path where nothing happened. Besides, a
directory that is deleted does not tell so while any process stands in it (a shell, a language server): hence
the parent of a root is guarded, which hears of it at once.
"""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable

from dev_assistant.watch.covered import Covered, Uncovered
from dev_assistant.watch.inotify_calls import Inotify, reason

_GONE_MEANWHILE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}


class Watches:
    """For any thread: one lock stands before the kernel's table and ours, so that they change together.

    ``silent`` tells why a directory should not be watched although it could be ("": it should). Raises
    OSError when there is no inotify instance to be had.
    """

    def __init__(self, *, silent: Callable[[str], str] = lambda _: "") -> None:
        self.kernel = Inotify()
        self._silent = silent
        self._lock = threading.Lock()
        self._covered = Covered()
        self._guards: dict[int, str] = {}
        self._uncovered = Uncovered()
        self._closed = False

    def __len__(self) -> int:
        return len(self._covered)

    def uncovered(self) -> list[tuple[str, str]]:
        """Directories that could not be watched, and why."""
        with self._lock:
            return self._uncovered.items()

    def lacks(self, directory: str) -> bool:
        """Whether it was to be covered and could not be."""
        return directory in self._uncovered

    def path(self, watch: int) -> str | None:
        """The covered directory that an event is about."""
        path = self._covered.path(watch)
        if path is None:
            with self._lock:  # ``cover`` may stand between the kernel's table and ours
                path = self._covered.path(watch)
        return path

    def guarded(self, watch: int) -> str | None:
        """The parent of a root that an event is about."""
        return self._guards.get(watch)

    def concerns(self, path: str) -> bool:
        """Whether something else standing at ``path`` is another directory for a watch, or in one."""
        with self._lock:
            covered = self._covered
            return covered.holds_below(path) or any(
                covered.watch(each) is not None for each in (path, os.path.dirname(path))
            )

    def cover(self, directory: str) -> bool:
        """Watch a directory, or whatever stands at its path now; False when that cannot be."""
        with self._lock:
            if self._closed:
                return False
            if (why := self._silent(directory)) and os.path.isdir(directory):
                self._uncovered.put(directory, why)
                return False
            try:
                watch = self.kernel.add(directory)
            except OSError as error:
                if error.errno not in _GONE_MEANWHILE:
                    self._uncovered.put(directory, reason(error))
                return False
            self._uncovered.discard(directory)
            self._guards.pop(watch, None)
            replaced = self._covered.add(directory, watch)
            if replaced is not None:
                self.kernel.remove(replaced)
            self._guard(os.path.dirname(directory))
            return True

    def uncover(self, directory: str) -> None:
        """Forget a directory and all below it, and the guards that have nothing left to guard."""
        self.vanish(directory)
        with self._lock:
            for watch, parent in tuple(self._guards.items()):
                if not self._covered.holds_below(parent):
                    self._drop_guard(watch)

    def vanish(self, directory: str) -> bool:
        """Forget a directory and all below it; whether it was covered."""
        with self._lock:
            was_covered = self._covered.watch(directory) is not None
            self._forget(directory)
            return was_covered

    def end(self, watch: int) -> None:
        """The kernel has removed a watch of its own accord."""
        with self._lock:
            self._guards.pop(watch, None)
            path = self._covered.path(watch)
            if path is not None:
                self._covered.remove(path)

    def confirm(self, directory: str) -> bool:
        """Whether the path still leads to the directory that is watched; else all is forgotten."""
        with self._lock:
            if self._leads_there(directory):
                return True
            self._forget(directory)
            return False

    def sweep(self) -> None:
        """After moves that nobody was told of: give up what would report under a wrong path."""
        for directory in self._covered:
            with self._lock:
                if not self._leads_there(directory):
                    self._forget_one(directory)
        with self._lock:
            for watch, parent in tuple(self._guards.items()):
                self._drop_guard(watch)
                self._guard(parent)

    def close(self) -> None:
        """Give the instance back, with all watches; nothing is covered from then on."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self.kernel.close()

    # Under the lock

    def _guard(self, parent: str) -> None:
        if self._covered.watch(parent) is not None or parent in self._guards.values():
            return
        try:
            watch = self.kernel.guard(parent)
        except OSError:
            return  # the root is covered all the same
        if self._covered.path(watch) is None:
            self._guards[watch] = parent

    def _drop_guard(self, watch: int) -> None:
        del self._guards[watch]
        self._remove(watch)

    def _leads_there(self, directory: str) -> bool:
        known = self._covered.watch(directory)
        if known is None:
            return False
        try:
            watch = self.kernel.add(directory)
        except OSError:
            return False
        if watch != known and self._covered.path(watch) is None:
            self.kernel.remove(watch)
        return watch == known

    def _forget_one(self, directory: str) -> None:
        watch = self._covered.remove(directory)
        if watch is not None:
            self._remove(watch)

    def _forget(self, directory: str) -> None:
        for watch in self._covered.remove_tree(directory):
            self._remove(watch)
        self._uncovered.discard_tree(directory)

    def _remove(self, watch: int) -> None:
        if not self._closed:
            self.kernel.remove(watch)
