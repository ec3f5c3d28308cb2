"""Holding back lines that say the same again and again.

A window starts with the first of them and is not prolonged by the others: what repeats for an hour is told
every window, with its count.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from dev_assistant.logs.lines import Entry


@dataclass(slots=True)
class _Seen:
    entry: Entry
    until: float
    written: int = 1
    held: int = 0


class Repeats:
    """Lets ``burst`` identical lines through in ``window`` seconds; the rest are counted.

    Owned by the writer's thread. At most ``keys`` different lines are remembered.
    """

    def __init__(self, *, window: float = 10.0, burst: int = 5, keys: int = 1_000) -> None:
        self._window = window
        self._burst = burst
        self._keys = keys
        self._seen: OrderedDict[tuple[str, str, str, str], _Seen] = OrderedDict()

    def admit(self, entry: Entry, *, now: float) -> bool:
        """Whether to write it. ``now`` is in monotonic seconds."""
        identity = entry.identity()
        seen = self._seen.get(identity)
        if seen is None:
            self._seen[identity] = _Seen(entry, now + self._window)
            return True
        if seen.written < self._burst:
            seen.written += 1
            return True
        seen.held += 1
        seen.entry = entry
        return False

    def pop_due(self, *, now: float) -> list[Entry]:
        """End the windows that are over: each line that was held back, once, with ``repeated``."""
        due = []
        while self._seen:
            first = next(iter(self._seen.values()))  # windows are equally long: the oldest ends first
            if first.until > now and len(self._seen) <= self._keys:
                break
            self._seen.popitem(last=False)
            if first.held:
                due.append(first.entry._replace(fields={**first.entry.fields, "repeated": first.held}))
        return due
