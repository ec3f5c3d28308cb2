"""Counts what is still owed, so that a barrier can tell when everything before it has been answered.

Debts are counted by epoch, not listed: closing an epoch costs nothing, and work that arrives after the
barrier never delays it.
"""

from __future__ import annotations

from typing import NewType

Epoch = NewType("Epoch", int)


class Ledger:
    """Owned by the coordinator. A debt keeps the epoch in which it was first owed."""

    def __init__(self) -> None:
        self._current = Epoch(0)
        self._owed: dict[Epoch, int] = {}

    @property
    def outstanding(self) -> int:
        return sum(self._owed.values())

    def owe(self, epoch: Epoch | None = None) -> Epoch:
        """One more debt, in the present epoch or in that of the debt from which it follows."""
        epoch = self._current if epoch is None else epoch
        self._owed[epoch] = self._owed.get(epoch, 0) + 1
        return epoch

    def pay(self, epoch: Epoch) -> None:
        left = self._owed[epoch] - 1
        if left:
            self._owed[epoch] = left
        else:
            del self._owed[epoch]

    def close(self) -> Epoch:
        """End the present epoch; what is owed from now on belongs to the next."""
        closed = self._current
        self._current = Epoch(closed + 1)
        return closed

    def settled(self, epoch: Epoch) -> bool:
        """True when nothing of ``epoch`` or of an earlier one is owed."""
        return not any(owed <= epoch for owed in self._owed)
