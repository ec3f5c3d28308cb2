"""What the disk does not take: why, since when, and when it is tried again.

A disk that is full refuses everything at once and for long: each further attempt waits twice as long as
the one before, and only the first and the last are told in the log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from dev_assistant.logs import get_logger

_LOG = get_logger("scribe")
_PAUSES = (0.25, 5.0)
"""Seconds before the second attempt, and before each at last: after that room on the disk is noticed."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    reason: str
    since: float
    began: float
    attempts: int
    again_at: float


class Refusals:
    """Owned by the scribe's thread; ``told`` may be read by any. ``wall`` is wall-clock seconds."""

    def __init__(self, *, now: Callable[[], float], wall: Callable[[], float]) -> None:
        self._now = now
        self._wall = wall
        self._open: dict[str, _Refusal] = {}
        self._rests: dict[str, float] = {}

    def told(self) -> str:
        """For people: what is not written, since when, and why; "" when everything is."""
        return "; ".join(f"{what}: {_since(each)}" for what, each in sorted(self._open.copy().items()))

    def due(self, what: str) -> bool:
        """Whether to try ``what`` now."""
        return self.pause(what) == 0.0

    def pause(self, what: str) -> float:
        """Seconds until ``what`` is due; 0 when nothing speaks against it."""
        refusal = self._open.get(what)
        until = max(self._rests.get(what, 0.0), 0.0 if refusal is None else refusal.again_at)
        return max(0.0, until - self._now())

    def rest(self, what: str, seconds: float) -> None:
        """Leave ``what`` alone for a while although nobody refused it; a rest under way is not prolonged."""
        self._rests.setdefault(what, self._now() + seconds)

    def refused(self, what: str, reason: str) -> None:
        self._rests.pop(what, None)
        before = self._open.get(what)
        attempts = 1 if before is None else before.attempts + 1
        first, longest = _PAUSES
        now = self._now()
        since, began = (self._wall(), now) if before is None else (before.since, before.began)
        again_at = now + min(longest, first * 2 ** min(attempts - 1, 10))
        self._open[what] = _Refusal(reason, since, began, attempts, again_at)
        if before is None:
            _LOG.error("write failed", what=what, error=reason)

    def accepted(self, what: str) -> None:
        self._rests.pop(what, None)
        refusal = self._open.pop(what, None)
        if refusal is not None:
            lasted = round(self._now() - refusal.began, 1)
            _LOG.info("written again", what=what, after_s=lasted, attempts=refusal.attempts)


def _since(refusal: _Refusal) -> str:
    since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(refusal.since))
    return f"not written since {since} UTC, kept in memory and tried again: {refusal.reason}"
