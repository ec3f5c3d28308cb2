"""Which directories are covered, as a tree, so that a directory and all below it are forgotten in one step.

Has no lock: whoever owns one says who may call.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator


class Covered:
    """Directories (absolute paths) and the kernel's watch of each; neither of the two occurs twice."""

    __slots__ = ("_below", "_paths", "_watches")

    def __init__(self) -> None:
        self._watches: dict[str, int] = {}
        self._paths: dict[int, str] = {}
        self._below: dict[str, set[str]] = {}

    def __len__(self) -> int:
        return len(self._watches)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._watches))

    def path(self, watch: int) -> str | None:
        return self._paths.get(watch)

    def watch(self, path: str) -> int | None:
        return self._watches.get(path)

    def holds_below(self, path: str) -> bool:
        return path in self._below

    def add(self, path: str, watch: int) -> int | None:
        """Tie the two together; the watch that ``path`` had before is returned, for nothing leads to it now.

        When ``watch`` belonged to another path, the directory was moved here and is no longer there.
        """
        before = self._watches.get(path)
        if before == watch:
            return None
        other = self._paths.get(watch)
        if other is not None:
            self.remove(other)
        if before is not None:
            del self._paths[before]
        self._watches[path] = watch
        self._paths[watch] = path
        self._link(path)
        return before

    def remove(self, path: str) -> int | None:
        """Forget one directory and return its watch."""
        watch = self._watches.pop(path, None)
        if watch is not None:
            del self._paths[watch]
            self._unlink(path)
        return watch

    def remove_tree(self, path: str) -> list[int]:
        """Forget a directory and every one below it, and return their watches."""
        tree = [path]
        for parent in tree:  # it grows while it is read
            tree.extend(self._below.get(parent, ()))
        return [watch for entry in reversed(tree) if (watch := self.remove(entry)) is not None]

    def _link(self, path: str) -> None:
        """Hang the path below its parents, as far up as one is hung already: those between need no watch."""
        parent = os.path.dirname(path)
        while parent != path:
            siblings = self._below.setdefault(parent, set())
            if path in siblings:
                return
            siblings.add(path)
            path, parent = parent, os.path.dirname(parent)

    def _unlink(self, path: str) -> None:
        """Take the path off, and those parents that hold nothing and are nothing themselves."""
        while path not in self._watches and path not in self._below:
            parent = os.path.dirname(path)
            siblings = self._below.get(parent)
            if siblings is None:
                return
            siblings.discard(path)
            if siblings:
                return
            del self._below[parent]
            path = parent


class Uncovered:
    """Directories that were to be covered and could not be, with the reason."""

    __slots__ = ("_numbers", "_reasons", "_tree")

    def __init__(self) -> None:
        self._tree = Covered()
        self._numbers = itertools.count()
        self._reasons: dict[int, str] = {}

    def __contains__(self, path: str) -> bool:
        return self._tree.watch(path) is not None

    def put(self, path: str, reason: str) -> None:
        self.discard(path)
        number = next(self._numbers)
        self._tree.add(path, number)
        self._reasons[number] = reason

    def discard(self, path: str) -> None:
        number = self._tree.remove(path)
        if number is not None:
            del self._reasons[number]

    def discard_tree(self, path: str) -> None:
        for number in self._tree.remove_tree(path):
            del self._reasons[number]

    def items(self) -> list[tuple[str, str]]:
        """Sorted by path."""
        pairs = ((self._tree.path(number), reason) for number, reason in self._reasons.items())
        return sorted((path, reason) for path, reason in pairs if path is not None)
