"""What the coordinator needs of the outside, as protocols. Fakes of these drive the flow tests.

Who calls what on which thread is part of each promise: the coordinator's thread never waits for a tool.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from dev_assistant.model import Appraisal, Digest, FileRecord, Job, Project, RelPath, Result, Verdict


class HintKind(enum.Enum):
    """What an event suggests; the truth is on disk."""

    WHOLE = "whole"  # closed after writing, or moved in: the bytes are probably complete
    TOUCHED = "touched"  # created, modified, attributes: somebody may still be writing
    GONE = "gone"  # deleted or moved away; an editor may be about to put it back
    DIRECTORY = "directory"  # a directory appeared
    DIRECTORY_GONE = "directory-gone"  # a directory vanished or was moved away


class Hint(NamedTuple):
    """An event about ``name`` in ``directory`` (absolute, as it was passed to ``cover``).

    ``at`` is the monotonic time in seconds at which it was read.
    """

    directory: str
    name: str
    kind: HintKind
    at: float


@dataclass(frozen=True, slots=True)
class Hints:
    """Events in the order in which they were read."""

    hints: tuple[Hint, ...]


@dataclass(frozen=True, slots=True)
class Overflowed:
    """Events were lost: all that is covered has to be surveyed again. ``at`` as in Hint."""

    at: float
    reason: str = "events were lost"


@dataclass(frozen=True, slots=True)
class CoverLost:
    """The watch on ``directory`` ended: it was deleted, moved or unmounted."""

    directory: str
    at: float


SourceEvent = Hints | Overflowed | CoverLost


class Holder(NamedTuple):
    """A process and how many of the machine's inotify watches it has."""

    pid: int
    name: str
    watches: int


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """``directories`` are covered; ``uncovered`` could not be (watch limit, permission), with the reason.

    ``polled`` of both found no watch and are looked at again and again. ``holders`` have the watches that
    are missing, most first. ``note`` says why the source is not at its best as a whole, e.g. what it is a
    fallback for. Not ``alive``: its thread has ended, and nothing is told any more.
    """

    backend: str
    directories: int
    overflows: int = 0
    uncovered: tuple[tuple[str, str], ...] = ()
    note: str = ""
    polled: int = 0
    holders: tuple[Holder, ...] = ()
    alive: bool = True


class ChangeSource(Protocol):
    """Tells which directories' entries changed. May repeat and reorder; never loses without saying so.

    ``cover`` and ``uncover`` may be called from any thread. Events for a directory are reported from the
    moment ``cover`` returns: scan it after that, not before.
    """

    def start(self, post: Callable[[SourceEvent], None]) -> None: ...
    def cover(self, directory: str) -> bool:
        """Watch the entries of one directory (not below it); idempotent. False: could not, see ``health``."""

    def uncover(self, directory: str) -> None:
        """Forget a directory and every covered one below it; idempotent."""

    def health(self) -> SourceHealth: ...
    def stop(self) -> None: ...


class Reach(enum.Enum):
    """How far a change of one path reaches beside its own verdict."""

    ITSELF = "itself"
    SUBTREE = "subtree"  # everything below the path's directory
    PROJECT = "project"
    CONFIGURATION = "configuration"  # the scope itself must be built anew


class Role(enum.Enum):
    """What a verifier's word weighs. A file that nobody ``JUDGES`` is not judged at all."""

    JUDGES = "judges"
    ACCOMPANIES = "accompanies"  # it decides as well, and does not know enough to decide alone
    ADVISES = "advises"  # its findings are advice, and nobody has to wait for them


class Included(NamedTuple):
    """The verifier has a word on this path; ``basis`` digests all that decides beside its bytes and name."""

    basis: Digest
    role: Role = Role.JUDGES


class Excluded(NamedTuple):
    """The verifier knows such paths and leaves this one out, e.g. by the project's own configuration."""

    reason: str


class Broken(NamedTuple):
    """The verifier would judge this path, and cannot: its tool is missing, or does not work."""

    reason: str


Claim = Included | Excluded | Broken | None
"""What a verifier says to a path; None: it is not a file of its kind."""


class Scope(Protocol):
    """A verifier's view of one project's configuration: immutable, built off the coordinator's thread."""

    @property
    def digest(self) -> Digest:
        """Of all that decides beside bytes and paths: another one means other keys."""

    def claims(self, path: RelPath) -> Claim:
        """What to do with a path. Costs microseconds, never calls out."""

    def configures(self, path: RelPath) -> bool:
        """Whether a change of ``path`` means that the scope must be built anew."""

    def reach(self, path: RelPath) -> Reach:
        """What else a creation, change or deletion of ``path`` may decide."""

    def outside(self) -> tuple[str, ...]:
        """Absolute paths of configuration files that are read from outside the project's watch paths."""

    def configured_by(self, path: RelPath) -> str | None:
        """The file (absolute) that says how ``path`` is judged; None: built-in rules do. For any thread."""


NOTHING_BESIDE: Mapping[str, Scope] = {}

Unasked = Callable[[RelPath], frozenset[str]]
"""The codes of rules whose advice on a path nobody wants."""


def all_asked(path: RelPath) -> frozenset[str]:  # noqa: ARG001
    """All advice is wanted."""
    return frozenset()


class Verifier(Protocol):
    """Judges files of one kind. Thread-safe; every call is bounded by a timeout of its own."""

    name: str

    def handles(self, path: RelPath) -> bool:
        """Whether a file of this name is of its kind: what fails while the verifier cannot be used."""

    def version(self) -> str:
        """The tool's version, part of every cache key. Raises ToolError when it cannot be told."""

    def prove(self) -> None:
        """Raises ToolError when the tool cannot even judge what it is known to find fault with."""

    def scope(
        self,
        project: Project,
        directories: Iterable[str],
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,
        unasked: Unasked = all_asked,
    ) -> Scope:
        """Read the configuration that holds in ``directories`` (absolute, all of the project's).

        ``beside`` are the scopes of verifiers that come before this one, for the same project.
        ``timeout_seconds`` bounds judging one file of the project (None: the verifier's own limit).
        ``unasked`` rules are for those that advise.
        A broken configuration does not raise: its paths are claimed and then ``Failed`` with the reason.
        """

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:
        """Judge jobs of one project; one result for each, in any order. Does not raise."""

    def close(self) -> None: ...


class Evidence(NamedTuple):
    """One accepted verdict as the evidence log keeps it. ``time`` is wall-clock seconds, for display."""

    time: float
    path: RelPath
    trigger: str
    digest: Digest
    size: int
    record: FileRecord
    tools: tuple[tuple[str, str, Digest], ...]  # (verifier, version, basis)
    duration_ms: float
    cached: bool


class VerdictStore(Protocol):
    """One project's cache on disk. An unreadable store is an empty store; used by one thread at a time."""

    def load(self) -> dict[RelPath, FileRecord]:
        """The view as it was last saved."""

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        """The verdicts that are known under these keys."""

    def appraisals(self) -> dict[RelPath, Appraisal]:
        """Of the files in the view that were appraised; never those of a file that has gone since."""

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = ...,
    ) -> None:
        """One transaction: new rows of files (None: gone), verdicts, and appraisals of files in the view."""

    def close(self) -> None: ...


class EvidenceLog(Protocol):
    """One project's append-only record of what was judged."""

    def append(self, entries: Sequence[Evidence]) -> None: ...
    def close(self) -> None: ...
