"""An analysis of ours as a verifier: what it says depends on the bytes, the path and its own code alone.

The bytes are read by the process that analyses them, and it tells their digest: a verdict is always about the
job's bytes, whatever stands there now.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

from dev_assistant import files
from dev_assistant.analysis import worker
from dev_assistant.errors import ToolError
from dev_assistant.model import Blame, Failed, Job, Moved, Project, Result, Skipped, Urgency, Verdict
from dev_assistant.ports import Role, Scope
from dev_assistant.verify.analysts import Analysts
from dev_assistant.verify.bisection import Answers, Bisection, scaled
from dev_assistant.verify.content import ANY_SIZE, ContentScope, ContentVerifier
from dev_assistant.verify.findings import checked
from dev_assistant.verify.patience import Patience

_MOST_FILES: Final = 64
"""In one request: a save may have to wait for one to end."""


class Library(NamedTuple):
    """A distribution that an analysis cannot do without, and the extra of ours that brings it."""

    distribution: str
    extra: str

    def version(self) -> str:
        """Raises ToolError, which says how to get it."""
        try:
            return f"{self.distribution} {_installed(self.distribution, _stamps())}"
        except metadata.PackageNotFoundError:
            way = f'{sys.executable} -m pip install "dev-assistant[{self.extra}]"'
            raise ToolError(f"{self.distribution} is not installed: run {way}") from None


@functools.lru_cache(maxsize=16)
def _installed(distribution: str, stamps: tuple[int, ...]) -> str:  # noqa: ARG001  anew when they change
    """The version of what is installed: reading it takes a millisecond, of each save."""
    return metadata.version(distribution)


def _stamps() -> tuple[int, ...]:
    """When the directories that hold distributions last changed, as installing and removing does."""
    return tuple(os.stat(place).st_mtime_ns for place in sys.path if os.path.isdir(place))


class AnalysisVerifier(ContentVerifier):
    """Judges files by the module ``name`` of ``analysis``. Thread-safe.

    ``roles`` says by suffix what its word weighs. ``timeout_seconds`` is for one file; batches scale it.
    Files that somebody waits for, of no more than ``here`` bytes together, are analysed in this process: to
    ask another one takes longer.
    """

    def __init__(
        self,
        name: str,
        *,
        timeout_seconds: float,
        roles: Mapping[str, Role],
        analysts: Analysts,
        library: Library | None = None,
        here: int = 0,
    ) -> None:
        super().__init__(name, roles=roles, options=(name.encode(),), timeout_seconds=timeout_seconds)
        self._analysts = analysts
        self._library = library
        self._here = here
        self._lock = threading.Lock()
        self._patience: dict[str, Patience] = {}

    def version(self) -> str:
        """Of our own code, and of the library behind it. Raises ToolError when that is missing."""
        return f"{own_version()}, {self._library.version()}" if self._library else own_version()

    def prove(self) -> None:
        """Raises ToolError when no process can be started, or none that can run the analysis."""
        self._analysts.ask(self.name, (), timeout=self._timeout)
        with self._lock:
            self._patience.clear()

    def verify(self, project: Project, scope: Scope, jobs: Sequence[Job]) -> list[Result]:
        """Judge jobs of one project; one result for each. Does not raise."""
        if not isinstance(scope, ContentScope):
            return self.not_ours(jobs)
        started = time.perf_counter()
        turn = _Turn(self, scope, {scope.absolute(job.path): job for job in jobs})
        answers = turn.judge(self._patience_with(project))
        share = (time.perf_counter() - started) * 1000 / max(1, len(jobs))
        return [
            Result(job, Moved() if path in turn.moved else answers[path], share)
            for path, job in turn.jobs.items()
        ]

    def answer(self, jobs: Mapping[str, Job], *, timeout: float) -> tuple[worker.Answer, ...]:
        """On these jobs, by absolute path, in their order. Raises ToolError."""
        size = sum(job.stat.size for job in jobs.values())
        urgent = all(job.urgency is Urgency.INTERACTIVE for job in jobs.values())
        here = urgent and size <= self._here
        limit = self._here if here else ANY_SIZE
        tasks = [worker.Task(os.fsencode(p), os.fsencode(job.path), limit) for p, job in jobs.items()]
        if here:
            return worker.analyse(worker.Request(self.name, tuple(tasks)))
        return self._analysts.ask(self.name, tasks, timeout=scaled(timeout, count=len(jobs), size=size))

    def close(self) -> None:
        self._analysts.close()

    def _patience_with(self, project: Project) -> Patience:
        with self._lock:
            return self._patience.setdefault(project.root, Patience())


class _Turn:
    """One call to the verifier: ``jobs`` by absolute path; ``moved`` hold other bytes by now."""

    def __init__(self, verifier: AnalysisVerifier, scope: ContentScope, jobs: dict[str, Job]) -> None:
        self.jobs = jobs
        self.moved: set[str] = set()
        self._verifier = verifier
        self._scope = scope

    def judge(self, patience: Patience) -> Answers:
        bisection = Bisection(self._run, self._verifier.prove, patience)
        paths = list(self.jobs)
        answers: Answers = {}
        for start in range(0, len(paths), _MOST_FILES):
            answers.update(bisection.check(paths[start : start + _MOST_FILES]))
        return answers

    def _run(self, paths: Sequence[str]) -> Answers:
        part = {path: self.jobs[path] for path in paths}
        answers = self._verifier.answer(part, timeout=self._scope.timeout)
        return {path: self._verdict(path, answer) for path, answer in zip(paths, answers, strict=True)}

    def _verdict(self, path: str, answer: worker.Answer) -> Verdict:
        if answer.digest not in {None, self.jobs[path].digest} or (not answer.digest and not answer.failure):
            self.moved.add(path)
        if answer.failure:
            return Failed(answer.failure, Blame.FILE if answer.digest else Blame.UNKNOWN)
        if answer.left_out:
            return Skipped(answer.left_out)
        return checked(answer.findings)


@functools.cache
def own_version() -> str:
    """The version of all analyses: a digest of their code, so that no verdict outlives a change of it."""
    sources = sorted(Path(worker.__file__).parent.rglob("*.py"))
    code = b"".join(files.digest_of(source.read_bytes()).encode() for source in sources)
    return f"{metadata.version('dev-assistant')}+{files.digest_of(code)[:8]}"
