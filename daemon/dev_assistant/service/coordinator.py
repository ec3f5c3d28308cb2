"""The one owner of all mutable state: takes one message at a time, and publishes what it knows.

Bulk work is done in slices between messages, so that a save never waits for a storm. Nothing here waits
for a tool, walks a tree or writes a file.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import assert_never

from dev_assistant.logs import get_logger
from dev_assistant.model import FileRecord, FileState, Job, Project, ProjectName, RelPath, Urgency
from dev_assistant.ports import ChangeSource, CoverLost, Hint, Hints, Overflowed, Scope, Verifier
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.barriers import Barriers
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.errands import Errand
from dev_assistant.service.feed import Feed
from dev_assistant.service.intake import Intake
from dev_assistant.service.judging import Judging
from dev_assistant.service.ledger import Ledger
from dev_assistant.service.messages import (
    Barrier,
    Finished,
    Message,
    Recheck,
    Reload,
    Reloaded,
    Scoped,
    Stop,
    Surveyed,
    SurveyEnded,
)
from dev_assistant.service.opening import Opener
from dev_assistant.service.plan import Planner
from dev_assistant.service.roster import Roster
from dev_assistant.service.scoping import Scoping
from dev_assistant.service.scribe import Batch
from dev_assistant.service.snapshot import Snapshot, photograph
from dev_assistant.service.state import ProjectState
from dev_assistant.service.surveys import Surveys
from dev_assistant.service.territory import Territory

_LOG = get_logger("coordinator")
_SLICE = 64
"""Paths examined between two looks at the inbox: about a millisecond when the bytes are in memory."""
_LONE = 32
"""So many paths due at once are still saves by a person; more are a batch."""
_GIT_HOLD = 0.05
"""Seconds that a project rests after git was last seen busy in it."""
_MISSING_EVERY = 1.0
"""Seconds between two looks for watch paths that do not exist."""


@dataclass(frozen=True, slots=True)
class Collaborators:
    """All that the coordinator calls. None of these calls blocks."""

    source: ChangeSource
    verifiers: Mapping[str, Verifier]
    queue: JobQueue[Job]
    feed: Feed
    run: Callable[[Errand, Urgency], None]
    save: Callable[[dict[ProjectName, Batch]], None]
    report: Callable[[], None]
    flush: Callable[[Callable[[], None]], None]
    retire: Callable[[ProjectName], None]
    opener: Opener
    load: Callable[[], Configuration]
    git_busy: Callable[[str], bool]


class Coordinator:
    """``now`` is monotonic seconds, ``wall`` wall-clock nanoseconds.

    For any thread: ``post``, ``snapshot``, ``assignments``, ``configuration``, and ``ready``, which is set
    once every project has been walked and is watched.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        collaborators: Collaborators,
        now: Callable[[], float],
        wall: Callable[[], int],
    ) -> None:
        self._inbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._with = collaborators
        self._now = now
        self._ledger = Ledger()
        self._barriers = Barriers(self._ledger)
        self._states: dict[ProjectName, ProjectState] = {}
        territory = Territory()
        self._scoping = Scoping(
            states=self._states,
            ledger=self._ledger,
            territory=territory,
            verifiers=collaborators.verifiers,
            run=collaborators.run,
            post=self.post,
            now=now,
        )
        self._surveys = Surveys(
            states=self._states,
            ledger=self._ledger,
            territory=territory,
            scoping=self._scoping,
            source=collaborators.source,
            run=collaborators.run,
            post=self.post,
            now=now,
        )
        self._intake = Intake(
            states=self._states,
            territory=territory,
            surveys=self._surveys,
            scoping=self._scoping,
            now=now,
        )
        self._judging = Judging(
            planner=Planner(verifiers=collaborators.verifiers, territory=territory, wall=wall),
            queue=collaborators.queue,
            feed=collaborators.feed,
            ripple=self._scoping.ripple,
            versions=lambda name: collaborators.verifiers[name].version(),
            now=now,
            wall=wall,
        )
        self._roster = Roster(
            configuration,
            states=self._states,
            ledger=self._ledger,
            surveys=self._surveys,
            scoping=self._scoping,
            source=collaborators.source,
            opener=collaborators.opener,
            retire=collaborators.retire,
            load=collaborators.load,
            run=collaborators.run,
            post=self.post,
            now=now,
        )
        self._missing_at = now()
        self._audit_at = now() + configuration.settings.audit_interval_sec
        self._last_audit: float | None = None
        self._report_at: float | None = None
        self._stopping = False
        self.ready = threading.Event()
        self.snapshot = Snapshot()

    @property
    def assignments(self) -> Mapping[ProjectName, tuple[Project, Mapping[str, Scope]]]:
        """What workers verify by."""
        return self._roster.assignments

    @property
    def configuration(self) -> Configuration:
        """The last good configuration."""
        return self._roster.configuration

    def post(self, message: Message) -> None:
        """Hand in a message, from any thread."""
        self._inbox.put(message)

    def start(self) -> None:
        """Take up all projects; call once, before ``run``, on the thread that runs it."""
        self._roster.adopt(self._roster.configuration)
        self._publish()

    def run(self) -> None:
        """Until Stop is posted."""
        while not self._stopping:
            self.step(wait=True)

    def step(self, *, wait: bool) -> bool:
        """Handle the inbox, release what is due, do a slice of bulk work; True if anything was done."""
        messages = self._messages(self._timeout() if wait else 0.0)
        for message in messages:
            self._handle(message)
        now = self._now()
        timed = self._timers(now)
        worked = [self._advance(state, now) for state in list(self._states.values())]
        done = bool(messages) or timed or any(worked)
        if done:
            self._publish()
        return done

    # Messages

    def _messages(self, timeout: float) -> list[Message]:
        messages: list[Message] = []
        try:
            messages.append(self._inbox.get(timeout=timeout) if timeout else self._inbox.get_nowait())
            while len(messages) < _SLICE:
                messages.append(self._inbox.get_nowait())
        except queue.Empty:
            pass
        return messages

    def _handle(self, message: Message) -> None:  # noqa: C901, PLR0912  one arm for each message
        match message:
            case Hints(hints):
                self._hints(hints)
            case Finished(results):
                self._judging.finished(self._states, results)
            case Surveyed():
                self._surveys.surveyed(message)
            case SurveyEnded():
                self._surveys.ended(message)
            case Scoped():
                self._scoping.scoped(message)
                self._roster.scoped(message)
            case Barrier():
                self._barrier(message)
            case Overflowed():
                _LOG.warning("events were lost: everything is looked at again")
                self._survey_all("overflow")
            case CoverLost(directory=directory):
                self._intake.lost(directory)
                self._roster.lost()
            case Recheck():
                self._recheck(message)
            case Reload():
                self._roster.reload()
            case Reloaded():
                self._roster.reloaded(message)
            case Stop():
                self._stopping = True
            case _:
                assert_never(message)

    def _hints(self, hints: tuple[Hint, ...]) -> None:
        self._intake.hints(hints)
        for hint in hints:
            self._roster.hint(hint)
        for hint in hints:
            self._barriers.seen(hint.name)

    def _barrier(self, message: Barrier) -> None:
        if message.cookie is None:
            self._survey_all("check")
            self._barriers.now(message.settled)
        else:
            self._barriers.expect(message.cookie, message)

    def _recheck(self, message: Recheck) -> None:
        for name, path in message.paths:
            if (state := self._states.get(name)) is not None and state.files.get(path) is not None:
                state.files.put(path, FileRecord(FileState.PENDING))
                state.owe_bulk(path, since=self._now(), trigger="check")
        if not message.paths:
            self._retry_failed()

    # Time

    def _timeout(self) -> float:
        deadlines = [self._audit_at]
        if any(state.missing for state in self._states.values()):
            deadlines.append(self._missing_at)
        deadlines += [at for at in (self._roster.reload_at, self._report_at) if at is not None]
        for state in self._states.values():
            if state.ready and state.backlog:
                return 0.0
            if state.ready and (at := state.debouncer.next_deadline()) is not None:
                deadlines.append(at)
        return max(0.0, min(deadlines) - self._now())

    def _timers(self, now: float) -> bool:
        before = self._ledger.outstanding
        if self._report_at is not None and now >= self._report_at:
            self._report_at = None
            self._with.report()
        if self._roster.reload_at is not None and now >= self._roster.reload_at:
            self._roster.reload()
        if now >= self._missing_at:
            self._missing_at = now + _MISSING_EVERY
            self._look_for_missing()
        if now >= self._audit_at:
            self._audit_at = now + self._roster.configuration.settings.audit_interval_sec
            self._last_audit = now
            self._survey_all("audit")
            self._retry_failed()
        return self._ledger.outstanding != before

    def _look_for_missing(self) -> None:
        for state in self._states.values():
            if any(os.path.isdir(top) for top in state.missing):
                self._surveys.whole(state, trigger="returned")

    def _survey_all(self, trigger: str) -> None:
        urgency = Urgency.BULK if trigger == "audit" else Urgency.INTERACTIVE
        for state in self._states.values():
            self._surveys.whole(state, trigger=trigger, urgency=urgency)

    def _retry_failed(self) -> None:
        for state in self._states.values():
            for path, record in state.files.items():
                if record.state is FileState.FAILED:
                    state.owe_bulk(path, since=self._now(), trigger="retry")

    def _advance(self, state: ProjectState, now: float) -> bool:
        """Release what is due and examine one slice of the backlog."""
        if not state.ready:
            return False
        released = self._release(state, now)
        paths = list(islice(state.backlog, _SLICE))
        for path in paths:
            del state.backlog[path]
        if paths:
            self._judging.examine(state, paths, urgency=Urgency.BULK)
        return released or bool(paths)

    def _release(self, state: ProjectState, now: float) -> bool:
        deadline = state.debouncer.next_deadline()
        if deadline is None or deadline > now:
            return False
        if state.git is not None and self._with.git_busy(state.git):
            state.debouncer.hold(until=now + _GIT_HOLD)
        due = state.debouncer.pop_due(now=now)
        paths: list[RelPath] = [entry.key for entry in due if entry.key in state.debts]
        if len(paths) > _LONE or any(entry.storm for entry in due):
            state.backlog.update(dict.fromkeys(paths))
        elif paths:
            self._judging.examine(state, paths, urgency=Urgency.INTERACTIVE)
        return bool(due)

    # Publishing

    def _publish(self) -> None:
        batches = self._judging.take()
        if batches:
            self._with.save(batches)
        before = self.snapshot
        self.snapshot = Snapshot(
            projects=photograph(self._states.values()),
            problems=self._roster.problems,
            starting=self._roster.starting,
            owed=self._ledger.outstanding,
            last_audit=self._last_audit,
        )
        if not self.snapshot.starting:
            self.ready.set()
        if self.snapshot != before and self._report_at is None:
            self._report_at = self._now() + self._roster.configuration.settings.stats_interval_ms / 1000
        for settled in self._barriers.reached():
            self._with.report()
            self._with.flush(settled)
