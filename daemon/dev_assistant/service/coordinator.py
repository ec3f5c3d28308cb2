"""The one owner of all mutable state: takes one message at a time, and publishes what it knows.

Bulk work is done in slices between messages, so that a save never waits for a storm. Nothing here waits
for a tool, walks a tree or writes a file.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Mapping
from typing import assert_never

from dev_assistant.model import FileRecord, FileState
from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Overflowed
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.judging import RECHECK
from dev_assistant.service.messages import (
    Appraised,
    Barrier,
    CacheLost,
    Finished,
    Message,
    Recalled,
    Recheck,
    Relieve,
    Reload,
    Reloaded,
    Scoped,
    Stop,
    Surveyed,
    SurveyEnded,
    ToolChanged,
    Withdraw,
)
from dev_assistant.service.parts import Collaborators, connect
from dev_assistant.service.snapshot import Snapshot, photograph
from dev_assistant.service.timers import Timers
from dev_assistant.service.work import Assignments

_MESSAGES = 64
"""Messages handled between two releases of what is due."""

_STAGES: Mapping[type[Message], str] = {Hints: "intake", Surveyed: "compare", Finished: "accept"}
"""Under which names the time that messages take is counted."""


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
        self._parts = connect(
            configuration, collaborators=collaborators, post=self._inbox.put, now=now, wall=wall
        )
        self._timers = Timers(self._parts, report=collaborators.report, now=now(), wall=wall)
        self._stopping = False
        self.ready = threading.Event()
        self.snapshot = Snapshot()

    @property
    def assignments(self) -> Assignments:
        """What workers verify by."""
        return self._parts.roster.assignments

    @property
    def configuration(self) -> Configuration:
        """The last good configuration."""
        return self._parts.roster.configuration

    def post(self, message: Message) -> None:
        """Hand in a message, from any thread."""
        self._inbox.put(message)

    def start(self) -> None:
        """Take up all projects; call once, before ``run``, on the thread that runs it."""
        with self._with.beats.at("taking up the projects"):
            self._parts.roster.adopt(self._parts.roster.configuration)
            self._publish()

    def run(self) -> None:
        """Until Stop is posted."""
        while not self._stopping:
            self.step(wait=True)

    def step(self, *, wait: bool) -> bool:
        """Handle the inbox, release what is due, do a slice of bulk work; True if anything was done."""
        now = self._now()
        messages = self._messages(max(0.0, self._timers.deadline(now) - now) if wait else 0.0)
        with self._with.beats.at("deciding"):
            return self._worked(messages)

    def _worked(self, messages: list[Message]) -> bool:
        for message in messages:
            kind = type(message)
            with self._with.beats.at("taking in", kind.__name__, stage=_STAGES.get(kind, "")):
                self._handle(message)
        now = self._now()
        timed = self._timers.fire(now)
        advance = self._parts.releasing.advance
        worked = [advance(state, now) for state in self._parts.states.values()]
        self._parts.appraising.rest()
        done = bool(messages) or timed or any(worked)
        if done:
            self._publish()
        return done

    def _messages(self, timeout: float) -> list[Message]:
        messages: list[Message] = []
        try:
            messages.append(self._inbox.get(timeout=timeout) if timeout else self._inbox.get_nowait())
            while len(messages) < _MESSAGES:
                messages.append(self._inbox.get_nowait())
        except queue.Empty:
            pass
        return messages

    def _handle(self, message: Message) -> None:  # noqa: C901, PLR0912  one arm for each message
        parts = self._parts
        match message:
            case Hints(hints):
                self._hints(hints)
            case Finished(results):
                parts.judging.finished(parts.states, results)
            case Appraised():
                parts.appraising.appraised(message)
            case Recalled():
                parts.appraising.recalled(message)
            case Surveyed():
                self._surveyed(message)
            case SurveyEnded():
                parts.surveys.ended(message)
                parts.intake.walked()
            case Scoped():
                parts.scoping.scoped(message)
                parts.roster.scoped(message)
            case Barrier():
                self._barrier(message)
            case Overflowed(reason=reason):
                self._timers.losses.lost(reason, self._now())
            case CoverLost(directory=directory):
                parts.intake.lost(directory)
                parts.roster.lost()
            case Withdraw(cookie):
                parts.barriers.withdraw(cookie)
            case Recheck():
                self._recheck(message)
            case ToolChanged(project):
                if (state := parts.states.get(project)) is not None:
                    parts.scoping.rescope(state)
            case CacheLost(project):
                parts.judging.save_all(parts.states.get(project))
            case Reload():
                parts.roster.reload()
            case Relieve(done):
                self._relieve(done)
            case Reloaded():
                parts.roster.reloaded(message)
            case Stop():
                self._stopping = True
            case _:
                assert_never(message)

    def _relieve(self, done: Callable[[], None]) -> None:
        for state in self._parts.states.values():
            state.verdicts.clear()
        done()

    def _surveyed(self, message: Surveyed) -> None:
        epoch = self._parts.surveys.surveyed(message)
        self._parts.intake.replay(epoch)  # it may tell of a root that went, and has returned since
        met = {listing.directory for listing in message.listings if listing.error is None}
        if met:
            self._timers.look_for_missing(met, epoch=epoch)

    def _hints(self, hints: tuple[Hint, ...]) -> None:
        self._parts.intake.hints(hints)
        for hint in hints:
            self._parts.roster.hint(hint)
            self._parts.appraising.hint(hint)
        if any(hint.kind is HintKind.DIRECTORY for hint in hints):
            self._timers.look_for_missing()
        for hint in hints:
            self._parts.barriers.seen(hint.name)

    def _barrier(self, message: Barrier) -> None:
        self._parts.appraising.look()
        if message.cookie is not None:
            self._parts.barriers.expect(message.cookie, message)
            return
        if message.survey:
            self._survey_all("check")
            self._parts.roster.reload()
        self._parts.barriers.now(message.settled)

    def _survey_all(self, trigger: str) -> None:
        for state in self._parts.states.values():
            self._parts.surveys.whole(state, trigger=trigger)

    def _recheck(self, message: Recheck) -> None:
        """What is saved next finds the cache opened anew, so that damage below open connections shows."""
        now = self._now()
        for name in {name for name, _ in message.paths}:
            self._with.retire(name)
        for name, path in message.paths:
            state = self._parts.states.get(name)
            if state is not None and state.files.get(path) is not None:
                state.files.put(path, FileRecord(FileState.PENDING))
                state.owe_bulk(path, since=now, trigger=RECHECK)

    def _publish(self) -> None:
        batches = self._parts.judging.take()
        if batches:
            self._with.save(batches)
        before = self.snapshot
        self.snapshot = Snapshot(
            projects=photograph(self._parts.states.values()),
            problems=self._parts.roster.problems,
            disabled=self._parts.roster.disabled,
            starting=self._parts.roster.starting,
            owed=self._parts.ledger.outstanding,
            looks_every=self._timers.losses.every,
            last_audit=self._timers.last_audit,
        )
        if self._parts.roster.watching:
            self.ready.set()
        if self.snapshot != before:
            self._timers.report_soon(self._now())
        for settled in self._parts.barriers.reached():
            self._with.report()
            self._with.flush(settled)
