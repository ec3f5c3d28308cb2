"""The picture that reports are made from: the coordinator's snapshot, and what else is running.

Built by whoever asks, on their own thread: a busy coordinator delays no answer.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from dev_assistant.machine import memory_mb
from dev_assistant.model import Job
from dev_assistant.ports import ChangeSource, SourceHealth
from dev_assistant.report.views import (
    ProjectState,
    ProjectView,
    QueueView,
    WatchView,
    WorkspaceState,
    WorkspaceView,
)
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.service.snapshot import ProjectSnapshot, Snapshot

STUCK_SECONDS = 120.0
"""A path unsettled for longer than this is stuck: more than any timeout of a tool with its restart."""


@dataclass(frozen=True, slots=True)
class Overview:
    """``trouble`` are the reasons, beside the watching, why the daemon is not at its best."""

    root: str
    source: ChangeSource
    queue: JobQueue[Job]
    snapshot: Callable[[], Snapshot]
    trouble: Callable[[], tuple[str, ...]]
    now: Callable[[], float]
    started: float

    def view(self) -> WorkspaceView:
        """One consistent picture of now."""
        snapshot, now = self.snapshot(), self.now()
        health, load = self.source.health(), self.queue.load()
        oldest = min((p.oldest for p in snapshot.projects if p.oldest is not None), default=None)
        age = None if oldest is None else max(0.0, now - oldest)
        missed = sum(project.missed_by_events for project in snapshot.projects)
        audit = None if snapshot.last_audit is None else now - snapshot.last_audit
        return WorkspaceView(
            name=os.path.basename(self.root) or self.root,
            root=self.root,
            state=_state(snapshot, age),
            degraded=tuple(
                filter(None, (*self.trouble(), *_tools(snapshot), health.note, *_uncovered(health)))
            ),
            pid=os.getpid(),
            uptime_s=now - self.started,
            projects=tuple(_project(project, health) for project in snapshot.projects),
            queue=QueueView(max(load.waiting, snapshot.owed - load.running), load.running, age),
            watch=WatchView(
                health.backend, health.directories, health.overflows, missed, health.uncovered, audit
            ),
            memory_mb=memory_mb(),
            version=_version(),
            config_errors=snapshot.problems,
        )


@cache
def _version() -> str:
    return version("dev-assistant")


def _state(snapshot: Snapshot, age: float | None) -> WorkspaceState:
    if snapshot.starting:
        return "starting"
    if age is not None and age > STUCK_SECONDS:
        return "stuck"
    return "busy" if snapshot.owed else "idle"


def _project(project: ProjectSnapshot, health: SourceHealth) -> ProjectView:
    state, reasons = _standing(project, health)
    return ProjectView(
        name=project.project.name,
        root=project.project.root,
        state=state,
        reasons=reasons,
        files=project.files,
        tally=project.files.tally,
        hits=project.hits,
        misses=project.misses,
        config_errors=project.problems,
    )


def _standing(project: ProjectSnapshot, health: SourceHealth) -> tuple[ProjectState, tuple[str, ...]]:
    if project.missing:
        return "missing", tuple(
            f"{path} does not exist; it is taken up when it appears" for path in project.missing
        )
    if project.tool_error:
        return "error", (project.tool_error,)
    tops = tuple(path + "/" for path in project.project.watch_paths)
    uncovered = [d for d, _ in health.uncovered if (d + "/").startswith(tops)]
    if uncovered:
        return "degraded", (f"{len(uncovered)} directories are not watched, only audited",)
    if health.backend == "none":
        return "checked", ()
    return ("polling" if health.backend == "polling" else "watching"), ()


def _tools(snapshot: Snapshot) -> tuple[str, ...]:
    """What keeps tools from working, with the number of projects that cannot be judged for it."""
    reasons = Counter(project.tool_error for project in snapshot.projects if project.tool_error)
    return tuple(f"nothing is judged in {count} projects: {why}" for why, count in sorted(reasons.items()))


def _uncovered(health: SourceHealth) -> tuple[str, ...]:
    reasons = sorted({reason for _, reason in health.uncovered})
    return tuple(f"{len(health.uncovered)} directories are not watched: {reason}" for reason in reasons)
