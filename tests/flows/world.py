"""The whole pipeline in one thread: real files, scripted events, a fake clock and a fake verifier.

``settle`` runs everything that has to be done, in order, and lets the clock jump to the next deadline; so
a flow is over when nothing is owed, without anybody having waited.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from dev_assistant.beats import Beats
from dev_assistant.model import FileRecord, Job, ProjectName, RelPath, Urgency
from dev_assistant.ports import HintKind
from dev_assistant.record.volatile import NoEvidence, VolatileStore
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.configuration import Configuration, ConfiguredProject, load
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.errands import Errand
from dev_assistant.service.feed import Event, Feed
from dev_assistant.service.messages import Barrier
from dev_assistant.service.opening import Opener
from dev_assistant.service.parts import Collaborators, Parts
from dev_assistant.service.scribe import Batch
from dev_assistant.service.state import ProjectState
from dev_assistant.service.work import Bench
from fakes.git import FakeGit
from fakes.source import ScriptedSource
from fakes.verifier import FakeVerifier

_EPOCH = 1000.0
_PATIENCE = 4000
COOKIES = "RUNS/.cookies"


def workspace(root: Path, *entries: str | Mapping[str, object]) -> Path:
    """Write workspace.json; a bare name is a project in the directory of that name. The resolved root."""
    projects = [{"name": entry, "path": entry} if isinstance(entry, str) else entry for entry in entries]
    (root / "workspace.json").write_text(json.dumps({"projects": projects}))
    return root.resolve()


class RecordingFeed(Feed):
    """Keeps what was published."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []

    def publish(self, event: Event) -> None:
        self.events.append(event.document())


class World:
    """The workspace in ``root``; ``project`` is the one that is meant when none is named.

    ``errands_run`` counts walks and readings of configuration; ``retired`` are the projects whose files
    were closed; with ``load_error`` the configuration cannot be read at all.
    """

    def __init__(
        self,
        root: Path,
        *,
        project: str = "app",
        stores: dict[str, VolatileStore] | None = None,
        verifier: FakeVerifier | None = None,
        advisor: FakeVerifier | None = None,
        beats: Beats | None = None,
    ) -> None:
        beats = beats or Beats()
        self.root = root
        self.project = project
        self.time = _EPOCH
        self.stores = {} if stores is None else stores
        self.evidence = NoEvidence()
        self.source = ScriptedSource(lambda: self.time)
        self.verifier = FakeVerifier() if verifier is None else verifier
        verifiers = {v.name: v for v in (self.verifier, advisor) if v is not None}
        self.feed = RecordingFeed()
        self.queue: JobQueue[Job] = JobQueue(now=lambda: self.time)
        self.errands: list[Errand] = []
        self.errands_run = 0
        self.load_error: OSError | None = None
        self.retired: list[str] = []
        self.reports = 0
        self.busy_git: set[str] = set()
        self.git = FakeGit()
        self.saved: list[tuple[str, Batch]] = []
        self.coordinator = Coordinator(
            self.load(),
            collaborators=Collaborators(
                source=self.source,
                verifiers=verifiers,  # type: ignore[arg-type]
                queue=self.queue,
                feed=self.feed,
                run=self._run,
                save=self._save,
                report=self._report,
                flush=lambda done: done(),
                retire=self.retired.append,
                opener=Opener(reader=self._store, now=lambda: self.time),
                load=self.load,
                git_busy=lambda directory: directory in self.busy_git,
                head=self.git,
                beats=beats,
            ),
            now=lambda: self.time,
            wall=self._wall,
        )
        self.bench = Bench(
            verifiers=verifiers,  # type: ignore[arg-type]
            assignments=lambda: self.coordinator.assignments,
            post=self.coordinator.post,
            beats=beats,
        )
        self.source.start(self.coordinator.post)

    def _wall(self) -> int:
        return time.time_ns() + int((self.time - _EPOCH) * 1e9)

    def load(self) -> Configuration:
        if self.load_error is not None:
            raise self.load_error
        return load(None, cwd=self.root, environ={}, overrides={})

    def start(self) -> World:
        self.coordinator.start()
        self.settle()
        return self

    # The outside

    def write(self, path: str, text: str, *, kind: HintKind | None = HintKind.WHOLE) -> None:
        """Write a file and tell of it (None: the event is lost)."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        if kind is not None:
            self.source.hint(str(target), kind)

    def delete(self, path: str) -> None:
        (self.root / path).unlink()
        self.source.hint(str(self.root / path), HintKind.GONE)

    def delete_tree(self, path: str) -> None:
        shutil.rmtree(self.root / path)
        self.source.hint(str(self.root / path), HintKind.DIRECTORY_GONE)

    def declare(self, *entries: str | Mapping[str, object]) -> None:
        """Save workspace.json with these projects, and tell of it."""
        workspace(self.root, *entries)
        self.source.hint(str(self.root / "workspace.json"))

    # Time

    def step(self) -> bool:
        """One round of everything that can be done at this moment."""
        done = self.coordinator.step(wait=False)
        while self.errands:
            self.run_errand()
            done = True
        while batch := self.queue.take(256, timeout=0):
            self.bench.run(batch.items)
            self.queue.done(batch)
            done = True
        return done

    def run_errand(self) -> None:
        """The next walk or reading of configuration; its answer waits in the inbox."""
        self.errands.pop(0)()
        self.errands_run += 1

    def halfway(self, reached: Callable[[], object]) -> None:
        """Stop in the middle: no worker takes anything, and errands that were just given have not run."""
        for _ in range(_PATIENCE):
            self.coordinator.step(wait=False)
            if reached():
                return
            while self.errands:
                self.run_errand()
            self.time += 0.002
        raise AssertionError("never came halfway")

    def until(self, reached: list[bool]) -> None:
        """Stop at the very step in which a barrier is reached."""
        for _ in range(_PATIENCE):
            self.step()
            if reached:
                return
            self.time += 0.002
        raise AssertionError("barrier not reached")

    def settle(self, *, within: float = 60.0) -> None:
        """Go on until nothing is owed and no file waits; the clock jumps from deadline to deadline."""
        end = self.time + within
        while True:
            while self.step():
                pass
            if not self.coordinator.snapshot.owed:
                return
            if self.time >= end:
                raise AssertionError(f"not settled: {self.coordinator.snapshot}")
            self.time += 0.005

    def barrier(self) -> list[bool]:
        """A barrier by survey; the list is no longer empty once it is reached."""
        reached: list[bool] = []
        self.coordinator.post(Barrier(lambda: reached.append(True), survey=True))
        return reached

    def cookie(self, name: str = "cookie") -> list[bool]:
        """A barrier by cookie, as a waiting command sets it; the list as for ``barrier``."""
        reached: list[bool] = []
        self.source.cover(str(self.root / COOKIES))
        self.coordinator.post(Barrier(lambda: reached.append(True), cookie=name))
        self.source.hint(str(self.root / COOKIES / name))
        return reached

    # What is known

    @property
    def state(self) -> ProjectState:
        """The coordinator's own state: nothing else runs while a test looks."""
        return self.parts.states[ProjectName(self.project)]

    @property
    def parts(self) -> Parts:
        return self.coordinator._parts

    def record(self, path: str, project: str | None = None) -> FileRecord | None:
        return self.files(project).get(RelPath(path))

    def files(self, project: str | None = None) -> Mapping[RelPath, FileRecord]:
        name = self.project if project is None else project
        return next(each.files for each in self.coordinator.snapshot.projects if each.project.name == name)

    def states(self, project: str | None = None) -> dict[str, tuple[str, int]]:
        """State and findings by path."""
        return {path: (r.state.value, r.counts.total) for path, r in self.files(project).items()}

    def _run(self, errand: Errand, urgency: Urgency) -> None:
        self.errands.append(errand)

    def _report(self) -> None:
        self.reports += 1

    def _save(self, batches: Mapping[ProjectName, Batch]) -> None:
        for name, batch in batches.items():
            self._store_of(name).save(batch.files, batch.verdicts, batch.appraisals)
            self.saved.append((name, batch))

    def _store(self, entry: ConfiguredProject) -> VolatileStore:
        return self._store_of(entry.project.name)

    def _store_of(self, name: str) -> VolatileStore:
        return self.stores.setdefault(name, VolatileStore())
