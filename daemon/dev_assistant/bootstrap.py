"""The composition root: the only place that builds concrete classes and connects them."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from dev_assistant import process
from dev_assistant.beats import Beats
from dev_assistant.errors import ConfigError, UserError
from dev_assistant.logs import get_logger
from dev_assistant.model import Digest, Job, ProjectName, RelPath, Verdict
from dev_assistant.places import Runs, runtime_of
from dev_assistant.ports import ChangeSource, Evidence, EvidenceLog, Verifier
from dev_assistant.record.evidence import JsonlEvidenceLog
from dev_assistant.record.reader import VerdictReader
from dev_assistant.record.store import SqliteVerdictStore
from dev_assistant.record.volatile import LastEvidence, NoEvidence, VolatileStore
from dev_assistant.report.views import WorkspaceView
from dev_assistant.schedule.lanes import Limits
from dev_assistant.schedule.pool import Workers
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.answers import Answers
from dev_assistant.service.configuration import Configuration, ConfiguredProject, load
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.daemon import Daemon
from dev_assistant.service.errands import Errands
from dev_assistant.service.explain import Explainer
from dev_assistant.service.feed import Feed
from dev_assistant.service.instance import Instance
from dev_assistant.service.memory import NEVER, Governor, Restarts
from dev_assistant.service.messages import CacheLost
from dev_assistant.service.opening import Opener, Reader
from dev_assistant.service.overview import Overview
from dev_assistant.service.parts import Collaborators
from dev_assistant.service.publisher import ArtefactPublisher
from dev_assistant.service.scribe import Ledgers, Scribe
from dev_assistant.service.session import look_once
from dev_assistant.service.stacks import Stacks
from dev_assistant.service.work import Bench
from dev_assistant.settings.cores import usable_cores
from dev_assistant.verify.deep import DeepVerifier
from dev_assistant.verify.registry import limits, verifiers
from dev_assistant.watch.git import busy
from dev_assistant.watch.git_head import Head
from dev_assistant.watch.nothing import NoSource

_LOG = get_logger("daemon")
_BATCH = 256
"""Files in one run of a tool: starting it costs 9 ms, and a save may have to wait for one batch to end."""

_FOR_SAVES = 1
"""Workers that bulk leaves alone, so that whoever saves never waits for a batch of a scan to end."""


@dataclass(frozen=True, slots=True)
class Loading:
    """Where the configuration comes from; called again for every reload."""

    workspace: Path | None
    cwd: Path
    overrides: Mapping[str, object]
    watch_dirs: Sequence[Path] = ()

    def __call__(self) -> Configuration:
        return load(
            self.workspace,
            cwd=self.cwd,
            environ=os.environ,
            overrides=self.overrides,
            watch_dirs=self.watch_dirs,
        )


class Records(Protocol):
    """Where verdicts, evidence and statistics go. ``open`` and ``publish`` run on the scribe's thread."""

    def open(self, entry: ConfiguredProject) -> Ledgers: ...
    def reader(self, entry: ConfiguredProject) -> Reader: ...
    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]: ...
    def publish(self, view: WorkspaceView) -> None: ...


class DiskRecords:
    """RUNS/ of every project and of the workspace."""

    def __init__(self) -> None:
        self.publish = ArtefactPublisher()

    def open(self, entry: ConfiguredProject) -> Ledgers:
        """Raises UserError or OSError when RUNS/ cannot be made."""
        runs, settings = Runs(Path(entry.project.root)), entry.settings
        runs.prepare()
        store = SqliteVerdictStore(
            runs.database, max_mb=settings.cache_disk_max_mb, days=settings.cache_disk_days
        )
        evidence = JsonlEvidenceLog(
            runs.evidence,
            project=entry.project.name,
            head=store.head,
            save_head=store.set_head,
            retention_days=settings.log_retention_days,
        )
        return Ledgers(store, evidence, store.prune, lambda: store.epoch)

    def reader(self, entry: ConfiguredProject) -> Reader:
        return VerdictReader(Runs(Path(entry.project.root)).database)

    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        reader = VerdictReader(Runs(Path(root)).database)
        try:
            return reader.find(keys)
        finally:
            reader.close()


class VolatileRecords:
    """Memory, for a judgement that leaves nothing behind; ``evidence`` gives a project's log."""

    def __init__(self, evidence: Callable[[ProjectName], EvidenceLog] = lambda _: NoEvidence()) -> None:
        self._evidence = evidence
        self._stores: dict[str, VolatileStore] = defaultdict(VolatileStore)

    def open(self, entry: ConfiguredProject) -> Ledgers:
        evidence = self._evidence(entry.project.name)
        return Ledgers(self._stores[entry.project.root], evidence, lambda: None, lambda: 0)

    def reader(self, entry: ConfiguredProject) -> Reader:
        return self._stores[entry.project.root]

    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        return self._stores[root].find(keys)

    def publish(self, view: WorkspaceView) -> None:
        """Nothing is written."""


@dataclass(frozen=True, slots=True)
class Assembly:
    """A daemon that is ready to be started, and what answers for it."""

    daemon: Daemon
    answers: Answers
    overview: Overview
    governor: Governor
    stacks: Stacks


def assemble(
    configuration: Configuration,
    *,
    loading: Callable[[], Configuration],
    source: ChangeSource,
    records: Records,
    stop: Callable[[], None],
    beats: Beats | None = None,
    restarts: Restarts = NEVER,
    log_trouble: Callable[[], str] = lambda: "",
) -> Assembly:
    """Connect all parts. ``stop`` is called when a client asks the daemon to end, or when it has to.

    ``beats`` are those of the source and the log, ``restarts`` what led to this process. ``log_trouble`` says
    why the log cannot be written, "" when it can.
    """
    settings = configuration.settings
    beats = beats or Beats()
    tools = {
        verifier.name: verifier for verifier in verifiers(timeout_seconds=settings.verification_timeout_sec)
    }
    count = settings.worker_count(cores=usable_cores())
    queue: JobQueue[Job] = JobQueue(limits=Limits(bulk=count, kinds=limits(count)), now=time.monotonic)
    feed = Feed()
    git = process.Children()
    errands = Errands(
        failed=lambda error: _LOG.error("errand failed", error=repr(error), exc_info=error), beats=beats
    )
    scribe = Scribe(
        opener=lambda name: records.open(_entry(coordinator.configuration, name)),
        view=lambda: overview.report(),  # noqa: PLW0108  it is built below, from the coordinator
        publish=records.publish,
        lost=lambda name: coordinator.post(CacheLost(name)),
        alive=lambda name: _is_alive(coordinator.configuration, name),
        now=time.monotonic,
        beats=beats,
    )
    coordinator = Coordinator(
        configuration,
        collaborators=Collaborators(
            source=source,
            verifiers=tools,
            queue=queue,
            feed=feed,
            run=lambda errand, urgency: errands.run(errand, urgency=urgency),
            save=scribe.save,
            report=scribe.report,
            flush=scribe.flush,
            retire=scribe.close,
            opener=Opener(reader=records.reader, now=time.monotonic),
            load=loading,
            git_busy=partial(_git_busy, beats),
            head=partial(Head, children=git),
            beats=beats,
        ),
        now=time.monotonic,
        wall=time.time_ns,
    )
    governor = Governor(
        limit=lambda: coordinator.configuration.settings.memory_limit_mb,
        restarts=restarts,
        now=time.monotonic,
    )
    overview = Overview(
        root=str(configuration.root),
        source=source,
        queue=queue,
        snapshot=lambda: coordinator.snapshot,
        trouble=lambda: tuple(filter(None, (scribe.trouble, governor.note, log_trouble()))),
        now=time.monotonic,
        started=time.monotonic(),
        overdue=beats.overdue,
        governor=governor,
        ended=lambda: daemon.ended.is_set(),  # noqa: PLW0108  it is built below
    )
    daemon = Daemon(
        coordinator=coordinator,
        source=source,
        workers=_workers(queue, coordinator, tools, count + _FOR_SAVES, beats),
        verifiers=tuple(tools.values()),
        git=git,
        errands=errands,
        scribe=scribe,
        feed=feed,
        give_up=stop,
    )
    stacks = Stacks(Runs(configuration.root).log.parent, beats=beats)
    answers = Answers(
        root=configuration.root,
        coordinator=coordinator,
        source=source,
        feed=feed,
        view=overview.view,
        explain=Explainer(coordinator, tools, reuse=_reuse_of(tools.values())),
        lookup=lambda root, keys: _found(scribe, records, root, keys),
        stop=stop,
        ended=daemon.ended,
        stacks=stacks.write,
    )
    return Assembly(daemon, answers, overview, governor, stacks)


def _reuse_of(tools: Iterable[Verifier]) -> Callable[[str], tuple[int, int] | None]:
    (deep,) = (tool for tool in tools if isinstance(tool, DeepVerifier))
    return deep.reuse


def _git_busy(beats: Beats, directory: str) -> bool:
    beats.next("looking at", directory)
    return busy(directory, now_wall=time.time())


def _found(scribe: Scribe, records: Records, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
    """Saved verdicts, and those that a full disk has not taken yet."""
    unsaved = scribe.unsaved(keys)
    return records.lookup(root, [key for key in keys if key not in unsaved]) | unsaved


def _workers(
    queue: JobQueue[Job], coordinator: Coordinator, tools: Mapping[str, Verifier], count: int, beats: Beats
) -> tuple[Workers[Job], ...]:
    bench = Bench(
        verifiers=tools, assignments=lambda: coordinator.assignments, post=coordinator.post, beats=beats
    )
    return (
        Workers(
            queue, run=bench.run, count=count, batch_size=lambda: _BATCH, on_error=bench.failed, name="worker"
        ),
    )


def _is_alive(configuration: Configuration, name: ProjectName) -> bool:
    """Whether a project is in the workspace, and its root on disk."""
    roots = [entry.project.root for entry in configuration.projects if entry.project.name == name]
    return any(os.path.isdir(root) for root in roots)


def _entry(configuration: Configuration, name: ProjectName) -> ConfiguredProject:
    for entry in configuration.projects:
        if entry.project.name == name:
            return entry
    raise UserError(f"project {name} has left the workspace")


def check_once(
    *, workspace: Path | None, watch_dirs: Sequence[Path], paths: Sequence[str], cached: bool, timeout: float
) -> dict[str, Any]:
    """Judge everything once without a daemon: the check document. Raises UserError and ConfigError.

    Not ``cached``: no cache is believed, and nothing is written anywhere.
    """
    overrides: dict[str, object] = {} if cached else {"cache_enabled": False, "enable_evidence": False}
    loading = Loading(workspace, Path.cwd(), overrides, watch_dirs)
    configuration = loading()
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    with _alone(configuration.root) if cached else nullcontext():
        assembly = assemble(
            configuration,
            loading=loading,
            source=NoSource(),
            records=DiskRecords() if cached else VolatileRecords(),
            stop=lambda: None,
        )
        return look_once(assembly.daemon, assembly.answers, paths=paths, timeout=timeout)


def judge_anew(
    *, workspace: Path | None, timeout: float
) -> tuple[dict[str, Any], dict[ProjectName, Mapping[RelPath, Evidence]]]:
    """Judge everything without any cache and write nothing: the check document, and the evidence by project.

    Raises UserError and ConfigError.
    """
    loading = Loading(workspace, Path.cwd(), {"cache_enabled": False, "enable_evidence": True})
    configuration = loading()
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    logs: dict[ProjectName, LastEvidence] = defaultdict(LastEvidence)
    assembly = assemble(
        configuration,
        loading=loading,
        source=NoSource(),
        records=VolatileRecords(logs.__getitem__),
        stop=lambda: None,
    )
    document = look_once(assembly.daemon, assembly.answers, paths=(), timeout=timeout)
    return document, {name: log.entries for name, log in logs.items()}


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold the daemon's lock, so that nobody else writes the same RUNS/ meanwhile."""
    instance = Instance.acquire(runtime_of(root), workspace=root, version=version("dev-assistant"))
    if instance is None:
        raise UserError("a daemon or another check is at work here", hint="try again, or add --no-cache")
    try:
        yield
    finally:
        instance.release()
