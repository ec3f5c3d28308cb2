"""What happens because time has passed: audits, looks for missing roots, reloads and reports."""

from __future__ import annotations

import os
from collections.abc import Callable

from dev_assistant.model import FileState, Urgency
from dev_assistant.service.parts import Parts

_ABSENT_EVERY = 1.0
"""Seconds between two looks for watch paths and tools that are not there."""


class Timers:
    """Runs on the coordinator's thread; all times are monotonic seconds."""

    def __init__(self, parts: Parts, *, report: Callable[[], None], now: float) -> None:
        self._parts = parts
        self._report = report
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
        if any(state.missing or state.scope_error for state in parts.states.values()):
            deadlines.append(self._absent_at)
        released = [parts.releasing.deadline(state, now) for state in parts.states.values()]
        deadlines += [at for at in (parts.roster.reload_at, self._report_at, *released) if at is not None]
        return min(deadlines)

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
            self._look_for_missing()
            self._look_for_tools(now)
        if now >= self._audit_at:
            self._audit(now)
        return self._parts.ledger.outstanding != before

    def _audit(self, now: float) -> None:
        self._audit_at = now + self._parts.roster.configuration.settings.audit_interval_sec
        self.last_audit = now
        for state in self._parts.states.values():
            self._parts.surveys.whole(state, trigger="audit", urgency=Urgency.BULK)
        self._parts.roster.reload()
        self._retry_failed(now)

    def _retry_failed(self, now: float) -> None:
        """What a tool could not judge may be judged now: it may be back, or mended."""
        for state in self._parts.states.values():
            for path, record in state.files.items():
                if record.state is FileState.FAILED:
                    state.owe_bulk(path, since=now, trigger="retry")

    def _look_for_missing(self) -> None:
        """What has appeared may bring settings of its own, or be a link to elsewhere: read both anew."""
        appeared = False
        for state in self._parts.states.values():
            returned = [top for top in state.missing if os.path.isdir(top)]
            appeared = appeared or bool(returned)
            if any(not os.path.islink(top) for top in returned):
                self._parts.surveys.whole(state, trigger="returned")
        if appeared:
            self._parts.roster.reload()

    def _look_for_tools(self, now: float) -> None:
        for state in self._parts.states.values():
            if state.scope_error and now >= state.scope_retry and not state.scoping:
                self._parts.scoping.rescope(state)
