"""Links resolved for many paths of one moment: a directory that many share is followed once.

As ``os.path.realpath`` says, and several times cheaper for the entries of one directory. What changes on disk
meanwhile is not seen: use a new one for each look.
"""

from __future__ import annotations

import os


class Resolver:
    """Call it with an absolute path. Not for several threads at once."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        known = self._known.get(path)
        if known is None:
            known = self._known[path] = self._resolved(path)
            self._known[known] = known
        return known

    def _resolved(self, path: str) -> str:
        directory, name = os.path.split(path)
        if name in {"", ".", ".."}:
            return os.path.realpath(path)
        parent = self._known.get(directory)
        if parent is None:
            parent = self._known[directory] = os.path.realpath(directory)
        plain = os.path.join(parent, name)
        return os.path.realpath(plain) if os.path.islink(plain) else plain
