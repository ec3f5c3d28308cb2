"""What a report is made from: one consistent picture of the daemon, filled by the service.

Everything in it is a copy or immutable; a report never asks back, so a picture that is old says old things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from dev_assistant.analysis.structure.relations import Relations
from dev_assistant.model import Criticality, FileRecord, RelPath
from dev_assistant.report.leaders import Leaders, leaders
from dev_assistant.report.tally import Tally
from dev_assistant.timings import Summary

ProjectState = Literal["watching", "polling", "checked", "degraded", "missing", "error", "disabled"]
"""``checked``: judged once by a command, and nothing watches it since."""

WorkspaceState = Literal["starting", "idle", "busy", "stuck", "stopped"]


class CacheUse(NamedTuple):
    """What the cache answered of what it was asked: from memory, from disk, and not at all."""

    memory: int = 0
    disk: int = 0
    misses: int = 0

    @property
    def hits(self) -> int:
        return self.memory + self.disk

    @property
    def ratio(self) -> float | None:
        """From 0 to 1; None when nothing was asked."""
        asked = self.hits + self.misses
        return round(self.hits / asked, 4) if asked else None


@dataclass(frozen=True, slots=True)
class ProjectView:
    """One project. ``tally`` is that of ``files``; ``root`` is absolute; hits and misses are the cache's.

    ``reasons`` say why ``state`` is what it is; ``config_errors`` stand while the last good configuration
    is kept in force. ``parked`` files broke their tool twice and are left alone until something changes;
    ``uncovered`` are its (directory, reason) without a watch. ``last_audit_s`` is seconds ago. ``relations``
    and ``leading`` cost what changed since they were asked last. ``ranks`` are of the files with any points,
    ``cache`` is by verifier.
    """

    name: str
    root: str
    state: ProjectState
    reasons: tuple[str, ...]
    files: Mapping[RelPath, FileRecord]
    tally: Tally
    hits: int
    misses: int
    config_errors: tuple[str, ...] = ()
    parked: tuple[RelPath, ...] = ()
    uncovered: tuple[tuple[str, str], ...] = ()
    missed_by_events: int = 0
    last_audit_s: float | None = None
    relations: Callable[[], Relations] = Relations
    leading: Callable[[], Leaders] | None = None
    ranks: Mapping[RelPath, Criticality] = field(default_factory=dict)
    cache: Mapping[str, CacheUse] = field(default_factory=dict)

    @property
    def leaders(self) -> Leaders:
        """Those of ``files``."""
        return leaders(self.files) if self.leading is None else self.leading()

    @property
    def critical(self) -> int:
        """How many of its files are critical."""
        return sum(rank.is_critical for rank in self.ranks.values())


@dataclass(frozen=True, slots=True)
class KindView:
    """Jobs of one verifier that wait and that run; ``limit`` is that of its batches at once, None: any."""

    verifier: str
    waiting: int
    running: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class QueueView:
    """Jobs that wait and that run; ``oldest_s`` is the age of the oldest one in seconds."""

    pending: int
    running: int
    oldest_s: float | None
    kinds: tuple[KindView, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolView:
    """How many workers there are for bulk, and for saves alone; the fewest and the most, and why so many.

    ``batch_s`` is the time in seconds that a batch should take.
    """

    workers: int
    for_saves: int
    least: int
    most: int
    reason: str
    batch_s: float


@dataclass(frozen=True, slots=True)
class WatchView:
    """The change source; ``uncovered`` are (directory, reason); ``last_audit_s`` is seconds ago.

    ``polled`` of the uncovered are looked at again and again; ``holders`` are (pid, name, watches).
    """

    backend: str
    directories: int
    overflows: int
    missed_by_events: int
    uncovered: tuple[tuple[str, str], ...]
    last_audit_s: float | None
    polled: int = 0
    holders: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class StuckView:
    """A thread that has been at one thing for ``age_s`` seconds, longer than it may, and what to do."""

    thread: str
    operation: str
    subject: str
    age_s: float
    advice: str


@dataclass(frozen=True, slots=True)
class ReactionView:
    """What was done about too much memory, of which there were ``before_mb``, ``ago_s`` seconds ago.

    ``after_mb`` were left; None when that is not known.
    """

    what: str
    before_mb: float
    ago_s: float
    after_mb: float | None = None


@dataclass(frozen=True, slots=True)
class CollectedView:
    """What a forced collection gave back, ``ago_s`` seconds ago."""

    before_mb: float
    after_mb: float
    ago_s: float


@dataclass(frozen=True, slots=True)
class MemoryView:
    """Resident memory of the daemon's own process and of those below it, the limit, and what was last done to
    keep it. ``leak`` says why one is suspected, "" when none is.
    """

    daemon_mb: float
    tools_mb: float
    limit_mb: int | None
    reactions: tuple[ReactionView, ...] = ()
    leak: str = ""
    collected: CollectedView | None = None

    @property
    def mb(self) -> float:
        """Of all processes together."""
        return self.daemon_mb + self.tools_mb


@dataclass(frozen=True, slots=True)
class BottleneckView:
    """The stage that the others wait for: busy for this ``share`` of the last minute, and what helps."""

    stage: str
    share: float
    advice: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """A threshold that is crossed, for ``since_s`` seconds by now."""

    name: str
    message: str
    since_s: float


@dataclass(frozen=True, slots=True)
class VitalsView:
    """How fast everything goes, by stage, and what is called out."""

    timings: Mapping[str, Summary] = field(default_factory=dict)
    bottleneck: BottleneckView | None = None
    alerts: tuple[AlertView, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkspaceView:
    """The whole daemon; ``stuck`` are the threads that hang, the longest first."""

    name: str
    root: str
    state: WorkspaceState
    degraded: tuple[str, ...]
    pid: int
    uptime_s: float
    projects: tuple[ProjectView, ...]
    queue: QueueView
    watch: WatchView
    memory: MemoryView
    version: str
    config_errors: tuple[str, ...] = ()
    stuck: tuple[StuckView, ...] = ()
    pool: PoolView | None = None
    vitals: VitalsView = field(default_factory=VitalsView)


def cache_by_verifier(projects: Iterable[ProjectView]) -> dict[str, dict[str, float | None]]:
    """What the caches of these projects answered, by verifier, as documents show it."""
    totals: dict[str, CacheUse] = {}
    for project in projects:
        for name, use in project.cache.items():
            totals[name] = CacheUse(*map(sum, zip(totals.get(name, CacheUse()), use, strict=True)))
    return {
        name: {
            "hits": use.hits,
            "misses": use.misses,
            "ratio": use.ratio,
            "memory": use.memory,
            "disk": use.disk,
        }
        for name, use in sorted(totals.items())
    }
