"""The daemon in one thread: real inotify, files, cache and evidence; time and order are the test's.

Each thread of the real daemon is an action here (``ACTIONS``), so a test says who runs when. Only the scribe
keeps its own thread, and is waited for.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dev_assistant.model import (
    Appraisal,
    Checked,
    Digest,
    FileRecord,
    FileState,
    Job,
    ProjectName,
    RelPath,
    Urgency,
    Verdict,
)
from dev_assistant.ports import (
    ChangeSource,
    Evidence,
    EvidenceLog,
    Hints,
    Overflowed,
    SourceEvent,
    VerdictStore,
)
from dev_assistant.record.evidence import EvidenceUnavailable
from dev_assistant.record.store import StoreUnavailable
from dev_assistant.report.documents import check_document, relative_root
from dev_assistant.report.merge import FileResult, result_of, results_of
from dev_assistant.report.views import WorkspaceView
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.configuration import Configuration, ConfiguredProject, load
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.errands import Errand
from dev_assistant.service.feed import Feed
from dev_assistant.service.messages import Barrier, CacheLost
from dev_assistant.service.opening import Opener, Reader
from dev_assistant.service.overview import Overview
from dev_assistant.service.parts import Collaborators
from dev_assistant.service.records import DiskRecords, Records, VolatileRecords
from dev_assistant.service.scribe import Batch, Ledgers, Scribe
from dev_assistant.service.snapshot import ProjectSnapshot
from dev_assistant.service.work import Bench
from dev_assistant.watch.inotify import InotifySource
from dev_assistant.watch.nothing import NoSource
from fakes.git import FakeGit
from model.judge import ModelVerifier

ACTIONS = ("events", "coordinator", "errand", "worker", "scribe", "time")
_TICK = 0.01
_LIMIT = 60.0
_PATIENCE = 60.0


@dataclass(slots=True)
class Clock:
    """Monotonic seconds, and the wall clock's distance from the machine's in nanoseconds."""

    now: float = 1000.0
    offset: int = 0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> int:
        return time.time_ns() + self.offset


class Disk:
    """What daemons write on, one after another: while ``full`` it takes nothing."""

    def __init__(self) -> None:
        self.full = False

    def records(self) -> DiskAccess:
        return DiskAccess(self)


class DiskAccess(DiskRecords):
    """One daemon's writing; once it is ``dead`` nothing of it reaches the disk any more."""

    def __init__(self, disk: Disk) -> None:
        super().__init__()
        self._disk = disk
        self.dead = False

    @property
    def refusing(self) -> bool:
        return self._disk.full or self.dead

    def open(self, entry: ConfiguredProject) -> Ledgers:
        self._refuse()
        ledgers = super().open(entry)
        store, evidence = FullStore(ledgers.store, self), FullLog(ledgers.evidence, self)
        return Ledgers(store, evidence, lambda: None if self.refusing else ledgers.prune(), ledgers.epoch)

    def publish(self, view: Callable[[], WorkspaceView]) -> None:
        self._refuse()
        super().publish(view)

    def _refuse(self) -> None:
        if self.refusing:
            raise OSError(28, "No space left on device")


class FullStore:
    """A store on a disk that may be full."""

    def __init__(self, store: VerdictStore, disk: DiskAccess) -> None:
        self._store, self._disk = store, disk
        self.load, self.find, self.close = store.load, store.find, store.close
        self.appraisals = store.appraisals

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = MappingProxyType({}),
    ) -> None:
        if self._disk.refusing:
            raise StoreUnavailable("No space left on device")
        self._store.save(files, verdicts, appraisals)


class FullLog:
    """An evidence log on a disk that may be full."""

    def __init__(self, log: EvidenceLog, disk: DiskAccess) -> None:
        self._log, self._disk = log, disk
        self.close = log.close

    def append(self, entries: Sequence[Evidence]) -> None:
        if self._disk.refusing:
            raise EvidenceUnavailable("No space left on device")
        self._log.append(entries)


class PumpedSource(InotifySource):
    """inotify without a reader: ``pump`` passes on what the kernel has told until now.

    ``at_cover`` is called whenever a directory is about to be covered. One engine after another uses the same
    instance: the kernel takes its time to close one.
    """

    def __init__(self) -> None:
        super().__init__()
        self.release()

    def use(self, clock: Clock) -> PumpedSource:
        self._now = clock
        return self

    def release(self) -> None:
        """Forget everything, as if it were a new one."""
        self.at_cover = lambda: None
        self._hand_in = lambda event: None
        for directory in self._watches._covered:
            self.uncover(directory)
        self._watches.uncover("/")
        self.take()

    def start(self, post: Any) -> None:
        self._hand_in = post

    def cover(self, directory: str) -> bool:
        self.at_cover()
        return super().cover(directory)

    def take(self) -> list[SourceEvent]:
        events: list[SourceEvent] = []
        while data := self._watches.kernel.read(1 << 20):
            events += self._translate(data, at=self._now())
        return events

    def pump(self, how: str = "as it was") -> bool:
        """Pass on what the kernel has told: as it was, or dropped, doubled or out of order."""
        events = self.take()
        for event in _mangled(events, how):
            self._hand_in(event)
        return bool(events)

    def overflow(self) -> None:
        """The kernel's queue was full: whatever was in it is lost."""
        self.take()
        self._watches.sweep()
        self._overflows += 1
        self._hand_in(Overflowed(self._now()))


_SOURCE = PumpedSource()


def _mangled(events: list[SourceEvent], how: str) -> list[SourceEvent]:
    match how:
        case "dropped":
            return []
        case "doubled":
            return [event for event in events for _ in range(2)]
        case "repeated":
            return events + events
        case "out of order":
            return [_shuffled(event) for event in events]
        case _:
            return events


def _shuffled(event: SourceEvent) -> SourceEvent:
    return Hints(tuple(reversed(event.hints))) if isinstance(event, Hints) else event


class Engine:
    """A daemon for the workspace in ``root``. ``disk`` None: it believes and leaves no cache, and watches
    nothing; then ``seed`` decides in which order files are judged.
    """

    def __init__(
        self, root: Path, *, tool: ModelVerifier, clock: Clock, disk: Disk | None, seed: int = 0
    ) -> None:
        self.root, self.clock, self.tool = root, clock, tool
        self.access = disk.records() if disk is not None else None
        self.records: Records = self.access or VolatileRecords()
        self.source: ChangeSource = _SOURCE.use(clock) if disk is not None else NoSource()
        self.errands: list[tuple[Urgency, Errand]] = []
        self.busy = False
        self.unwritten: list[dict[ProjectName, Batch]] = []
        self.queue: JobQueue[Job] = JobQueue(now=clock)
        self._random = random.Random(seed)
        self._overrides = {} if disk is not None else {"cache_enabled": False, "enable_evidence": False}
        self.scribe = Scribe(
            opener=lambda name: self.records.open(self._entry(name)),
            publish=lambda: self.records.publish(self.overview.view),
            lost=lambda name: self.coordinator.post(CacheLost(name)),
            alive=self._is_alive,
            now=clock,
        )
        self.coordinator = Coordinator(
            self.load(), collaborators=self._collaborators(), now=clock, wall=clock.wall
        )
        self.overview = Overview(
            root=str(root),
            source=self.source,
            queue=self.queue,
            snapshot=lambda: self.coordinator.snapshot,
            trouble=lambda: tuple(filter(None, (self.scribe.trouble,))),
            now=clock,
            started=clock(),
        )
        self.bench = Bench(
            verifiers={"ruff": tool},
            assignments=lambda: self.coordinator.assignments,
            post=self.coordinator.post,
        )
        self.scribe.start()
        self.source.start(self.coordinator.post)
        self.coordinator.start()

    def _collaborators(self) -> Collaborators:
        return Collaborators(
            source=self.source,
            verifiers={"ruff": self.tool},
            queue=self.queue,
            feed=Feed(),
            run=lambda errand, urgency: self.errands.append((urgency, errand)),
            save=self.unwritten.append,
            report=self.scribe.report,
            flush=self._flush,
            retire=self._retire,
            opener=Opener(reader=self._reader, now=self.clock),
            load=self.load,
            git_busy=lambda directory: self.busy,
            head=FakeGit(),
        )

    def load(self) -> Configuration:
        return load(self.root, cwd=self.root, environ={}, overrides=self._overrides)

    # Who runs when

    def act(self, action: str) -> bool:
        """One of ``ACTIONS``; whether there was anything to do."""
        match action:
            case "events":
                return isinstance(self.source, PumpedSource) and self.source.pump()
            case "coordinator":
                return self.coordinator.step(wait=False)
            case "errand":
                return self._errand()
            case "worker":
                return self._work()
            case "scribe":
                return self._write()
            case _:
                self.clock.now += _TICK
                return False

    def round(self) -> bool:
        """Everybody once."""
        done = [self.act(action) for action in ACTIONS[:-1]]
        return any(done)

    def settle(self) -> None:
        """Until nothing is owed."""
        end = self.clock.now + _LIMIT
        while self.round() or self.coordinator.snapshot.owed:
            if self.clock.now > end:
                raise AssertionError(f"not settled: {self.coordinator.snapshot}, {self._owing()}")
            self.clock.now += _TICK

    def wait(self, *, survey: bool) -> None:
        """Until a barrier is reached, as ``wait`` sets it, and not a step more."""
        reached: list[bool] = []
        self._barrier(reached, survey=survey)
        end = self.clock.now + _LIMIT
        while not reached:
            for action in ACTIONS:
                self.act(action)
                if reached:
                    return
            if self.clock.now > end:
                raise AssertionError(f"barrier not reached: {self.coordinator.snapshot}, {self._owing()}")

    def _barrier(self, reached: list[bool], *, survey: bool) -> None:
        def settled() -> None:
            reached.append(True)

        if survey:
            self.coordinator.post(Barrier(settled, survey=True))
            return
        cookie = self.root / "RUNS" / ".cookies" / f"{time.monotonic_ns():x}"
        cookie.parent.mkdir(parents=True, exist_ok=True)
        self.source.cover(str(cookie.parent))
        self.coordinator.post(Barrier(settled, cookie=cookie.name))
        cookie.touch()
        cookie.unlink()

    def _owing(self) -> dict[str, object]:
        states = self.coordinator._parts.states
        return {name: (state.debts, state.scoping, state.awaited) for name, state in states.items()}

    def _errand(self) -> bool:
        if not self.errands:
            return False
        urgent = min(range(len(self.errands)), key=lambda n: (self.errands[n][0], n))
        self.errands.pop(urgent)[1]()
        return True

    def _work(self) -> bool:
        batch = self.queue.take(self._random.choice((1, 3, 256)) if not self.access else 256, timeout=0)
        if not batch:
            return False
        items = list(batch.items)
        if self.access is None:
            self._random.shuffle(items)
        self.bench.run(items)
        self.queue.done(batch)
        return True

    def _write(self) -> bool:
        taken, done = list(self.unwritten), bool(self.unwritten)
        self.unwritten.clear()
        for batches in taken:
            self.scribe.save(batches)
        if done:
            self._await_scribe()
        return done

    def _flush(self, done: Any) -> None:
        self._write()
        self.scribe.flush(done)
        self._await_scribe()

    def _await_scribe(self) -> None:
        written = threading.Event()
        self.scribe.flush(written.set)
        assert written.wait(_PATIENCE), "the scribe does not answer"

    def _retire(self, name: ProjectName) -> None:
        self._write()
        self.scribe.close(name)
        self._await_scribe()

    # The end

    def stop(self) -> None:
        """A clean stop: what was learned is written."""
        while self.coordinator.step(wait=False) or self.act("worker"):
            continue
        self._write()
        self._end()

    def kill(self) -> None:
        """What was not written is lost."""
        if self.access is not None:
            self.access.dead = True
        self._end()

    def _end(self) -> None:
        if isinstance(self.source, PumpedSource):
            self.source.release()
        assert self.scribe.stop(_PATIENCE)
        for state in self.coordinator._parts.states.values():
            state.close()

    # What is known

    @property
    def projects(self) -> tuple[ProjectSnapshot, ...]:
        return self.coordinator.snapshot.projects

    def body(self) -> Any:
        """The check document without what is volatile."""
        results: list[FileResult] = []
        for project in self.projects:
            keys = [part.key for record in project.files.values() for part in record.parts]
            verdicts = self.records.lookup(project.project.root, keys)
            for path, record in project.files.items():
                results.append(_result(project, path, record, verdicts))
        roots = {
            str(p.project.name): relative_root(p.project.root, workspace=str(self.root))
            for p in self.projects
        }
        return check_document(results_of(roots, results), meta={})

    def _entry(self, name: ProjectName) -> ConfiguredProject:
        return next(e for e in self.coordinator.configuration.projects if e.project.name == name)

    def _is_alive(self, name: ProjectName) -> bool:
        entries = self.coordinator.configuration.projects
        return any(e.project.name == name and os.path.isdir(e.project.root) for e in entries)

    def _reader(self, entry: ConfiguredProject) -> Reader:
        return self.records.reader(entry)


def _result(
    project: ProjectSnapshot, path: RelPath, record: FileRecord, verdicts: Mapping[Digest, Verdict]
) -> FileResult:
    found = [verdicts.get(part.key) for part in record.parts]
    findings = [finding for one in found if isinstance(one, Checked) for finding in one.findings]
    lost = record.state is FileState.FRESH and len(findings) != record.counts.total
    assert not lost, f"{path}: findings are not in the cache"
    return result_of(record, findings, project=project.project.name, path=path, verified_at=None)


def fresh_body(root: Path, *, release: str, clock: Clock, seed: int) -> Any:
    """What a fresh evaluation without a cache says, its work done in an order of its own."""
    tool = ModelVerifier(str(root))
    tool.release = release
    engine = Engine(root, tool=tool, clock=Clock(clock.now, clock.offset), disk=None, seed=seed)
    try:
        engine.settle()
        engine._await_scribe()
        return engine.body()
    finally:
        with suppress(OSError):
            engine.kill()
