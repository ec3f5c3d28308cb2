"""The status document: what the daemon is doing and what it does not know.

Nobody reproduces it, so the volatile stands where it is looked for and not in a ``meta``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from dev_assistant.model import Counts
from dev_assistant.report.canonical import text
from dev_assistant.report.documents import totals_of
from dev_assistant.report.views import (
    BottleneckView,
    MemoryView,
    PoolView,
    ProjectView,
    QueueView,
    StuckView,
    WorkspaceView,
    cache_by_verifier,
)
from dev_assistant.timings import Summary

STATUS = "dev-assistant/status@1"


class StatusProject(msgspec.Struct, frozen=True):
    """One project of ``status``; ``root`` is absolute, ``reasons`` say why its state is what it is.

    ``parked`` are files that broke their tool twice, and are left alone until something about them changes.
    """

    name: str
    root: str
    state: str
    reasons: tuple[str, ...]
    files: int
    fresh: int
    stale: int
    pending: int
    failed: int
    skipped: int
    passed: bool | None
    findings: int
    counts: Counts
    score: float | None
    rating: tuple[str, ...]
    config_errors: tuple[str, ...]
    parked: tuple[str, ...]
    missed_by_events: int


class StatusKind(msgspec.Struct, frozen=True):
    """Jobs of one verifier; so many of its batches may run at once (null: any number)."""

    verifier: str
    waiting: int
    running: int
    limit: int | None


class StatusQueue(msgspec.Struct, frozen=True):
    """Jobs; ``oldest_s`` in seconds."""

    pending: int
    running: int
    oldest_s: float | None
    kinds: tuple[StatusKind, ...]


class StatusPool(msgspec.Struct, frozen=True):
    """Workers for bulk, those that are kept for saves, the fewest and the most for bulk, and why so many.

    A batch should take ``batch_s`` seconds.
    """

    workers: int
    for_saves: int
    min: int
    max: int
    reason: str
    batch_s: float


class Uncovered(msgspec.Struct, frozen=True):
    """A directory without a watch."""

    directory: str
    reason: str


class Holder(msgspec.Struct, frozen=True):
    """A process and the inotify watches that it has."""

    pid: int
    name: str
    watches: int


class StatusWatch(msgspec.Struct, frozen=True):
    """The change source; ``last_audit_s`` is seconds ago; ``polled`` counts directories.

    ``holders`` are told while watches are missing.
    """

    backend: str
    directories: int
    overflows: int
    missed_by_events: int
    uncovered: tuple[Uncovered, ...]
    last_audit_s: float | None
    polled: int
    holders: tuple[Holder, ...]


class StatusReaction(msgspec.Struct, frozen=True):
    """What was done about too much memory, and how much there was before and after it."""

    what: str
    before_mb: float
    ago_s: float
    after_mb: float | None


class StatusCollected(msgspec.Struct, frozen=True):
    """A forced collection, and how much memory there was before and after it."""

    before_mb: float
    after_mb: float
    ago_s: float


class StatusMemory(msgspec.Struct, frozen=True):
    """The limit in megabytes, what the daemon and its tools have of it, and the last reactions to its being
    exceeded, oldest first. ``leak``: why one is suspected, else null.
    """

    limit_mb: int | None
    daemon_mb: float
    tools_mb: float
    reactions: tuple[StatusReaction, ...]
    leak: str | None
    collected: StatusCollected | None


class StatusStuck(msgspec.Struct, frozen=True):
    """A thread that hangs: at what, on what, for how many seconds, and what to do about it."""

    thread: str
    operation: str
    subject: str
    age_s: float
    advice: str


class StatusBottleneck(msgspec.Struct, frozen=True):
    """The stage that the others wait for, its share of the last minute (0 to 1), and what helps."""

    stage: str
    share: float
    advice: str


class StatusAlert(msgspec.Struct, frozen=True):
    """A threshold that is crossed, for how many seconds by now."""

    name: str
    message: str
    since_s: float


class StatusDocument(msgspec.Struct, frozen=True):
    """``status``; ``memory_mb`` is that of all processes, ``timings`` are since the start."""

    schema: str
    name: str
    root: str
    version: str
    state: str
    degraded: tuple[str, ...]
    config_errors: tuple[str, ...]
    pid: int
    uptime_s: float
    projects: tuple[StatusProject, ...]
    queue: StatusQueue
    pool: StatusPool | None
    watch: StatusWatch
    memory_mb: float
    memory: StatusMemory
    stuck: tuple[StatusStuck, ...]
    cache: Mapping[str, Mapping[str, float | None]]
    timings: Mapping[str, Summary]
    bottleneck: StatusBottleneck | None
    alerts: tuple[StatusAlert, ...]
    ended: None = None


def status_document(view: WorkspaceView) -> StatusDocument:
    """The document of one picture of the daemon."""
    return StatusDocument(
        schema=STATUS,
        name=text(view.name),
        root=text(view.root),
        version=view.version,
        state=view.state,
        degraded=_texts(view.degraded),
        config_errors=_texts(view.config_errors),
        pid=view.pid,
        uptime_s=round(view.uptime_s, 1),
        projects=tuple(map(_status_project, view.projects)),
        queue=_status_queue(view.queue),
        pool=None if view.pool is None else _status_pool(view.pool),
        watch=_status_watch(view),
        memory_mb=round(view.memory.mb, 1),
        memory=_status_memory(view.memory),
        stuck=tuple(map(_status_stuck, view.stuck)),
        cache=cache_by_verifier(view.projects),
        timings=view.vitals.timings,
        bottleneck=_status_bottleneck(view.vitals.bottleneck),
        alerts=tuple(
            StatusAlert(text(each.name), text(each.message), round(each.since_s, 1))
            for each in view.vitals.alerts
        ),
    )


def _status_project(project: ProjectView) -> StatusProject:
    return StatusProject(
        name=text(project.name),
        root=text(project.root),
        state=project.state,
        reasons=_texts(project.reasons),
        config_errors=_texts(project.config_errors),
        parked=_texts(project.parked),
        missed_by_events=project.missed_by_events,
        **totals_of(project.tally),
    )


def _status_queue(queue: QueueView) -> StatusQueue:
    kinds = (StatusKind(kind.verifier, kind.waiting, kind.running, kind.limit) for kind in queue.kinds)
    return StatusQueue(queue.pending, queue.running, _rounded(queue.oldest_s), tuple(kinds))


def _status_pool(pool: PoolView) -> StatusPool:
    return StatusPool(pool.workers, pool.for_saves, pool.least, pool.most, pool.reason, pool.batch_s)


def _status_watch(view: WorkspaceView) -> StatusWatch:
    watch = view.watch
    return StatusWatch(
        backend=watch.backend,
        directories=watch.directories,
        overflows=watch.overflows,
        missed_by_events=watch.missed_by_events,
        uncovered=tuple(Uncovered(text(where), text(why)) for where, why in watch.uncovered),
        last_audit_s=_rounded(watch.last_audit_s),
        polled=watch.polled,
        holders=tuple(Holder(pid, text(name), watches) for pid, name, watches in watch.holders),
    )


def _status_memory(memory: MemoryView) -> StatusMemory:
    last = memory.collected
    return StatusMemory(
        limit_mb=memory.limit_mb,
        daemon_mb=round(memory.daemon_mb, 1),
        tools_mb=round(memory.tools_mb, 1),
        reactions=tuple(
            StatusReaction(each.what, round(each.before_mb, 1), round(each.ago_s, 1), _rounded(each.after_mb))
            for each in memory.reactions
        ),
        leak=memory.leak or None,
        collected=None
        if last is None
        else StatusCollected(round(last.before_mb, 1), round(last.after_mb, 1), round(last.ago_s, 1)),
    )


def _status_bottleneck(narrowest: BottleneckView | None) -> StatusBottleneck | None:
    if narrowest is None:
        return None
    return StatusBottleneck(narrowest.stage, round(narrowest.share, 3), narrowest.advice)


def _status_stuck(stuck: StuckView) -> StatusStuck:
    about = text(stuck.subject)
    return StatusStuck(stuck.thread, text(stuck.operation), about, round(stuck.age_s, 1), stuck.advice)


def _texts(foreign: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(text, foreign))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
