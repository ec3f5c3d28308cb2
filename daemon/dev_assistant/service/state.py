"""What the coordinator knows of one project. Only the coordinator's thread touches it."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from dev_assistant.model import (
    Appraisal,
    Blame,
    Digest,
    Failed,
    FileRecord,
    FileState,
    Fingerprint,
    Job,
    Part,
    Project,
    RelPath,
    Verdict,
)
from dev_assistant.ports import Broken, Excluded, Included, Role, Scope
from dev_assistant.record.memory import TieredVerdicts
from dev_assistant.schedule.debounce import Debouncer
from dev_assistant.service.broken import BrokenScope
from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.ranking import Ranking
from dev_assistant.service.shards import Files
from dev_assistant.settings import Settings
from dev_assistant.verify.registry import recognised

_PARKED = 2
"""So often a file may break a tool that works before it is left alone."""

_SHORTAGES = tuple(
    os.strerror(code) for code in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO)
)


def passes(reason: str) -> bool:
    """Whether a failure with this reason may be over without any change of the file."""
    return any(shortage in reason for shortage in _SHORTAGES)


class Debt(NamedTuple):
    """A path that is not settled: since when (monotonic seconds) and why."""

    epoch: Epoch
    since: float
    trigger: str


@dataclass(slots=True)
class Awaited:
    """Bytes whose verdicts are on the way: the parts that are in, and the keys still wanted.

    ``lasting`` is the fingerprint as it may be remembered (see ``plan.Look``). ``announced``: the digest of
    the bytes for which what they decide about other files was looked at again already. ``advisors`` are
    the verifiers whose findings are no more than advice; it is ``deferred`` while who saved waits for those
    that decide. ``told``: all but the advice was told already.
    """

    fingerprint: Fingerprint
    lasting: Fingerprint
    wanted: dict[str, Digest]
    parts: dict[str, Part]
    bases: dict[str, Digest]
    advisors: frozenset[str] = frozenset()
    duration_ms: float = 0.0
    told: bool = False
    announced: str | None = None
    deferred: bool = False

    @property
    def missing(self) -> frozenset[str]:
        """The verifiers that have not answered yet."""
        return frozenset(self.wanted.keys() - self.parts.keys())

    def decided_by(self, verifier: str) -> bool:
        """Whether its answer, just taken in, was the last one that decides: only advice is missing."""
        return verifier not in self.advisors and self.missing <= self.advisors


@dataclass(slots=True)
class Sweep:
    """Paths whose keys are to be compared with what they would be now; ``epoch`` is paid at the end.

    ``first``: a walk has just compared them with what was remembered, and nobody has looked at them since.
    """

    paths: list[RelPath]
    epoch: Epoch
    first: bool = False


@dataclass(slots=True)
class ProjectState:
    """One project's files, what is owed for them, and the configuration they are judged by.

    ``dirty`` are paths whose bytes may differ from the record; ``backlog`` are those of them that are
    examined in slices; ``awaited`` are examined and wait for a worker. ``moved`` counts, for files that could
    not be judged because something changed meanwhile, how often that was so. ``untold`` are keys of verdicts
    that were made for a path and not accepted yet. ``versions`` are those of the
    verifiers' tools, ``doubted`` are verifiers whose tool has to prove that it works, ``missed`` those
    that would judge a file and cannot. ``unread`` are
    directories that could not be listed, with the reason; ``walked``: all of it has been covered once;
    ``strained``: some file has failed since the last retry. ``broke`` counts, by path and verifier, how often
    a tool broke on these bytes. ``selects``: a file is to be judged. ``appraisals`` reads, on any thread,
    what was remembered of how critical the files are.
    """

    project: Project
    settings: Settings
    files: Files
    debouncer: Debouncer[RelPath]
    verdicts: TieredVerdicts
    ranking: Ranking
    ledger: Ledger
    git: str | None
    above: tuple[str, ...]
    close: Callable[[], None]
    selects: Callable[[RelPath], bool]
    appraisals: Callable[[], dict[RelPath, Appraisal]] = dict
    problems: tuple[str, ...] = ()
    scopes: Mapping[str, Scope] | None = None
    walked: bool = False
    scoping: bool = False
    scope_outdated: bool = False
    scope_retry: float = 0.0
    scope_pause: float = 0.0
    doubted: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    broke: dict[RelPath, dict[str, tuple[Digest, int]]] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    sweep: Sweep | None = None
    missing: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    strained: bool = False
    debts: dict[RelPath, Debt] = field(default_factory=dict)
    dirty: set[RelPath] = field(default_factory=set)
    backlog: dict[RelPath, None] = field(default_factory=dict)
    awaited: dict[RelPath, Awaited] = field(default_factory=dict)
    moved: dict[RelPath, int] = field(default_factory=dict)
    untold: dict[RelPath, frozenset[Digest]] = field(default_factory=dict)
    rest_since: float | None = None
    rest_until: float = 0.0
    hits: int = 0
    misses: int = 0
    missed_by_events: int = 0

    @property
    def ready(self) -> bool:
        """Paths can be examined: the configuration that decides their verdicts is known."""
        return self.scopes is not None and not self.scoping

    @property
    def broken(self) -> Mapping[str, BrokenScope]:
        """The verifiers that cannot be used."""
        return {n: scope for n, scope in (self.scopes or {}).items() if isinstance(scope, BrokenScope)}

    @property
    def tool_error(self) -> str:
        """Why files of the project cannot be judged; "" while every tool that is wanted works."""
        return "; ".join(scope.reason for name, scope in self.broken.items() if name in self.missed)

    def absolute(self, path: RelPath) -> str:
        joined = f"{self.project.root}/{path}"
        return os.path.normpath(joined) if path.startswith("../") else joined

    def interesting(self, path: RelPath) -> bool:
        """Whether a path counts as a file of the project, or decides about one."""
        if recognised(path):
            return True
        return any(scope.claims(path) is not None for scope in (self.scopes or {}).values())

    def claims(self, path: RelPath) -> tuple[dict[str, Included], str, str]:
        """The verifiers that judge a path; else why none does, and why one cannot ("" for neither)."""
        included: dict[str, Included] = {}
        reason = broken = ""
        for name, scope in (self.scopes or {}).items():
            match scope.claims(path):
                case None:
                    continue
                case Included() as claim:
                    included[name] = claim
                case Excluded(why):
                    reason = why
                case Broken(why):
                    broken = why
                    self.missed.add(name)
        roles = {claim.role for claim in included.values()}
        if Role.JUDGES not in roles:
            included.clear()
        return included, reason, broken

    def owe(self, path: RelPath, *, since: float, trigger: str, epoch: Epoch | None = None) -> None:
        """The record of ``path`` is not to be believed until it is settled.

        A save outdoes any other trigger: it says that the bytes did change.
        """
        debt = self.debts.get(path)
        if debt is None:
            self.debts[path] = Debt(self.ledger.owe(epoch), since, trigger)
        elif trigger == "save" != debt.trigger:
            self.debts[path] = debt._replace(trigger=trigger)
        self.dirty.add(path)
        self._doubt(path)

    def owe_bulk(self, path: RelPath, *, since: float, trigger: str, epoch: Epoch | None = None) -> None:
        """As ``owe``; examined in slices, behind everything that somebody waits for."""
        self.owe(path, since=since, trigger=trigger, epoch=epoch)
        self.backlog[path] = None

    def _doubt(self, path: RelPath) -> None:
        record = self.files.get(path)
        if record is None:
            if self.interesting(path):
                self.files.put(path, FileRecord(FileState.PENDING))
        elif record.state is FileState.FRESH:
            self.files.put(path, msgspec.structs.replace(record, state=FileState.STALE))

    def conclude(self, path: RelPath, record: FileRecord) -> None:
        """Keep what was found out."""
        self.files.put(path, record)
        self.strained = self.strained or self.passing(path, record)

    def passing(self, path: RelPath, record: FileRecord) -> bool:
        """A failure that may be over without any change: for want of something, or a tool broke once."""
        once = any(times < _PARKED for _, times in self.broke.get(path, {}).values())
        return record.state is FileState.FAILED and (once or passes(record.reason))

    def blame(self, job: Job, verdict: Verdict) -> bool:
        """Note whose fault a failure is. The second time that a tool breaks on a file alone parks the file.

        True: from now on the tool has to prove that it works.
        """
        blame = verdict.blame if isinstance(verdict, Failed) else None
        if blame is Blame.TOOL:
            news = job.verifier not in self.doubted
            self.doubted.add(job.verifier)
            return news
        breaks = self.broke.pop(job.path, {})
        before, times = breaks.pop(job.verifier, (job.key, 0))
        if blame is Blame.FILE:
            breaks[job.verifier] = job.key, min(times + 1, _PARKED) if before == job.key else 1
        if breaks:
            self.broke[job.path] = breaks
        return False

    def parked(self, path: RelPath, key: Digest) -> bool:
        """Nothing is started for this file until it, its configuration or the tool changes."""
        return (key, _PARKED) in self.broke.get(path, {}).values()

    def left_alone(self) -> tuple[RelPath, ...]:
        """The files that are parked as they are now, sorted."""
        return tuple(sorted(path for path in self.broke if self._is_left_alone(path)))

    def _is_left_alone(self, path: RelPath) -> bool:
        record = self.files.get(path)
        return record is not None and any(self.parked(path, part.key) for part in record.parts)

    def settle(self, path: RelPath) -> None:
        """What is known of ``path`` is the truth as far as anybody has said."""
        self.moved.pop(path, None)
        self.untold.pop(path, None)
        debt = self.debts.pop(path, None)
        if debt is not None:
            self.ledger.pay(debt.epoch)

    def forget(self, path: RelPath) -> None:
        """``path`` is no file of the project any more."""
        self.dirty.discard(path)
        self.awaited.pop(path, None)
        self.broke.pop(path, None)
        self.ranking.forget(path)
        self.files.drop(path)
        self.settle(path)

    def abandon(self) -> None:
        """The project leaves the workspace: nothing of it is owed any longer."""
        for path in list(self.debts):
            self.settle(path)
        if self.sweep is not None:
            self.ledger.pay(self.sweep.epoch)
            self.sweep = None
        self.backlog.clear()
        self.awaited.clear()
        self.close()
