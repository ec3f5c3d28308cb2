"""When owed paths are examined: lone saves as soon as they are due, everything else in slices."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from dev_assistant.model import Urgency
from dev_assistant.service.judging import Judging
from dev_assistant.service.state import ProjectState

_SLICE = 64
"""Paths examined between two looks at the inbox: about a millisecond when the bytes are in memory."""

_SWEPT = 256
"""Paths whose keys are compared between two looks at the inbox: some milliseconds, and no file is touched."""

_LONE = 32
"""So many paths due at once are still saves by a person; more are a batch."""

_GIT_REST = 0.05
"""Seconds that a project rests after git was last seen busy in it."""

_GIT_CAP = 10.0
"""Seconds after which a project is looked at although git is still busy."""


class Releasing:
    """Runs on the coordinator's thread; ``git_busy`` takes a git directory, ``sweep`` a number of files."""

    def __init__(
        self, *, judging: Judging, sweep: Callable[[ProjectState, int], bool], git_busy: Callable[[str], bool]
    ) -> None:
        self._judging = judging
        self._sweep = sweep
        self._git_busy = git_busy

    def deadline(self, state: ProjectState, now: float) -> float | None:
        """When ``advance`` has something to do; None: not before the next message."""
        if not state.ready:
            return None
        due = now if state.backlog or state.sweep else state.debouncer.next_deadline()
        return due if due is None else max(due, state.rest_until)

    def advance(self, state: ProjectState, now: float) -> bool:
        """Release what is due and examine one slice of the backlog; True if there was anything."""
        if not state.ready or not self._is_due(state, now) or self._rests(state, now):
            return False
        released = self._release(state, now)
        slice_ = list(islice(state.backlog, _SLICE))
        for path in slice_:
            del state.backlog[path]
        paths = [path for path in slice_ if path in state.debts]  # else it was settled as a save
        self._judging.examine(state, paths, urgency=Urgency.BULK)
        swept = self._sweep(state, _SWEPT)
        return released or swept or bool(slice_)

    def _is_due(self, state: ProjectState, now: float) -> bool:
        deadline = self.deadline(state, now)
        return deadline is not None and deadline <= now

    def _rests(self, state: ProjectState, now: float) -> bool:
        """While git rebuilds the tree, nothing in it is what it is going to be."""
        if state.git is None or not self._git_busy(state.git):
            state.rest_since = None
            return False
        state.rest_since = now if state.rest_since is None else state.rest_since
        if now - state.rest_since > _GIT_CAP:
            return False
        state.rest_until = now + _GIT_REST
        return True

    def _release(self, state: ProjectState, now: float) -> bool:
        due = state.debouncer.pop_due(now=now)
        paths = [entry.key for entry in due if entry.key in state.debts]
        if len(paths) > _LONE or any(entry.storm for entry in due):
            state.backlog.update(dict.fromkeys(paths))
        else:
            self._judging.examine(state, paths, urgency=Urgency.INTERACTIVE)
        return bool(due)
