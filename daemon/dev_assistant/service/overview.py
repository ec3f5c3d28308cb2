"""The picture that reports are made from: the coordinator's snapshot, and what else is running.

Built by whoever asks, on their own thread: a busy coordinator delays no answer.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from dev_assistant import __version__
from dev_assistant.beats import Overdue
from dev_assistant.machine import memory
from dev_assistant.model import Job, Project
from dev_assistant.ports import ChangeSource, SourceHealth
from dev_assistant.report.tally import tally
from dev_assistant.report.views import (
    CacheUse,
    KindView,
    MemoryView,
    PoolView,
    ProjectState,
    ProjectView,
    QueueView,
    ReactionView,
    StuckView,
    VitalsView,
    WatchView,
    WorkspaceState,
    WorkspaceView,
)
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.memory import Governor
from dev_assistant.service.snapshot import ProjectSnapshot, Snapshot
from dev_assistant.service.stuck import STUCK_SECONDS, advice
from dev_assistant.service.vitals import Vitals

DISABLED = "enabled = false: nothing of it is watched or judged"

_SHOWN = 10


@dataclass(slots=True)
class Overview:
    """``trouble`` are the reasons, beside the watching, why the daemon is not at its best.

    ``overdue`` are the threads that hang, ``governor`` keeps the memory within its limit, ``vitals`` are what
    the daemon notices about itself; ``ended`` says that the
    coordinator runs no more, so that nothing of what is shown will ever change.
    """

    root: str
    source: ChangeSource
    queue: JobQueue[Job]
    snapshot: Callable[[], Snapshot]
    trouble: Callable[[], tuple[str, ...]]
    now: Callable[[], float]
    started: float
    overdue: Callable[[], tuple[Overdue, ...]] = tuple
    governor: Governor | None = None
    pool: Callable[[], PoolView | None] = lambda: None
    vitals: Vitals | None = None
    ended: Callable[[], bool] = lambda: False
    _reported: object = None

    def report(self) -> WorkspaceView:
        """The view for reports that are written now."""
        self._reported = self._condition()
        return self.view()

    @property
    def outdated(self) -> bool:
        """What the last report said beside the files holds no more, though none of them may have changed."""
        return self._condition() != self._reported

    def view(self) -> WorkspaceView:
        """One consistent picture of now."""
        snapshot, now = self.snapshot(), self.now()
        health, load = self.source.health(), self.queue.load()
        oldest = min((p.oldest for p in snapshot.projects if p.oldest is not None), default=None)
        age = None if oldest is None else max(0.0, now - oldest)
        missed = sum(project.missed_by_events for project in snapshot.projects)
        stuck = self.overdue()
        audit = None if snapshot.last_audit is None else now - snapshot.last_audit
        return WorkspaceView(
            name=os.path.basename(self.root) or self.root,
            root=self.root,
            state=self._ended(health) or _state(snapshot, age, stuck),
            degraded=tuple(
                filter(
                    None,
                    (*self.trouble(), *_tools(snapshot), _losing(snapshot), health.note, *_uncovered(health)),
                )
            ),
            stuck=tuple(StuckView(*each[:3], each.age, advice(each)) for each in stuck),
            pid=os.getpid(),
            uptime_s=now - self.started,
            projects=(
                *(_project(project, health, audit) for project in snapshot.projects),
                *map(_disabled, snapshot.disabled),
            ),
            queue=QueueView(
                max(load.waiting, snapshot.owed - load.running),
                load.running,
                age,
                tuple(KindView(name, *kind) for name, kind in self.queue.kinds().items()),
            ),
            pool=self.pool(),
            watch=WatchView(
                backend=health.backend,
                directories=health.directories,
                overflows=health.overflows,
                missed_by_events=missed,
                uncovered=health.uncovered,
                last_audit_s=audit,
                polled=health.polled,
                holders=health.holders,
            ),
            memory=self._memory(now),
            version=__version__,
            config_errors=snapshot.problems,
            vitals=VitalsView() if self.vitals is None else self.vitals.shown(),
        )

    def _condition(self) -> object:
        """What a report says beside the snapshot: equal as long as no report differs by it.

        Who else has watches is left out, which changes without any doing of ours.
        """
        health = self.source.health()
        return health.note, health.uncovered, health.polled, health.overflows, self.trouble()

    def _ended(self, health: SourceHealth) -> WorkspaceState | None:
        """A look without any watching is over as soon as it has looked, and as good as it was then."""
        return "stopped" if self.ended() and health.backend != "none" else None

    def _memory(self, now: float) -> MemoryView:
        governor, vitals = self.governor, self.vitals
        if governor is None or vitals is None:
            return MemoryView(*memory(), None)
        reactions = tuple(
            ReactionView(each.reaction.value, each.before, now - each.at, each.after)
            for each in governor.reacted
        )
        used = vitals.memory if vitals.memory.own else memory()
        return MemoryView(*used, governor.limit, reactions, vitals.leaks.note, vitals.collected())


def _state(snapshot: Snapshot, age: float | None, stuck: tuple[Overdue, ...]) -> WorkspaceState:
    if stuck:
        return "stuck"
    if snapshot.starting:
        return "starting"
    if age is not None and age > STUCK_SECONDS:
        return "stuck"
    return "busy" if snapshot.owed else "idle"


def _project(project: ProjectSnapshot, health: SourceHealth, audit: float | None) -> ProjectView:
    uncovered = _uncovered_of(project, health)
    state, reasons = _standing(project, health, uncovered)
    return ProjectView(
        name=project.project.name,
        root=project.project.root,
        state=state,
        reasons=reasons,
        files=project.files,
        tally=project.files.tally,
        hits=project.hits,
        misses=project.misses,
        cache={name: CacheUse(*counts) for name, counts in project.cache.items()},
        config_errors=project.problems,
        parked=project.parked,
        uncovered=uncovered,
        missed_by_events=project.missed_by_events,
        last_audit_s=audit,
        relations=lambda: project.files.relations,
        leading=lambda: project.files.leaders,
        ranks=project.ranks,
    )


def _uncovered_of(project: ProjectSnapshot, health: SourceHealth) -> tuple[tuple[str, str], ...]:
    tops = tuple(path.rstrip("/") + "/" for path in project.project.watch_paths)
    return tuple(gap for gap in health.uncovered if (gap[0] + "/").startswith(tops))


def _disabled(project: Project) -> ProjectView:
    return ProjectView(
        name=project.name,
        root=project.root,
        state="disabled",
        reasons=(DISABLED,),
        files={},
        tally=tally({}),
        hits=0,
        misses=0,
    )


def _standing(
    project: ProjectSnapshot, health: SourceHealth, uncovered: tuple[tuple[str, str], ...]
) -> tuple[ProjectState, tuple[str, ...]]:
    if project.missing:
        return "missing", tuple(
            f"{path} does not exist; it is taken up when it appears" for path in project.missing
        )
    if project.tool_error:
        return "error", (project.tool_error,)
    if project.unread:
        return "degraded", tuple(f"{path} cannot be read: {why}" for path, why in project.unread[:_SHOWN])
    if uncovered:
        instead = "polled" if health.polled else "audited"
        return "degraded", (f"{len(uncovered)} directories are not watched, only {instead}",)
    if health.backend == "none":
        return "checked", ()
    return ("polling" if health.backend == "polling" else "watching"), ()


def _tools(snapshot: Snapshot) -> tuple[str, ...]:
    """What keeps tools from working, with the number of projects that cannot be judged for it."""
    reasons = Counter(project.tool_error for project in snapshot.projects if project.tool_error)
    return tuple(f"nothing is judged in {count} projects: {why}" for why, count in sorted(reasons.items()))


def _losing(snapshot: Snapshot) -> str:
    if not snapshot.looks_every:
        return ""
    return (
        "more changes than the system reports: events are lost again and again, so everything is looked at "
        f"every {snapshot.looks_every:g} s, and whenever somebody waits"
    )


def _uncovered(health: SourceHealth) -> tuple[str, ...]:
    reasons = Counter(reason for _, reason in health.uncovered)
    told = [f"{count} directories are not watched: {why}" for why, count in sorted(reasons.items())]
    if health.polled:
        told.append(f"{health.polled} directories are polled instead: changes there are seen later")
    if health.holders:
        held = ", ".join(f"{h.name} (pid {h.pid}) {h.watches:,}" for h in health.holders)
        told.append(f"inotify watches are held by {held}")
    return tuple(told)
