"""What verifiers share whose verdict depends on the bytes, the path and options of ours alone.

No configuration of the tree decides anything here, so that a scope is a set of suffixes and a digest. A
verdict is handed out only if the bytes that the job names were there before and are there afterwards.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from dev_assistant import files
from dev_assistant.errors import ToolError
from dev_assistant.escape import visible
from dev_assistant.model import (
    Digest,
    Failed,
    Job,
    Moved,
    Project,
    RelPath,
    Result,
    Skipped,
    Verdict,
)
from dev_assistant.ports import NOTHING_BESIDE, Included, Reach, Role, Scope, Unasked, all_asked

ANY_SIZE: Final = 1 << 62  # the size was limited when the job was made
_RACY_NS: Final = 2_000_000_000  # younger than this, equal times do not prove equal bytes
_LONGEST_MESSAGE: Final = 200


@dataclass(frozen=True, slots=True)
class ContentScope:
    """The files below ``root`` with a suffix (lower case, with the dot) for which there is a role.

    ``digest`` is that of all the verifier's options; ``timeout`` is for one file, in seconds.
    """

    root: str
    roles: Mapping[str, Role]
    digest: Digest
    timeout: float

    def absolute(self, path: RelPath) -> str:
        return os.path.normpath(f"{self.root}/{path}") if path.startswith("../") else f"{self.root}/{path}"

    def claims(self, path: RelPath) -> Included | None:
        """By the suffix alone, whatever its case."""
        role = self.roles.get(suffix(path))
        return Included(self.digest, role) if role is not None else None

    def configures(self, path: RelPath) -> bool:  # noqa: ARG002  the port's; nothing of the tree configures
        return False

    def reach(self, path: RelPath) -> Reach:  # noqa: ARG002  the port's; no file decides about another
        return Reach.ITSELF

    def outside(self) -> tuple[str, ...]:
        return ()

    def configured_by(self, path: RelPath) -> None:  # noqa: ARG002  the port's; no file has a say
        return None


class ContentVerifier:
    """What such verifiers share: which files are theirs, and that no directory decides anything.

    ``roles`` says by suffix what their word weighs; ``options`` are all of theirs. ``timeout_seconds`` is for
    one file.
    """

    def __init__(
        self, name: str, *, roles: Mapping[str, Role], options: Sequence[bytes], timeout_seconds: float
    ) -> None:
        self.name = name
        self._roles = roles
        self._digest = options_digest(*options)
        self._timeout = timeout_seconds

    def handles(self, path: RelPath) -> bool:
        """By the suffix."""
        return suffix(path) in self._roles

    def scope(
        self,
        project: Project,
        directories: Iterable[str],  # noqa: ARG002  nothing in them decides
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,  # noqa: ARG002
        unasked: Unasked = all_asked,  # noqa: ARG002
    ) -> ContentScope:
        """All files of its kind in the project."""
        timeout = self._timeout if timeout_seconds is None else timeout_seconds
        return ContentScope(project.root, self._roles, self._digest, timeout)

    def not_ours(self, jobs: Iterable[Job]) -> list[Result]:
        """The results for a scope that another verifier made."""
        return [Result(job, Failed(f"the scope is not one of {self.name}"), 0.0) for job in jobs]


class Source(NamedTuple):
    """A job with its bytes; ``path`` is absolute."""

    job: Job
    path: str
    data: bytes


Ask = Callable[[Sequence[Source]], Mapping[str, Verdict]]
"""Judges sources, by their absolute path; may raise ToolError and OSError, which fail all of them."""


@functools.lru_cache(maxsize=256)  # each verifier asks for that of the same path
def suffix(path: str) -> str:
    """The suffix of the name in lower case; "" for a name that only begins with a dot."""
    name = path[path.rfind("/") + 1 :]
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 else ""


def options_digest(*options: bytes) -> Digest:
    """The digest of all that decides beside bytes and path, each of ``options`` on its own."""
    return files.digest_of(b"".join(len(option).to_bytes(8) + option for option in options))


class Rooted(Protocol):
    """A scope that knows where its files are."""

    def absolute(self, path: RelPath) -> str: ...


def judge(scope: Rooted, jobs: Iterable[Job], ask: Ask) -> list[Result]:
    """One result for each job: read, asked, and compared with the disk again. Does not raise."""
    started = time.perf_counter()
    turn = _Turn(scope)
    sources = [source for job in jobs if (source := turn.read(job))]
    turn.settle(sources, ask)
    share = (time.perf_counter() - started) * 1000 / max(1, len(turn.verdicts))
    return [Result(job, verdict, share) for job, verdict in turn.verdicts.items()]


@dataclass(slots=True)
class _Turn:
    scope: Rooted
    verdicts: dict[Job, Verdict | Moved] = field(default_factory=dict)

    def read(self, job: Job) -> Source | None:
        """The job's bytes; None when its verdict is known already."""
        path = self.scope.absolute(job.path)
        content = files.read(path, limit=ANY_SIZE)
        if isinstance(content, files.Content) and content.fingerprint.digest == job.digest:
            return Source(job, path, content.data)
        self.verdicts[job] = Failed(content.reason) if isinstance(content, files.Unreadable) else Moved()
        return None

    def settle(self, sources: Sequence[Source], ask: Ask) -> None:
        """Fill in what is said of ``sources``, as far as they are still what was judged."""
        try:
            answers = ask(sources) if sources else {}
        except (ToolError, OSError) as error:
            answers = dict.fromkeys((source.path for source in sources), Failed(str(error)))
        for source in sources:
            still = unchanged(source.path, source.job)
            self.verdicts[source.job] = answers[source.path] if still else Moved()


def unchanged(path: str, job: Job) -> bool:
    """Whether the file holds the job's bytes, and has held them since: a tool may have read it in between.

    That shows in its times, whoever puts the same bytes back; where those are young, it is read again.
    """
    try:
        status = os.lstat(path)
    except OSError:
        return False
    stat = files.stat_of(status)
    if (stat.mtime_ns, stat.ctime_ns) != (job.stat.mtime_ns, job.stat.ctime_ns):
        return False
    if stat == job.stat and status.st_ctime_ns < time.time_ns() - _RACY_NS:
        return True
    content = files.read(path, limit=ANY_SIZE)
    return isinstance(content, files.Content) and content.fingerprint.digest == job.digest


def one_line(message: str) -> str:
    """What a tool says, in one line without control characters, cut where it is very long."""
    told = visible(" ".join(message.split()))
    return told if len(told) <= _LONGEST_MESSAGE else told[: _LONGEST_MESSAGE - 1] + "…"


def split(
    sources: Iterable[Source], unfit: Callable[[Source], Skipped | Failed | None]
) -> tuple[list[Source], dict[str, Verdict]]:
    """Those that the tool is to see, and the verdicts on those that it must not."""
    fit: list[Source] = []
    verdicts: dict[str, Verdict] = {}
    for source in sources:
        if reason := unfit(source):
            verdicts[source.path] = reason
        else:
            fit.append(source)
    return fit, verdicts
