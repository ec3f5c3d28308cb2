"""The composition root: the only place that builds concrete classes and connects them."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dev_assistant import process
from dev_assistant.beats import Beats
from dev_assistant.errors import ConfigError, UserError
from dev_assistant.logs import get_logger
from dev_assistant.model import Digest, Job, ProjectName, RelPath, Verdict
from dev_assistant.places import Runs, runtime_of
from dev_assistant.ports import ChangeSource, Evidence, Verifier
from dev_assistant.record.volatile import LastEvidence
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
from dev_assistant.service.opening import Opener
from dev_assistant.service.overview import Overview
from dev_assistant.service.parts import Collaborators
from dev_assistant.service.records import BorrowedRecords, DiskRecords, Records, VolatileRecords
from dev_assistant.service.revision import Copy, Stored, copy_out
from dev_assistant.service.scribe import Scribe
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
    parts = _Parts(
        configuration, loading, source, records, stop, beats or Beats(), restarts, log_trouble=log_trouble
    )
    return Assembly(parts.daemon, parts.answers, parts.overview, parts.governor, parts.stacks)


@dataclass(frozen=True)
class _Parts:
    """Each part is built when the first other one asks for it, all of them before any thread is started.

    Where two parts know each other one of them looks the other up when it is called.
    """

    configuration: Configuration
    loading: Callable[[], Configuration]
    source: ChangeSource
    records: Records
    stop: Callable[[], None]
    beats: Beats
    restarts: Restarts
    log_trouble: Callable[[], str]
    feed: Feed = field(default_factory=Feed)
    git: process.Children = field(default_factory=process.Children)

    @cached_property
    def daemon(self) -> Daemon:
        return Daemon(
            coordinator=self.coordinator,
            source=self.source,
            workers=(self.workers,),
            verifiers=tuple(self.tools.values()),
            git=self.git,
            errands=self.errands,
            scribe=self.scribe,
            feed=self.feed,
            give_up=self.stop,
        )

    @cached_property
    def answers(self) -> Answers:
        return Answers(
            root=self.configuration.root,
            coordinator=self.coordinator,
            source=self.source,
            feed=self.feed,
            view=self.overview.view,
            explain=Explainer(self.coordinator, self.tools, reuse=_reuse_of(self.tools.values())),
            lookup=lambda root, keys: _found(self.scribe, self.records, root, keys),
            stop=self.stop,
            ended=self.daemon.ended,
            stacks=self.stacks.write,
        )

    @cached_property
    def coordinator(self) -> Coordinator:
        collaborators = Collaborators(
            source=self.source,
            verifiers=self.tools,
            queue=self.queue,
            feed=self.feed,
            run=lambda errand, urgency: self.errands.run(errand, urgency=urgency),
            save=self.scribe.save,
            report=self.scribe.report,
            flush=self.scribe.flush,
            retire=self.scribe.close,
            opener=Opener(reader=self.records.reader, now=time.monotonic),
            load=self.loading,
            git_busy=partial(_git_busy, self.beats),
            head=partial(Head, children=self.git),
            beats=self.beats,
        )
        return Coordinator(
            self.configuration, collaborators=collaborators, now=time.monotonic, wall=time.time_ns
        )

    @cached_property
    def workers(self) -> Workers[Job]:
        bench = Bench(
            verifiers=self.tools,
            assignments=lambda: self.coordinator.assignments,
            post=self.coordinator.post,
            beats=self.beats,
        )
        return Workers(
            self.queue,
            run=bench.run,
            count=self.count + _FOR_SAVES,
            batch_size=lambda: _BATCH,
            on_error=bench.failed,
            name="worker",
        )

    @cached_property
    def scribe(self) -> Scribe:
        return Scribe(
            opener=lambda name: self.records.open(_entry(self.coordinator.configuration, name)),
            view=self.overview.report,
            publish=self.records.publish,
            lost=lambda name: self.coordinator.post(CacheLost(name)),
            alive=lambda name: _is_alive(self.coordinator.configuration, name),
            now=time.monotonic,
            beats=self.beats,
        )

    @cached_property
    def overview(self) -> Overview:
        return Overview(
            root=str(self.configuration.root),
            source=self.source,
            queue=self.queue,
            snapshot=lambda: self.coordinator.snapshot,
            trouble=lambda: tuple(
                filter(None, (self.scribe.trouble, self.governor.note, self.log_trouble()))
            ),
            now=time.monotonic,
            started=time.monotonic(),
            overdue=self.beats.overdue,
            governor=self.governor,
            ended=lambda: self.daemon.ended.is_set(),  # noqa: PLW0108  it needs this one
        )

    @cached_property
    def governor(self) -> Governor:
        return Governor(
            limit=lambda: self.coordinator.configuration.settings.memory_limit_mb,
            restarts=self.restarts,
            now=time.monotonic,
        )

    @cached_property
    def errands(self) -> Errands:
        return Errands(failed=_errand_failed, beats=self.beats)

    @cached_property
    def tools(self) -> dict[str, Verifier]:
        made = verifiers(timeout_seconds=self.configuration.settings.verification_timeout_sec)
        return {verifier.name: verifier for verifier in made}

    @cached_property
    def queue(self) -> JobQueue[Job]:
        return JobQueue(limits=Limits(bulk=self.count, kinds=limits(self.count)), now=time.monotonic)

    @cached_property
    def stacks(self) -> Stacks:
        return Stacks(Runs(self.configuration.root).log.parent, beats=self.beats)

    @property
    def count(self) -> int:
        """Workers for bulk."""
        return self.configuration.settings.worker_count(cores=usable_cores())


def _errand_failed(error: BaseException) -> None:
    _LOG.error("errand failed", error=repr(error), exc_info=error)


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
    records = DiskRecords() if cached else VolatileRecords()
    root, assembly = _for_one_look(Loading(workspace, Path.cwd(), overrides, watch_dirs), records)
    with _alone(root) if cached else nullcontext():
        return look_once(assembly.daemon, assembly.answers, paths=paths, timeout=timeout)


def judge_anew(
    *, workspace: Path | None, timeout: float
) -> tuple[dict[str, Any], dict[ProjectName, Mapping[RelPath, Evidence]]]:
    """Judge everything without any cache and write nothing: the check document, and the evidence by project.

    Raises UserError and ConfigError.
    """
    overrides: dict[str, object] = {"cache_enabled": False, "enable_evidence": True}
    logs: dict[ProjectName, LastEvidence] = defaultdict(LastEvidence)
    _, assembly = _for_one_look(Loading(workspace, Path.cwd(), overrides), VolatileRecords(logs.__getitem__))
    document = look_once(assembly.daemon, assembly.answers, paths=(), timeout=timeout)
    return document, {name: log.entries for name, log in logs.items()}


@contextmanager
def look_at(
    stored: Stored, *, workspace: Path | None, paths: Sequence[str], cached: bool, timeout: float
) -> Iterator[tuple[Copy, dict[str, Any]]]:
    """Judge what git has stored: a copy of it, which lives as long as the context, and its check document.

    ``paths`` are those of the originals. ``cached``: the caches of the originals are read; nothing is written
    to them. Raises UserError, with status 3 when there is no such version, and ConfigError.
    """
    present = Loading(workspace, Path.cwd(), {})()
    overrides: dict[str, object] = {"enable_evidence": False}
    if not cached:
        overrides["cache_enabled"] = False
    with copy_out(present, stored) as copy:
        file = None if present.file is None else Path(copy.copied(str(present.file)))
        loading = Loading(file, Path(copy.copied(str(present.root))), overrides)
        copy.refuse_strangers(loading())
        records = BorrowedRecords(copy.original) if cached else VolatileRecords()
        _, assembly = _for_one_look(loading, records)
        wanted = [copy.copied(path) for path in paths]
        yield copy, look_once(assembly.daemon, assembly.answers, paths=wanted, timeout=timeout)


def _for_one_look(loading: Loading, records: Records) -> tuple[Path, Assembly]:
    """The workspace's root, and what looks at it once. Raises UserError and ConfigError."""
    configuration = loading()
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
    source = NoSource()
    made = assemble(configuration, loading=loading, source=source, records=records, stop=lambda: None)
    return configuration.root, made


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
