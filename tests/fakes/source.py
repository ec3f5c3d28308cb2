"""A change source that says what the test tells it to say."""

from __future__ import annotations

import os
from collections.abc import Callable

from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Overflowed, SourceEvent, SourceHealth


class ScriptedSource:
    """Implements ``ChangeSource``; ``covered`` are the directories asked for."""

    def __init__(self, now: Callable[[], float], *, backend: str = "inotify") -> None:
        self.covered: set[str] = set()
        self.overflows = 0
        self._backend = backend
        self._now = now
        self._post: Callable[[SourceEvent], None] = lambda event: None

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        self._post = post

    def cover(self, directory: str) -> bool:
        self.covered.add(directory)
        return True

    def uncover(self, directory: str) -> None:
        self.covered = {d for d in self.covered if d != directory and not d.startswith(directory + "/")}

    def health(self) -> SourceHealth:
        return SourceHealth(self._backend, len(self.covered), self.overflows)

    def stop(self) -> None:
        self._post = lambda event: None

    def hint(self, path: str, kind: HintKind = HintKind.WHOLE) -> None:
        """An event about one path, dropped when its directory is not covered, as a kernel would."""
        directory, name = os.path.split(path)
        if directory in self.covered:
            self._post(Hints((Hint(directory, name, kind, self._now()),)))

    def overflow(self) -> None:
        self.overflows += 1
        self._post(Overflowed(self._now()))

    def lose(self, directory: str) -> None:
        self.covered.discard(directory)
        self._post(CoverLost(directory, self._now()))
