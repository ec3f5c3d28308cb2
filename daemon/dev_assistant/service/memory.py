"""What is done about too much memory: caches are dropped, then tools restarted, then the daemon itself.

Decides only; the supervisor carries it out. One step at a time, each given time to show its effect, and
restarts the rarer the less they help: a limit that is too low must not make a daemon that only restarts.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace

PAUSE = 4.0
"""Seconds between two reactions: the next samples tell whether the last one was enough."""

CALM_SHARE = 0.8
CALM_SECONDS = 60.0
"""So long below this share of the limit, and the next time begins with the mildest reaction again."""

_RESTART_PAUSE = 600.0
_RESTART_LONGEST = 86_400.0
_KEPT = 5


class Reaction(enum.Enum):
    """In the order in which they are tried; the value is what a person reads."""

    CACHES = "dropped its caches"
    TOOLS = "restarted its tools"
    RESTART = "restarted itself"


@dataclass(frozen=True, slots=True)
class Reacted:
    """``before`` and ``after`` in megabytes (None: not known yet, or another process); ``at`` is monotonic
    seconds, which a restart in place does not change.
    """

    reaction: Reaction
    before: float
    at: float
    after: float | None = None


@dataclass(frozen=True, slots=True)
class Restarts:
    """Restarts for memory that this process goes back to: how many in a row, and when the last one was."""

    count: int = 0
    at: float = 0.0

    @property
    def pause(self) -> float:
        """Seconds to leave between the last one and the next."""
        return min(_RESTART_PAUSE * 2.0 ** (self.count - 1), _RESTART_LONGEST) if self.count else 0.0

    def next(self, now: float) -> Restarts:
        """One more; it starts a new row when the last one held for long enough."""
        held = now - self.at > 2 * self.pause
        return Restarts(1 if held else self.count + 1, now)


NEVER = Restarts()


class Governor:
    """Owned by the supervisor; ``limit``, ``mb`` (megabytes), ``reacted`` and ``note`` are for anybody."""

    def __init__(self, *, limit: Callable[[], int], restarts: Restarts, now: Callable[[], float]) -> None:
        self.restarts = restarts
        self.mb = 0.0
        self.reacted: tuple[Reacted, ...] = ()
        if restarts.count:
            self.reacted = (Reacted(Reaction.RESTART, 0.0, restarts.at),)
        self._limit = limit
        self._now = now
        self._stage = 0
        self._next_at = 0.0
        self._high_at = now()

    @property
    def limit(self) -> int:
        return self._limit()

    @property
    def is_high(self) -> bool:
        """Whether so much is used that nothing should be begun that uses more."""
        return self.mb >= self.limit * CALM_SHARE

    @property
    def note(self) -> str:
        """Why memory is a reason for concern at present; "" when it is none."""
        if self.mb <= self.limit:
            return ""
        helpless = self.restarts.count and self._stage == len(Reaction) - 1
        more = ", and restarting did not help: watch less, or raise it" if helpless else ""
        return f"memory is over memory_limit_mb = {self.limit}{more}"

    def weigh(self, mb: float) -> Reaction | None:
        """Take a sample; what is to be done now, if anything."""
        now, limit = self._now(), self.limit
        self.mb = mb
        if mb >= limit * CALM_SHARE:
            self._high_at = now
        elif now - self._high_at >= CALM_SECONDS:
            self._stage = 0
        if mb <= limit or now < self._next_at:
            return None
        reaction = list(Reaction)[self._stage]
        if reaction is Reaction.RESTART and now < self.restarts.at + self.restarts.pause:
            return None
        self._react(reaction, mb, now)
        return reaction

    def eased(self, mb: float) -> None:
        """So much memory is left in use after the last reaction."""
        self.mb = mb
        self.reacted = (*self.reacted[:-1], replace(self.reacted[-1], after=mb))

    def _react(self, reaction: Reaction, mb: float, now: float) -> None:
        self._stage = min(self._stage + 1, len(Reaction) - 1)
        self._next_at = now + PAUSE
        self.reacted = (*self.reacted, Reacted(reaction, mb, now))[-_KEPT:]
        if reaction is Reaction.RESTART:
            self.restarts = self.restarts.next(now)
