"""ruff as a verifier: few files through a living server, many through one run, and never the stale answer.

What is judged are the bytes of the job. Whatever was read beside them (configuration, packages, modules) is
compared before and after, and a difference gives ``Moved``, not a verdict.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from dev_assistant import files, process
from dev_assistant.errors import ToolError
from dev_assistant.model import Checked, Failed, Finding, Job, Moved, Project, Result, Urgency, Verdict
from dev_assistant.ports import Scope
from dev_assistant.verify import ruff_scope
from dev_assistant.verify.modules import dotted_imports
from dev_assistant.verify.ruff_batch import Batch
from dev_assistant.verify.ruff_scope import RuffScope
from dev_assistant.verify.ruff_server import Document, Key, Servers
from dev_assistant.verify.surroundings import Place, View

_CROSSOVER: Final = 8
_RACY_NS: Final = 2_000_000_000
_ANY_SIZE: Final = 1 << 62  # the size was limited when the job was made
_VERSION_SECONDS: Final = 10.0
_BOM: Final = b"\xef\xbb\xbf"
_SERVED: Final = (".py", ".pyi")


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


class _Subject(NamedTuple):
    """A job with all that was read for it. ``data`` is None where the bytes are ruff's to read."""

    job: Job
    path: str
    name: str
    place: Place
    data: bytes | None
    imports: set[str]


class RuffVerifier:
    """Judges Python files with ruff. Thread-safe.

    ``timeout_seconds`` is for one file; a batch gets it scaled. Up to ``crossover`` files that somebody waits
    for go to a living server, of which at most ``servers`` are kept.
    """

    name = "ruff"

    def __init__(
        self, timeout_seconds: float = 10.0, *, crossover: int = _CROSSOVER, servers: int = 4
    ) -> None:
        self._timeout = timeout_seconds
        self._crossover = crossover
        self._servers = Servers(limit=servers)
        self._lock = threading.Lock()
        self._version: tuple[tuple[int, int, int], str] | None = None

    def version(self) -> str:
        """The version of the ruff beside our interpreter; follows an upgrade. Raises ToolError."""
        ruff = process.tool("ruff")
        status = os.stat(ruff)
        stamp = status.st_size, status.st_mtime_ns, status.st_ino
        with self._lock:
            if self._version is None or self._version[0] != stamp:
                self._version = stamp, _ask_version(ruff)
            return self._version[1]

    def scope(self, project: Project, directories: Iterable[str]) -> RuffScope:
        """Read ruff's configuration for the project. Raises ToolError when ruff cannot be run at all."""
        return ruff_scope.build(project, list(directories), ruff=process.tool("ruff"), timeout=self._timeout)

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:
        """Judge jobs of one project; one result for each, in any order. Does not raise."""
        if not isinstance(scope, RuffScope):
            return [Result(job, Failed("the scope is not one of ruff's"), 0.0) for job in jobs]
        started = time.perf_counter()
        turn = _Turn(scope)
        subjects = [subject for job in jobs if (subject := turn.prepare(job))]
        try:
            turn.verdicts.update(self._judge(project, scope, subjects))
        except (ToolError, OSError) as error:
            turn.verdicts.update({s.job.path: Failed(str(error)) for s in subjects})
        turn.settle(subjects)
        share = (time.perf_counter() - started) * 1000 / max(1, len(jobs))
        return [Result(job, turn.verdicts[job.path], share) for job in jobs]

    def verify_file(self, path: str | os.PathLike[str]) -> FileReport:
        """Judge one file with its project's own configuration, whether that leaves it out or not."""
        started = time.perf_counter()
        verdict = self._alone(os.path.abspath(path))
        duration = (time.perf_counter() - started) * 1000
        if isinstance(verdict, Checked):
            violations = [_violation(found) for found in verdict.findings]
            return FileReport(not violations, violations, duration)
        return FileReport(passed=False, violations=[], duration_ms=duration, error=verdict.reason)

    def close(self) -> None:
        """End the living servers."""
        self._servers.close()

    def _alone(self, path: str) -> Checked | Failed:
        match files.read(path, limit=_ANY_SIZE):
            case files.Absent():
                return Failed(f"{path}: no such file")
            case files.Unreadable(reason) | files.Unfit(reason):
                return Failed(f"{path}: {reason}")
        try:
            batch = Batch(process.tool("ruff"), os.path.dirname(path), self._timeout)
        except ToolError as error:
            return Failed(str(error))
        return batch.check([path])[path]

    def _judge(
        self, project: Project, scope: RuffScope, subjects: Sequence[_Subject]
    ) -> dict[str, Checked | Failed]:
        ruff, version = process.tool("ruff"), self.version()
        served = self._served(subjects)
        key = Key(project.root, scope.folders, scope.digest, version)
        answers: dict[str, Checked | Failed] = dict(
            self._servers.check(ruff, key, served, timeout=self._scaled(len(served))) if served else {}
        )
        batch = Batch(ruff, project.root, self._timeout)
        left = [subject.path for subject in subjects if subject.path not in answers]
        if left:
            beside = [path for subject in subjects if (path := _outer_package(scope, subject))]
            answers.update(batch.check(left, beside=beside))
        return {subject.job.path: answers[subject.path] for subject in subjects}

    def _served(self, subjects: Sequence[_Subject]) -> list[Document]:
        if len(subjects) > self._crossover or not any(s.job.urgency is Urgency.INTERACTIVE for s in subjects):
            return []
        return [document for subject in subjects if (document := _document(subject))]

    def _scaled(self, count: int) -> float:
        return self._timeout * (1 + 0.05 * (count - 1))
