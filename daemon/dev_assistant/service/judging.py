"""From owed paths to accepted verdicts: examine, ask the cache, hand out jobs, take answers in.

A verdict is accepted only for the bytes that were last seen; an answer about older bytes is remembered
in the cache, where it is true, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from dev_assistant.logs import get_logger
from dev_assistant.model import (
    Checked,
    Digest,
    FileRecord,
    FileState,
    Job,
    Moved,
    ProjectName,
    RelPath,
    Result,
    Skipped,
    Urgency,
    Verdict,
    part_of,
)
from dev_assistant.ports import Reach
from dev_assistant.schedule.backlog import Request
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.plan import Left, Look, Planner, conclude, configures, reach
from dev_assistant.service.scribe import Batch
from dev_assistant.service.state import Awaited, ProjectState
from dev_assistant.service.telling import Telling

_LOG = get_logger("verify")
RECHECK = "recheck"
"""The trigger of paths whose findings were asked for and not found on disk."""

_READ_ANYWAY = frozenset({"scan", "configuration"})
"""Triggers that follow from reading the configuration: it need not be read once more for their sake."""


class Judging:
    """Owned by the coordinator. ``appraise`` is told of paths whose bytes were looked at, ``ripple`` of
    those that decide about others, ``rescope`` of projects whose configuration is not what it was.

    What has to be written is gathered in batches, taken with ``take``.
    """

    def __init__(
        self,
        *,
        planner: Planner,
        queue: JobQueue[Job],
        telling: Telling,
        appraise: Callable[[ProjectState, Iterable[RelPath]], None],
        ripple: Callable[[ProjectState, RelPath], None],
        rescope: Callable[[ProjectState], None],
        now: Callable[[], float],
    ) -> None:
        self._planner = planner
        self._queue = queue
        self._telling = telling
        self._appraise = appraise
        self._ripple = ripple
        self._rescope = rescope
        self._now = now
        self._batches: dict[ProjectName, Batch] = {}

    def take(self) -> dict[ProjectName, Batch]:
        """What was learned since the last call."""
        self._telling.flush()
        taken, self._batches = self._batches, {}
        return taken

    def discard(self, project: ProjectName) -> None:
        """The project leaves: what was learned of it in this step is not written any more."""
        self._batches.pop(project, None)

    def save_all(self, state: ProjectState | None) -> None:
        """Write every settled record again, after its store was lost."""
        if state is not None:
            settled = {path: record for path, record in state.files.items() if path not in state.debts}
            self._batch(state).files.update(settled)

    def examine(self, state: ProjectState, paths: Sequence[RelPath], *, urgency: Urgency) -> None:
        """Look at the bytes of owed paths; each ends up settled or awaited."""
        if not paths:
            return
        looks = self._planner.looks(state, paths)
        with self._planner.planning(state):
            keys = [key for look in looks if isinstance(look, Look) for key in _sought(state, look)]
            found = state.verdicts.find(keys) if keys else {}
            self._appraise(state, [look.path for look in looks if isinstance(look, Look)])
            jobs: list[Job] = []
            for look in looks:
                if state.debts[look.path].trigger == RECHECK and isinstance(look, Look):
                    self._save_again(state, look, found)
                state.dirty.discard(look.path)
                if isinstance(look, Left):
                    state.ranking.left(look.path)
                    self._leave(state, look)
                else:
                    parked = {key for key in look.keys.values() if state.parked(look.path, key)}
                    known = state.files.get(look.path)
                    state.verdicts.count(look.keys, found, known=_keys(known))
                    awaited = self._planner.awaited(look, found, known, parked=parked)
                    jobs += self._plan(state, look.path, awaited, urgency)
            self._queue.put_all([_request(job) for job in jobs])

    def _save_again(self, state: ProjectState, look: Look, found: Mapping[Digest, Verdict]) -> None:
        """Somebody missed these verdicts on disk: that memory still has them does not help."""
        kept = {key: found[key] for key in look.keys.values() if key in found}
        self._batch(state).verdicts.update(kept)

    def _plan(self, state: ProjectState, path: RelPath, awaited: Awaited, urgency: Urgency) -> Iterable[Job]:
        """Settle the path, or await it: then the jobs that will settle it."""
        known = state.files.get(path)
        self._announce(state, path, known, awaited)
        if len(awaited.parts) == len(awaited.wanted):
            state.awaited.pop(path, None)
            self._accept(state, path, awaited, urgency=urgency, cached=True)
            return ()
        state.awaited[path] = awaited
        if known is None or known.state is not FileState.STALE:
            held = FileState.STALE if known is not None and known.parts else FileState.PENDING
            state.files.put(path, _in_state(known, held))
        return self._planner.jobs(state, path, awaited, urgency=urgency)

    def _announce(
        self, state: ProjectState, path: RelPath, known: FileRecord | None, awaited: Awaited
    ) -> None:
        """Once for the same bytes: two files that decide about each other must not do so for ever."""
        before = state.awaited.get(path)
        last = before.announced if before is not None else None
        awaited.announced = last
        if state.debts[path].trigger in _READ_ANYWAY:
            return
        last = last or _digest(known)
        awaited.announced = awaited.fingerprint.digest
        if last is None:
            decides = reach(state, path) is not Reach.ITSELF
        else:
            decides = last != awaited.announced and configures(state, path)
        if decides:
            self._ripple(state, path)

    def _leave(self, state: ProjectState, left: Left) -> None:
        known = state.files.get(left.path)
        state.awaited.pop(left.path, None)
        if left.record is None:
            self._gone(state, left.path)
            state.forget(left.path)
            if known is not None:
                self._batch(state).files[left.path] = None
        else:
            if state.debts[left.path].trigger not in _READ_ANYWAY:
                self._left_out(state, left.path, known)
            state.conclude(left.path, left.record)
            if known != left.record:
                self._batch(state).files[left.path] = left.record
            state.settle(left.path)

    def _left_out(self, state: ProjectState, path: RelPath, known: FileRecord | None) -> None:
        """Nobody judges this file; that it came, or changed, may still decide about others."""
        came = known is None or known.state is FileState.PENDING
        far = reach(state, path)
        if far is Reach.CONFIGURATION or (came and far is not Reach.ITSELF):
            self._ripple(state, path)

    def _gone(self, state: ProjectState, path: RelPath) -> None:
        if reach(state, path) is not Reach.ITSELF:
            self._ripple(state, path)

    def finished(self, states: dict[ProjectName, ProjectState], results: Iterable[Result]) -> None:
        for result in results:
            state = states.get(result.job.project)
            if state is not None:
                self._finished(state, result)

    def _finished(self, state: ProjectState, result: Result) -> None:
        job = result.job
        awaited = state.awaited.get(job.path)
        current = awaited is not None and awaited.wanted.get(job.verifier) == job.key
        if isinstance(result.verdict, Moved):
            if current:
                self._moved(state, job)
            return
        if isinstance(result.verdict, Checked | Skipped):
            self._remember(state, job, result.verdict)
        if awaited is not None and current:
            if state.blame(job, result.verdict):
                self._rescope(state)
            awaited.parts[job.verifier] = part_of(result.verdict, verifier=job.verifier, key=job.key)
            awaited.duration_ms += result.duration_ms
            if job.path not in state.dirty:
                self._advance(state, job, awaited)

    def _advance(self, state: ProjectState, job: Job, awaited: Awaited) -> None:
        """One more part is in: accept the whole, or tell whoever waits for it what no advice can change."""
        if not awaited.missing:
            del state.awaited[job.path]
            self._accept(state, job.path, awaited, urgency=job.urgency, cached=False)
        elif awaited.deferred and awaited.decided_by(job.verifier):
            self._telling.tell_early(state, job.path, conclude(awaited), awaited, state.debts[job.path])
            advice = self._planner.jobs(state, job.path, awaited, urgency=Urgency.INTERACTIVE)
            self._queue.put_all([_request(job) for job in advice])

    def _moved(self, state: ProjectState, job: Job) -> None:
        """Look again; when that does not end it, it was not the bytes that moved but the configuration."""
        state.owe(job.path, since=self._now(), trigger=job.trigger)
        state.debouncer.add(job.path, now=self._now(), whole=False)
        times = state.moved[job.path] = state.moved.get(job.path, 0) + 1
        if _is_read_anew(times):
            self._rescope(state)

    def _remember(self, state: ProjectState, job: Job, verdict: Verdict) -> None:
        state.verdicts.put(job.key, verdict)
        if job.path in state.debts:
            state.untold[job.path] = state.untold.get(job.path, frozenset()) | {job.key}
        self._batch(state).verdicts[job.key] = verdict

    def _accept(
        self, state: ProjectState, path: RelPath, awaited: Awaited, *, urgency: Urgency, cached: bool
    ) -> None:
        known = state.files.get(path)
        debt = state.debts[path]
        cached = cached and state.untold.get(path, frozenset()).isdisjoint(awaited.wanted.values())
        record = conclude(awaited)
        state.conclude(path, record)
        state.settle(path)
        if known is None or _in_state(known, record.state) != record:
            self._batch(state).files[path] = record
        if known is None or known.parts != record.parts or _digest(known) != _digest(record):
            evidence = self._telling.tell(
                state, path, record, awaited=awaited, debt=debt, urgency=urgency, cached=cached
            )
            if evidence is not None:
                self._batch(state).evidence.append(evidence)

    def _batch(self, state: ProjectState) -> Batch:
        return self._batches.setdefault(state.project.name, Batch())


def _is_read_anew(times: int) -> bool:
    """At the second time, the fourth, the eighth: a new scope has to learn anew from where the file imports,
    and that moves it once more.
    """
    return times > 1 and times.bit_count() == 1


def _sought(state: ProjectState, look: Look) -> Iterable[Digest]:
    """The keys that have to be looked up: the record itself knows of its own."""
    known = state.files.get(look.path)
    if known is None or state.debts[look.path].trigger == RECHECK:
        return look.keys.values()
    own = {part.key for part in known.parts if part.summary.outcome != "failed"}
    return [key for key in look.keys.values() if key not in own]


def _request(job: Job) -> Request[Job]:
    """Of one file and verifier only the newest bytes wait."""
    key = (job.project, job.path, job.verifier)
    return Request(job, key, job.project, job.urgency, job.priority, kind=job.verifier)


def _digest(record: FileRecord | None) -> str | None:
    return record.fingerprint.digest if record is not None and record.fingerprint is not None else None


def _in_state(record: FileRecord | None, state: FileState) -> FileRecord:
    return msgspec.structs.replace(record, state=state) if record is not None else FileRecord(state)


def _keys(record: FileRecord | None) -> frozenset[Digest]:
    """Of the verdicts that the record is made of."""
    return frozenset() if record is None else frozenset(part.key for part in record.parts)
