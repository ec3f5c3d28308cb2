"""What failed for want of something, or because a tool broke once, is tried again: soon, then less often.

Files and directories that descriptors, memory or processes ran out for have not changed, so that no event
will ever tell of them.
"""

from __future__ import annotations

from dev_assistant.logs import get_logger
from dev_assistant.service.parts import Parts
from dev_assistant.service.state import ProjectState, passes

_LOG = get_logger("coordinator")
_PAUSES = (1.0, 60.0)


class Retries:
    """Runs on the coordinator's thread; all times are monotonic seconds."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pause = _PAUSES[0]
        self._at: float | None = None

    def deadline(self, now: float) -> float | None:
        """When something is tried again; None when nothing has failed in this way."""
        if self._at is None and (self._unconfigured() or any(map(_wants, self._parts.states.values()))):
            self._at = now + self._pause
        return self._at

    def _unconfigured(self) -> bool:
        """The configuration files themselves could not be read."""
        return any(map(passes, self._parts.roster.problems))

    def fire(self, now: float) -> None:
        """Try again what is due. A configuration that could not be read is among it."""
        at = self.deadline(now)
        if at is None or now < at:
            self._rest(at)
            return
        self._at = None
        self._pause = min(2 * self._pause, _PAUSES[1])
        for state in filter(_wants, self._parts.states.values()):
            _LOG.info("trying again what failed", project=state.project.name, next_pause_s=self._pause)
            self._again(state, now)
        self._parts.roster.reload()

    def _rest(self, at: float | None) -> None:
        """After a while without such failures the next one is tried again soon."""
        if at is None and self._pause > _PAUSES[0] and not self._parts.ledger.outstanding:
            self._pause = _PAUSES[0]

    def _again(self, state: ProjectState, now: float) -> None:
        state.strained = False
        if state.unread:
            self._parts.surveys.whole(state, trigger="retry")
        for path, record in state.files.items():
            if state.passing(path, record):
                state.owe_bulk(path, since=now, trigger="retry")


def _wants(state: ProjectState) -> bool:
    return state.strained or bool(state.unread) or any(map(passes, state.problems))
