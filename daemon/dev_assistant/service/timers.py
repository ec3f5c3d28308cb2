"""What happens because time has passed: audits, looks for missing roots, reloads and reports."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection

from dev_assistant.logs import get_logger
from dev_assistant.model import FileState, Urgency
from dev_assistant.service.ledger import Epoch
from dev_assistant.service.losses import Losses
from dev_assistant.service.parts import Parts
from dev_assistant.service.retries import Retries

_LOG = get_logger("coordinator")
_ABSENT_EVERY = 1.0
"""Seconds between two looks for watch paths and tools that are not there."""

_NAP = 20.0
"""Seconds by which this process has to be late, or the wall clock to jump, for something to have happened."""


class Timers:
    """Runs on the coordinator's thread; all times are monotonic seconds, but ``wall`` tells nanoseconds."""

    def __init__(
        self, parts: Parts, *, report: Callable[[], None], now: float, wall: Callable[[], int]
    ) -> None:
        self._parts = parts
        self._report = report
        self._wall = wall
        self._retries = Retries(parts)
        self.losses = Losses(
            ledger=parts.ledger, look=self._look_everywhere, walking=lambda: parts.surveys.looking, now=now
        )
        self._drift = wall() / 1e9 - now
        self._due = now
        self._absent_at = now
        self._audit_at = now + parts.roster.configuration.settings.audit_interval_sec
        self._report_at: float | None = None
        self.last_audit: float | None = None

    def report_soon(self, now: float) -> None:
        """What is published differs: report it, but not more often than is wanted."""
        if self._report_at is None:
            self._report_at = now + self._parts.roster.configuration.settings.stats_interval_ms / 1000

    def deadline(self, now: float) -> float:
        """When something is to be done next, by a timer or by a part."""
        parts = self._parts
        deadlines = [self._audit_at]
        for state in parts.states.values():
            if state.missing:
                deadlines.append(self._absent_at)
            if state.broken and not state.scoping:
                deadlines.append(max(self._absent_at, state.scope_retry))
        released = [parts.releasing.deadline(state, now) for state in parts.states.values()]
        others = (
            parts.roster.reload_at,
            self._report_at,
            self._retries.deadline(now),
            self.losses.deadline(),
            *released,
        )
        self._due = min(deadlines + [at for at in others if at is not None])
        return self._due

    def fire(self, now: float) -> bool:
        """Do what is due; True when that made work."""
        before = self._parts.ledger.outstanding
        if self._report_at is not None and now >= self._report_at:
            self._report_at = None
            self._report()
        if self._parts.roster.reload_at is not None and now >= self._parts.roster.reload_at:
            self._parts.roster.reload()
        if now >= self._absent_at:
            self._absent_at = now + _ABSENT_EVERY
            self.look_for_missing()
            self._look_for_tools(now)
        self._retries.fire(now)
        news = self.losses.fire(now, hurry=self._parts.barriers.waiting)
        if self._slept(now):
            _LOG.warning("the machine slept or its clock was set: everything is looked at")
            self._audit_at = now
        if now >= self._audit_at:
            self._audit(now)
        return news or self._parts.ledger.outstanding != before

    def _look_everywhere(self, epoch: Epoch) -> None:
        for state in self._parts.states.values():
            self._parts.surveys.whole(state, trigger="overflow", epoch=epoch)
        self._parts.roster.reload(epoch=epoch)

    def _audit(self, now: float) -> None:
        self._audit_at = now + self._parts.roster.configuration.settings.audit_interval_sec
        self.last_audit = now
        for state in self._parts.states.values():
            self._parts.surveys.whole(state, trigger="audit", urgency=Urgency.BULK)
        self._parts.roster.reload()
        self._parts.appraising.look()
        self._retry_failed(now)

    def _retry_failed(self, now: float) -> None:
        """What a tool could not judge may be judged now: it may be back, or mended."""
        for state in self._parts.states.values():
            for path, record in state.files.items():
                if record.state is FileState.FAILED:
                    state.owe_bulk(path, since=now, trigger="retry")

    def look_for_missing(self, among: Collection[str] | None = None, *, epoch: Epoch | None = None) -> None:
        """What has appeared may bring settings of its own, or be a link to elsewhere: read both anew.

        Only ``among`` these directories; None: wherever they are. ``epoch`` is of the debt that led here.
        """
        appeared = False
        for state in self._parts.states.values():
            awaited = state.missing if among is None else state.missing.intersection(among)
            returned = [top for top in awaited if os.path.isdir(top)]
            appeared = appeared or bool(returned)
            if any(not os.path.islink(top) for top in returned):
                self._parts.surveys.whole(state, trigger="returned", epoch=epoch)
        if appeared:
            self._parts.roster.reload(epoch=epoch)

    def _look_for_tools(self, now: float) -> None:
        for state in self._parts.states.values():
            if state.broken and now >= state.scope_retry and not state.scoping:
                self._parts.scoping.rescope(state, only=state.broken)

    def _slept(self, now: float) -> bool:
        """While a machine sleeps, one clock stands still; while a process is stopped, both go on."""
        drift = self._wall() / 1e9 - now
        jumped, self._drift = abs(drift - self._drift) > _NAP, drift
        late, self._due = now > self._due + _NAP, now
        return jumped or late
