"""Who waits for what: each barrier is bound to an epoch once its cookie has come through the events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.messages import Barrier


@dataclass(slots=True)
class Barriers:
    """Owned by the coordinator."""

    ledger: Ledger
    _cookies: dict[str, Barrier] = field(default_factory=dict)
    _waiting: list[tuple[Epoch, Callable[[], None]]] = field(default_factory=list)

    @property
    def waiting(self) -> bool:
        """Somebody waits for what is owed."""
        return bool(self._waiting)

    def expect(self, cookie: str, barrier: Barrier) -> None:
        self._cookies[cookie] = barrier

    def withdraw(self, cookie: str) -> None:
        """Whoever waited for it has given up."""
        self._cookies.pop(cookie, None)

    def seen(self, cookie: str) -> None:
        """All events that were written before the cookie have been handled."""
        barrier = self._cookies.pop(cookie, None)
        if barrier is not None:
            barrier.arrived()
            self.now(barrier.settled)

    def now(self, settled: Callable[[], None]) -> None:
        """Call ``settled`` once all that is owed at this moment is paid."""
        self._waiting.append((self.ledger.close(), settled))

    def reached(self) -> list[Callable[[], None]]:
        """Take out the barriers whose epoch is settled."""
        done = [settled for epoch, settled in self._waiting if self.ledger.settled(epoch)]
        if done:
            self._waiting = [entry for entry in self._waiting if not self.ledger.settled(entry[0])]
        return done
