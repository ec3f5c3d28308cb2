"""When to stop starting a tool that fails whatever it is given, and when to try it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

_FAILURES: Final = 16  # so many in a row, halves of one run among them, are not the fault of files
_FIRST: Final = 2.0
_LONGEST: Final = 300.0


class Patience:
    """Counts failures in a row. Once it is lost nothing is tried for a while, twice as long each time.

    Thread-safe. ``now`` is monotonic seconds.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = _FIRST
        self._until = 0.0
        self._reason = ""

    def lost(self) -> str:
        """Why nothing is to be tried now; "" when it is."""
        with self._lock:
            if self._now() >= self._until:
                return ""
            return self._reason

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._pause, self._until = 0, _FIRST, 0.0

    def failed(self, reason: str) -> None:
        """One more failure; too many in a row are one too many."""
        with self._lock:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._lose(reason)

    def lose(self, reason: str) -> None:
        """It is known that trying is of no use."""
        with self._lock:
            self._lose(reason)

    def _lose(self, reason: str) -> None:
        """The next failure after the rest is enough to rest again."""
        self._failures = _FAILURES - 1
        self._reason = reason
        self._until = self._now() + self._pause
        self._pause = min(2 * self._pause, _LONGEST)
