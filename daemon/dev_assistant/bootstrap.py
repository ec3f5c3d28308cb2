"""The composition root: the only place that builds concrete classes and connects them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

from dev_assistant import process
from dev_assistant.beats import Beats
from dev_assistant.errors import UserError
from dev_assistant.logs import get_logger
from dev_assistant.machine import memory, release_memory, usable_cores
from dev_assistant.model import Digest, Job, ProjectName, Verdict
from dev_assistant.places import Runs
from dev_assistant.ports import ChangeSource, Verifier
from dev_assistant.report.views import PoolView
from dev_assistant.schedule.adaptive import AdaptiveWorkers
from dev_assistant.schedule.backlog import BATCH_SECONDS
from dev_assistant.schedule.cost import Costs
from dev_assistant.schedule.lanes import Limits
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.schedule.sizing import Bounds
from dev_assistant.service.alert_command import AlertCommand
from dev_assistant.service.answers import Answers
from dev_assistant.service.census import Census, types_in_memory
from dev_assistant.service.configuration import Configuration, ConfiguredProject, load
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.daemon import Daemon
from dev_assistant.service.errands import Errands
from dev_assistant.service.explain import Explainer
from dev_assistant.service.feed import Feed
from dev_assistant.service.leaks import Leaks
from dev_assistant.service.memory import NEVER, Governor, Restarts
from dev_assistant.service.messages import CacheLost
from dev_assistant.service.opening import Opener
from dev_assistant.service.overview import Overview
from dev_assistant.service.pace import Pace
from dev_assistant.service.parts import Collaborators
from dev_assistant.service.records import Records
from dev_assistant.service.rows import Rows
from dev_assistant.service.scribe import Scribe
from dev_assistant.service.selection import EVERYTHING, Selection
from dev_assistant.service.stacks import Stacks
from dev_assistant.service.vitals import Vitals
from dev_assistant.service.work import Bench, seconds_of
from dev_assistant.verify.deep import DeepVerifier
from dev_assistant.verify.registry import limits, verifiers
from dev_assistant.watch.git import busy
from dev_assistant.watch.git_head import Head
from dev_assistant.watch.nothing import NoSource

_LOG = get_logger("daemon")
_MOST_FILES = 1024
"""Files in one run of a tool, however little they take: one that breaks it is searched for among them."""

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
    vitals: Vitals


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
    selection: Selection = EVERYTHING,
) -> Assembly:
    """Connect all parts. ``stop`` is called when a client asks the daemon to end, or when it has to.

    ``beats`` are those of the source and the log, ``restarts`` what led to this process. ``log_trouble`` says
    why the log cannot be written, "" when it can. ``selection`` is for a single look at some of the files.
    """
    parts = _Parts(
        configuration,
        loading,
        source,
        records,
        stop,
        beats or Beats(),
        restarts,
        log_trouble=log_trouble,
        selection=selection,
    )
    return Assembly(parts.daemon, parts.answers, parts.overview, parts.governor, parts.stacks, parts.vitals)


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
    selection: Selection
    feed: Feed = field(default_factory=Feed)
    git: process.Children = field(default_factory=process.Children)
    costs: Costs = field(default_factory=Costs)

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
            lookup=self._lookup,
            rows=Rows(self._lookup),
            stop=self.stop,
            ended=self.daemon.ended,
            stacks=self.stacks.write,
            timings=self.beats.timings,
            census=Census(now=time.monotonic).take,
            selection=self.selection,
        )

    def _lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        return _found(self.scribe, self.records, root, keys)

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
            opener=Opener(reader=self.records.reader, now=time.monotonic, selection=self.selection),
            load=self.loading,
            git_busy=partial(_git_busy, self.beats),
            head=partial(Head, children=self.git),
            lasting=not isinstance(self.source, NoSource),
            beats=self.beats,
        )
        return Coordinator(
            self.configuration, collaborators=collaborators, now=time.monotonic, wall=time.time_ns
        )

    @cached_property
    def workers(self) -> AdaptiveWorkers[Job]:
        bench = Bench(
            verifiers=self.tools,
            assignments=lambda: self.coordinator.assignments,
            post=self.coordinator.post,
            costs=self.costs,
            beats=self.beats,
        )
        return AdaptiveWorkers(
            self.queue,
            run=bench.run,
            bounds=self.bounds,
            spare=_FOR_SAVES,
            resized=lambda count: self.queue.restrict(_limits(count)),
            is_short=lambda: self.governor.is_high,
            batch_size=lambda: _MOST_FILES,
            on_error=bench.failed,
            name="worker",
        )

    @cached_property
    def scribe(self) -> Scribe:
        return Scribe(
            opener=lambda name: self.records.open(_entry(self.coordinator.configuration, name)),
            publish=lambda: self.records.publish(self.overview.report),
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
            pool=self._pool,
            vitals=self.vitals,
            ended=lambda: self.daemon.ended.is_set(),  # noqa: PLW0108  it needs this one
        )

    def _pool(self) -> PoolView:
        count, reason = self.workers.decision
        bounds = self.bounds
        return PoolView(count, _FOR_SAVES, bounds.least, bounds.most, reason, BATCH_SECONDS)

    @cached_property
    def governor(self) -> Governor:
        return Governor(
            limit=lambda: self.coordinator.configuration.settings.memory_limit_mb,
            restarts=self.restarts,
            now=time.monotonic,
        )

    @cached_property
    def vitals(self) -> Vitals:
        return Vitals(
            pace=Pace(
                self.beats.timings,
                limit=lambda: self.coordinator.configuration.settings.slow_operation_sec,
                threads=lambda stage: self.workers.decision[0] if stage in self.tools else 1,
                now=time.monotonic,
            ),
            leaks=Leaks(census=types_in_memory, collect=release_memory, sample=memory, now=time.monotonic),
            command=AlertCommand(root=str(self.configuration.root), children=self.git),
            view=lambda: self.overview.view(),  # noqa: PLW0108  it needs this one
            settings=lambda: self.coordinator.configuration.settings,
            report=lambda: self.scribe.report(),  # noqa: PLW0108  and it the overview
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
        weigh = partial(seconds_of, self.costs)
        return JobQueue(limits=_limits(self.bounds.rest), weigh=weigh, now=time.monotonic)

    @cached_property
    def stacks(self) -> Stacks:
        return Stacks(Runs(self.configuration.root).log.parent, beats=self.beats)

    @cached_property
    def bounds(self) -> Bounds:
        """Of the workers for bulk."""
        cores, settings = usable_cores(), self.configuration.settings
        least, most = settings.worker_range(cores=cores)
        return Bounds(least, settings.worker_count(cores=cores), most)


def _limits(count: int) -> Limits:
    return Limits(bulk=count, kinds=limits(count))


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
