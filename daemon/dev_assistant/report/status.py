"""The status document: what the daemon is doing and what it does not know.

Nobody reproduces it, so the volatile stands where it is looked for and not in a ``meta``.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from dev_assistant.model import Counts
from dev_assistant.report.canonical import text
from dev_assistant.report.documents import totals_of
from dev_assistant.report.views import MemoryView, PoolView, ProjectView, QueueView, StuckView, WorkspaceView

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
    """What was done about too much memory, and how much there was before."""

    what: str
    before_mb: float
    ago_s: float


class StatusMemory(msgspec.Struct, frozen=True):
    """The limit in megabytes, and the last reactions to its being exceeded, oldest first."""

    limit_mb: int | None
    reactions: tuple[StatusReaction, ...]


class StatusStuck(msgspec.Struct, frozen=True):
    """A thread that hangs: at what, on what, for how many seconds, and what to do about it."""

    thread: str
    operation: str
    subject: str
    age_s: float
    advice: str


class StatusDocument(msgspec.Struct, frozen=True):
    """``status``; ``memory_mb`` is that of all processes."""

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
    reactions = (
        StatusReaction(each.what, round(each.before_mb, 1), round(each.ago_s, 1)) for each in memory.reactions
    )
    return StatusMemory(memory.limit_mb, tuple(reactions))


def _status_stuck(stuck: StuckView) -> StatusStuck:
    about = text(stuck.subject)
    return StatusStuck(stuck.thread, text(stuck.operation), about, round(stuck.age_s, 1), stuck.advice)


def _texts(foreign: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(text, foreign))


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)
