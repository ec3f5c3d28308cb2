"""ruff as a verifier: few files through a living server, many through one run, and never the stale answer.

What is judged are the bytes of the job. Whatever was read beside them (configuration, packages, modules) is
compared before and after, and a difference gives ``Moved``, not a verdict.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from dev_assistant import files, process
from dev_assistant.errors import ToolError
from dev_assistant.model import Checked, Failed, Finding, Job, Project, RelPath, Result, Urgency, Verdict
from dev_assistant.ports import NOTHING_BESIDE, Scope, Unasked, all_asked
from dev_assistant.verify import ruff_scope
from dev_assistant.verify.bisection import scaled
from dev_assistant.verify.content import ANY_SIZE
from dev_assistant.verify.patience import Patience
from dev_assistant.verify.ruff_batch import Batch
from dev_assistant.verify.ruff_scope import RuffScope
from dev_assistant.verify.ruff_server import Document, Key, Servers, fits
from dev_assistant.verify.subjects import Subject, Turn

_CROSSOVER: Final = 16
"""Measured on two cores with ruff's defaults: a server takes 0.7 ms a file, a run 12 ms and 0.5 ms a file.

With all rules both cost more and the runs, on both cores, are ahead from 12 to 32 files. More than this would
keep the next save waiting.
"""
_SERVERS: Final = 12
"""One for each project that somebody is at work in. To start one takes longer than to judge by it; each has
some 10 MB, half of it shared with the others.
"""
_VERSION_SECONDS: Final = 10.0
_PYTHON: Final = (".py", ".pyi", ".pyw", ".ipynb")

_Stamp = tuple[int, int, int]
"""Size, time and inode: another file is another ruff, whatever it says of its version."""


class Violation(NamedTuple):
    """One finding as the library gives it. ``line`` and ``column`` count from 1."""

    code: str
    message: str
    line: int
    column: int
    fix_available: bool


@dataclass(frozen=True, slots=True)
class FileReport:
    """What ruff said of a file. With an ``error`` nothing is known of it, and ``passed`` is False."""

    passed: bool
    violations: list[Violation]
    duration_ms: float
    error: str | None = None


class RuffVerifier:
    """Judges Python files with ruff. Thread-safe.

    ``timeout_seconds`` is for one file; a batch gets it scaled. Up to ``crossover`` files that somebody waits
    for go to a living server, of which at most ``servers`` are kept.
    """

    name = "ruff"

    def __init__(
        self, timeout_seconds: float = 10.0, *, crossover: int = _CROSSOVER, servers: int = _SERVERS
    ) -> None:
        self._timeout = timeout_seconds
        self._crossover = crossover
        self._children = process.Children()
        self._servers = Servers(limit=servers)
        self._lock = threading.Lock()
        self._patience: dict[str, tuple[_Stamp, Patience]] = {}
        self._version: tuple[_Stamp, str] | None = None

    def handles(self, path: RelPath) -> bool:
        """Python, in whatever form: ruff's configuration may leave it out, which is not known here."""
        return path.endswith(_PYTHON)

    def version(self) -> str:
        """The version of the ruff beside our interpreter; follows an upgrade. Raises ToolError."""
        ruff = process.tool("ruff")
        stamp = _stamp(ruff)
        with self._lock:
            if self._version is None or self._version[0] != stamp:
                self._version = stamp, _ask_version(ruff, self._children)
            return self._version[1]

    def prove(self) -> None:
        """Raises ToolError unless ruff finds the fault in a line that is known to have one."""
        Batch(process.tool("ruff"), "/", self._timeout, children=self._children).prove()
        with self._lock:
            self._patience.clear()

    def scope(
        self,
        project: Project,
        directories: Iterable[str],
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,  # noqa: ARG002  nothing comes before it
        unasked: Unasked = all_asked,  # noqa: ARG002  the project's configuration says what is asked
    ) -> RuffScope:
        """Read ruff's configuration for the project. Does not raise: what is broken fails in ``verify``."""
        timeout = self._timeout if timeout_seconds is None else timeout_seconds
        return ruff_scope.build(
            project,
            list(directories),
            ruff=lambda: process.tool("ruff"),
            timeout=timeout,
            children=self._children,
        )

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:
        """Judge jobs of one project; one result for each, in any order. Does not raise."""
        if not isinstance(scope, RuffScope):
            return [Result(job, Failed("the scope is not one of ruff's"), 0.0) for job in jobs]
        started = time.perf_counter()
        living = lives(jobs, most=self._crossover)
        turn = Turn(scope, read=living)
        subjects = [subject for job in jobs if (subject := turn.prepare(job))]
        try:
            self._judge(project, turn, subjects, living=living)
        except (ToolError, OSError) as error:
            turn.verdicts.update({subject.job.path: Failed(str(error)) for subject in subjects})
        turn.settle(subjects)
        share = (time.perf_counter() - started) * 1000 / max(1, len(jobs))
        return [Result(job, turn.verdicts[job.path], share) for job in jobs]

    def verify_file(self, path: str | os.PathLike[str]) -> FileReport:
        """Judge one Python file with its project's own configuration, whether that leaves it out or not.

        A file of another kind is an error: ruff would take it for Python, or pass it unread. Does not raise.
        """
        started = time.perf_counter()
        verdict = self._alone(os.path.abspath(path))
        duration = (time.perf_counter() - started) * 1000
        if isinstance(verdict, Checked):
            violations = [_violation(found) for found in verdict.findings]
            return FileReport(not violations, violations, duration)
        return FileReport(passed=False, violations=[], duration_ms=duration, error=verdict.reason)

    def close(self) -> None:
        """End the living servers and all runs, which then fail; what is asked later begins anew."""
        ending, self._children = self._children, process.Children()
        ending.end()
        self._servers.close()

    def _alone(self, path: str) -> Verdict:
        if not self.handles(RelPath(path)):
            return Failed(f"{path}: not a Python file ({', '.join(_PYTHON)})")
        match files.read(path, limit=ANY_SIZE):
            case files.Absent():
                return Failed(f"{path}: no such file")
            case files.Unreadable(reason) | files.Unfit(reason):
                return Failed(f"{path}: {reason}")
        try:
            ruff = process.tool("ruff")
            batch = Batch(ruff, os.path.dirname(path), self._timeout, children=self._children)
        except ToolError as error:
            return Failed(str(error))
        return batch.check([path])[path]

    def _patience_with(self, ruff: str, project: Project) -> Patience:
        """That of a project: another's configuration may be what ruff breaks on. Another ruff begins anew."""
        stamp = _stamp(ruff)
        with self._lock:
            known = self._patience.get(project.root)
            if known is None or known[0] != stamp:
                known = self._patience[project.root] = stamp, Patience()
            return known[1]

    def _judge(self, project: Project, turn: Turn, subjects: Sequence[Subject], *, living: bool) -> None:
        """Fill in the verdict on each subject. Raises ToolError and OSError when ruff is not there."""
        if not subjects:
            return
        ruff, scope = process.tool("ruff"), turn.scope
        answers: dict[str, Verdict] = {}
        documents = [document for subject in subjects if (document := _document(subject))] if living else []
        key = Key(project.root, scope.folders, scope.digest, self.version())
        timeout = scaled(scope.timeout, count=len(documents))
        served = self._servers.lives(key)
        if documents and served:
            answers.update(self._servers.check(ruff, key, documents, timeout=timeout))
        left = [subject for subject in subjects if subject.path not in answers]
        if left:
            beside = [path for subject in left if (path := _beside(turn, subject))]
            batch = Batch(
                ruff, project.root, scope.timeout, self._patience_with(ruff, project), self._children
            )
            answers.update(batch.check([subject.path for subject in left], beside=beside))
        if documents and not served:  # only now: to start one takes longer than a run, and both cores
            self._servers.begin(ruff, key, documents, timeout=timeout)
        turn.verdicts.update({subject.job.path: answers[subject.path] for subject in subjects})


def lives(jobs: Sequence[Job], *, most: int = _CROSSOVER) -> bool:
    """Whether jobs are for a living server: few, and somebody waits."""
    return len(jobs) <= most and any(job.urgency is Urgency.INTERACTIVE for job in jobs)


def _stamp(ruff: str) -> _Stamp:
    status = os.stat(ruff)
    return status.st_size, status.st_mtime_ns, status.st_ino


def _document(subject: Subject) -> Document | None:
    """The subject for a living server; None where a server is known to judge otherwise than ``ruff check``.

    It knows nothing of ``extension`` and never sees that a package lies within another.
    """
    settings = subject.place.group.settings
    if subject.text is None or settings is None or settings.extensions or _is_nested_candidate(subject):
        return None
    if not fits(subject.path, subject.text):
        return None
    return Document(subject.path, subject.text, subject.place.group)


def _is_nested_candidate(subject: Subject) -> bool:
    return subject.place.group.nested_roots and subject.name == "__init__.py"


def _beside(turn: Turn, subject: Subject) -> str | None:
    """What ruff must see in the same run to judge as it would on the whole project."""
    return turn.outer_package(subject.place) if _is_nested_candidate(subject) else None


def _ask_version(ruff: str, children: process.Children) -> str:
    shown = process.run([ruff, "--version"], cwd="/", timeout=_VERSION_SECONDS, children=children)
    words = shown.stdout.decode("utf-8", "replace").split()
    if shown.status != 0 or len(words) < 2:  # noqa: PLR2004  "ruff 0.17.5"
        raise ToolError(f"ruff --version printed {shown.stdout[:80]!r}")
    return words[1]


def _violation(found: Finding) -> Violation:
    return Violation(found.rule, found.message, found.line, found.column, found.fixable)
