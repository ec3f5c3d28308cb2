"""When everything is looked at again because events were lost: at once, and less often while that goes on.

A storm that overflows the queue again and again would else have the whole tree walked for each overflow. What
is put off is owed, so nobody is told that all is settled, and somebody who waits is not kept waiting for it.
"""

from __future__ import annotations

from collections.abc import Callable

from dev_assistant.logs import get_logger
from dev_assistant.service.ledger import Epoch, Ledger

_LOG = get_logger("coordinator")
_PAUSES = (1.0, 60.0)
"""Seconds from one look to the next while events go on being lost: twice as long each time."""

_CALM = 60.0
"""After so many seconds without a loss the next one is looked into at once again."""


class Losses:
    """Owned by the coordinator. ``look`` begins to look at everything, owed in the epoch that it is given.

    ``walking`` tells whether something is walked as a whole already. All times are monotonic seconds.
    """

    def __init__(
        self, *, ledger: Ledger, look: Callable[[Epoch], None], walking: Callable[[], bool], now: float
    ) -> None:
        self._ledger = ledger
        self._look = look
        self._walking = walking
        self._debt: Epoch | None = None
        self._pause = 0.0
        self._not_before = now
        self._calm_at: float | None = None
        self._merged = 0

    @property
    def every(self) -> float:
        """Seconds between two looks while events are lost again and again; 0 when they are not."""
        return self._pause if self._pause > _PAUSES[0] else 0.0

    def lost(self, reason: str, now: float) -> None:
        """Events were lost: everything is owed a look. Those that come before it begins share it."""
        if self._pause == 0.0:
            _LOG.warning("everything is looked at again", reason=reason)
        self._calm_at = now + _CALM
        self._merged += 1
        if self._debt is None:
            self._debt = self._ledger.owe()

    def deadline(self) -> float | None:
        """When there is something to do; None: nothing before something else happens."""
        if self._debt is not None:
            return None if self._walking() else self._not_before
        return self._calm_at

    def fire(self, now: float, *, hurry: bool) -> bool:
        """Look, when it is time or (``hurry``) somebody waits. True when something is different now."""
        if self._debt is None:
            return self._calmed(now)
        if self._walking() or (now < self._not_before and not hurry):
            return False
        debt, self._debt = self._debt, None
        merged, self._merged = self._merged, 0
        self._pause = min(2 * self._pause, _PAUSES[1]) or _PAUSES[0]
        self._not_before = now + self._pause
        if self.every:
            _LOG.warning("events are lost again and again", losses=merged, next_look_s=self._pause)
        self._look(debt)
        self._ledger.pay(debt)
        return True

    def _calmed(self, now: float) -> bool:
        if self._calm_at is None or now < self._calm_at:
            return False
        if self.every:
            _LOG.info("no events were lost for a while", seconds=_CALM)
        self._calm_at, self._pause = None, 0.0
        return True
