"""From dirty paths to verdicts or jobs: look at the bytes, ask the cache, and only then make work.

Looking is cheap and can be repeated; a path that turns out unchanged costs one ``lstat``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from dev_assistant.beats import Beats
from dev_assistant.files import Absent, Content, Unfit, Unreadable, read, stat_of
from dev_assistant.model import (
    Digest,
    Failed,
    FileRecord,
    FileState,
    Fingerprint,
    Job,
    Part,
    RelPath,
    Stat,
    Urgency,
    Verdict,
    part_of,
)
from dev_assistant.ports import Included, Reach, Role
from dev_assistant.record.keys import KeyParts, verdict_key
from dev_assistant.service.state import Awaited, ProjectState
from dev_assistant.service.territory import Territory
from dev_assistant.verify.registry import size_limit, unjudged

_DOUBT_NS = 2_000_000_000
"""Bytes changed less than 2 s ago are read even if ``lstat`` looks the same: times are kept in ticks."""

_TICK_NS = 20_000_000
"""A file read so soon after its change may change again without its times showing it (git: racily clean)."""


@dataclass(frozen=True, slots=True)
class Look:
    """A path with bytes that somebody judges: what to ask the cache for.

    ``lasting`` is what may be remembered of the fingerprint: its times match nothing when the bytes are
    too young to trust them.
    """

    path: RelPath
    fingerprint: Fingerprint
    lasting: Fingerprint
    claims: Mapping[str, Included]
    keys: Mapping[str, Digest]


@dataclass(frozen=True, slots=True)
class Left:
    """A path that is not judged: its record, or None when it is no file of the project."""

    path: RelPath
    record: FileRecord | None


class Planner:
    """Stateless but for its collaborators; runs on the coordinator's thread.

    ``wall`` is wall-clock time in nanoseconds, to compare with what file systems report.
    """

    def __init__(self, *, territory: Territory, wall: Callable[[], int], beats: Beats | None = None) -> None:
        self._territory = territory
        self._wall = wall
        self._beats = beats or Beats()

    def looks(self, state: ProjectState, paths: Sequence[RelPath]) -> list[Look | Left]:
        """``look`` at each of them."""
        with self._beats.at("looking at", state.project.root, stage="look"):
            return [self.look(state, path) for path in paths]

    def planning(self, state: ProjectState) -> AbstractContextManager[None]:
        """While what was seen is compared with what is known, and becomes work."""
        return self._beats.at("planning", state.project.root, stage="plan")

    def look(self, state: ProjectState, path: RelPath) -> Look | Left:
        """What is on disk at ``path``, and under which keys its verdicts are known."""
        self._beats.next("looking at", state.absolute(path))
        if not self._territory.holds(state.project.name, *os.path.split(state.absolute(path))):
            return Left(path, None)
        included, reason, broken = state.claims(path)
        if broken:
            return Left(path, FileRecord(FileState.FAILED, reason=broken))
        if not included:
            return Left(path, self._unclaimed(state, path, reason))
        seen = self._see(state, path)
        match seen:
            case Absent():
                return Left(path, None)
            case Unfit(why):
                return Left(path, FileRecord(FileState.SKIPPED, reason=why))
            case Unreadable(why):
                return Left(path, FileRecord(FileState.FAILED, reason=why))
        claims = heeded(state, path, included)
        return Look(path, seen, self._lasting(seen), claims, keys_of(state, path, seen, claims))

    def _unclaimed(self, state: ProjectState, path: RelPath, reason: str) -> FileRecord | None:
        if not reason and not state.interesting(path):
            return None
        try:
            status = os.lstat(state.absolute(path))
        except OSError:
            return None
        if stat.S_ISDIR(status.st_mode):
            return None
        return FileRecord(FileState.SKIPPED, reason=reason or unjudged(path, state.settings))

    def _see(self, state: ProjectState, path: RelPath) -> Fingerprint | Absent | Unfit | Unreadable:
        absolute = state.absolute(path)
        known = state.files.get(path)
        now = self._wall()
        if known is not None and known.fingerprint is not None:
            try:
                present = stat_of(os.lstat(absolute))
            except OSError:
                present = None
            if present == known.fingerprint.stat and now - present.ctime_ns > _DOUBT_NS:
                state.ranking.read(path, known.fingerprint.digest, None)
                return known.fingerprint
        limit, setting = size_limit(path, state.settings)
        content = read(absolute, limit=limit, setting=setting)
        if isinstance(content, Content):
            state.ranking.read(path, content.fingerprint.digest, content.data)
            return content.fingerprint
        return content

    def _lasting(self, fingerprint: Fingerprint) -> Fingerprint:
        seen = fingerprint.stat
        if self._wall() - max(seen.mtime_ns, seen.ctime_ns) > _TICK_NS:
            return fingerprint
        return Fingerprint(Stat(seen.size, seen.mtime_ns, -1, seen.inode, seen.mode), fingerprint.digest)

    def awaited(
        self,
        look: Look,
        found: Mapping[Digest, Verdict],
        known: FileRecord | None,
        *,
        parked: Container[Digest] = frozenset(),
    ) -> Awaited:
        """Which parts of the verdict are known already, from the cache or from the record itself.

        A failure under a key that is ``parked`` stands.
        """
        own = {part.key: part for part in known.parts} if known is not None else {}
        parts: dict[str, Part] = {}
        for name, key in look.keys.items():
            if key in own and (own[key].summary.outcome != "failed" or key in parked):
                parts[name] = own[key]
            elif key in found and not isinstance(found[key], Failed):
                parts[name] = part_of(found[key], verifier=name, key=key)
        bases = {name: claim.basis for name, claim in look.claims.items()}
        advisors = frozenset(name for name, claim in look.claims.items() if claim.role is Role.ADVISES)
        return Awaited(look.fingerprint, look.lasting, dict(look.keys), parts, bases, advisors)

    def jobs(
        self, state: ProjectState, path: RelPath, awaited: Awaited, *, urgency: Urgency
    ) -> Iterable[Job]:
        """Work for the parts that nobody knows. Where somebody waits, advice comes after what decides."""
        debt = state.debts[path]
        deciding = awaited.missing - awaited.advisors
        awaited.deferred = urgency is Urgency.INTERACTIVE and bool(deciding)
        due = deciding if awaited.deferred else awaited.missing
        for name, key in awaited.wanted.items():
            if name in due:
                yield Job(
                    project=state.project.name,
                    path=path,
                    digest=awaited.fingerprint.digest,
                    stat=awaited.fingerprint.stat,
                    verifier=name,
                    basis=awaited.bases[name],
                    key=key,
                    priority=state.ranking.priority(path),
                    urgency=urgency,
                    since=debt.since,
                    trigger=debt.trigger,
                )


def heeded(state: ProjectState, path: RelPath, included: dict[str, Included]) -> dict[str, Included]:
    """Those of them that have a word on the file: on one that is not critical advisors may have none."""
    if state.settings.deep != "critical":
        return included
    advisors = {name for name, claim in included.items() if claim.role is Role.ADVISES}
    if not advisors or _is_advised_on(state, path, advisors):
        return included
    return {name: claim for name, claim in included.items() if name not in advisors}


def _is_advised_on(state: ProjectState, path: RelPath, advisors: set[str]) -> bool:
    """Critical files are; one that has been judged stays what it was until all that counts is known."""
    record = state.files.get(path)
    if state.ranking.is_current(path) or record is None or not record.parts:
        return state.ranking.is_critical(path)
    return any(part.verifier in advisors for part in record.parts)


def keys_of(
    state: ProjectState, path: RelPath, fingerprint: Fingerprint, included: Mapping[str, Included]
) -> dict[str, Digest]:
    """The names under which the cache knows the verdicts of these bytes, by verifier."""
    executable = bool(fingerprint.stat.mode & 0o111)
    return {
        name: verdict_key(
            KeyParts(
                digest=fingerprint.digest,
                executable=executable,
                path=path,
                verifier=name,
                version=state.versions[name],
                basis=claim.basis,
            )
        )
        for name, claim in included.items()
    }


def holds(state: ProjectState, path: RelPath, record: FileRecord) -> bool:
    """Whether a record would be made under the same keys now, its bytes taken as they were."""
    if record.fingerprint is None:
        return record.state is not FileState.FRESH
    included, _, _ = state.claims(path)
    keys = keys_of(state, path, record.fingerprint, heeded(state, path, included))
    return keys == {part.verifier: part.key for part in record.parts}


def confirms(state: ProjectState, path: RelPath, record: FileRecord, *, wall: int) -> bool:
    """Whether a walk that met the file as it was proves its old verdict, so that nobody has to look.

    ``wall`` is wall-clock time in nanoseconds.
    """
    if record.state is not FileState.STALE or record.fingerprint is None:
        return False
    if wall - record.fingerprint.stat.ctime_ns <= _DOUBT_NS or record.fingerprint.stat.ctime_ns < 0:
        return False
    included, _, broken = state.claims(path)
    keys = keys_of(state, path, record.fingerprint, heeded(state, path, included))
    return not broken and keys == {part.verifier: part.key for part in record.parts}


def matters(state: ProjectState, path: RelPath) -> bool:
    """Whether a path is a file of the project or configures a verifier."""
    return state.interesting(path) or configures(state, path)


def configures(state: ProjectState, path: RelPath) -> bool:
    return any(scope.configures(path) for scope in (state.scopes or {}).values())


def reach(state: ProjectState, path: RelPath) -> Reach:
    """The farthest that any verifier says a change of ``path`` reaches."""
    found = {scope.reach(path) for scope in (state.scopes or {}).values()}
    for farthest in (Reach.CONFIGURATION, Reach.PROJECT, Reach.SUBTREE):
        if farthest in found:
            return farthest
    return Reach.ITSELF


def conclude(awaited: Awaited) -> FileRecord:
    """The file's record once all parts are in: a failed part fails the file, never hides."""
    parts = tuple(awaited.parts[name] for name in sorted(awaited.parts))
    for state in (FileState.FAILED, FileState.SKIPPED):
        for part in parts:
            if part.summary.outcome == state.value:
                return FileRecord(state, awaited.lasting, parts, part.summary.reason)
    return FileRecord(FileState.FRESH, awaited.lasting, parts)
