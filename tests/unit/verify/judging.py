"""Trees, jobs and verdicts for the tests of the verifiers."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path

from dev_assistant import files, process
from dev_assistant.model import Digest, Job, Moved, Priority, Project, ProjectName, RelPath, Urgency
from dev_assistant.ports import Included

NAME = ProjectName("p")


def write(root: Path, tree: Mapping[str, str | bytes]) -> Path:
    for path, content in tree.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def project(root: Path, *outside: Path) -> Project:
    return Project(NAME, str(root), (str(root), *map(str, outside)))


def directories(*roots: Path) -> list[str]:
    return [directory for root in roots for directory, _, _ in os.walk(root)]


def paths(root: Path) -> list[RelPath]:
    found = [os.path.relpath(os.path.join(d, f), root) for d, _, fs in os.walk(root) for f in fs]
    return [RelPath(path) for path in sorted(found)]


def job(scope, path: str, urgency: Urgency = Urgency.BULK) -> Job:
    claim = scope.claims(RelPath(path))
    assert isinstance(claim, Included), f"{path}: {claim}"
    content = files.read(scope.absolute(path), limit=1 << 40)
    assert isinstance(content, files.Content)
    stat, digest = content.fingerprint.stat, content.fingerprint.digest
    key = Digest("0" * 32)
    return Job(
        NAME, RelPath(path), digest, stat, "ruff", claim.basis, key, Priority.NORMAL, urgency, 0.0, "test"
    )


def judge(
    verifier, tree: Project, scope, wanted: Iterable[str], urgency: Urgency = Urgency.BULK, *, at_once=256
):
    """The verdict on each path, asked again while something moved, as the daemon does."""
    verdicts, todo = {}, list(wanted)
    if urgency is Urgency.INTERACTIVE:
        saved_before(verifier, tree, scope, [job(scope, path, urgency) for path in todo[:at_once]])
    for _ in range(4):
        moved = []
        for start in range(0, len(todo), at_once):
            jobs = [job(scope, path, urgency) for path in todo[start : start + at_once]]
            for result in verifier.verify(tree, scope, jobs):
                if isinstance(result.verdict, Moved):
                    moved.append(result.job.path)
                else:
                    verdicts[result.job.path] = result.verdict
        todo = moved
        if not todo:
            return verdicts
    raise AssertionError(f"never came to rest: {todo}")


def saved_before(verifier, tree: Project, scope, jobs: list[Job]) -> None:
    """A first save is judged by a run; when this returns, what it has started is there for the next one."""
    verifier.verify(tree, scope, jobs)
    started()


def started() -> None:
    """When this returns, no server of ruff's is on its way any more."""
    for thread in threading.enumerate():
        if thread.name == "ruff-server-start":
            thread.join(30.0)
            assert not thread.is_alive()


def judge_all(verifier, root: Path, *wanted: str):
    """The verdict on each file below ``root``, or on those that are wanted."""
    tree = project(root)
    return judge(verifier, tree, verifier.scope(tree, directories(root)), wanted or paths(root))


def rules(verdict) -> list[str]:
    return [found.rule for found in verdict.findings]


def ruff(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [process.tool("ruff"), "check", "--no-cache", *arguments]
    return subprocess.run(
        command, cwd=root, env=process.clean_environment(), capture_output=True, check=False
    )


def listed(root: Path, start: str = ".") -> set[str]:
    """The files that ``ruff check`` on a directory would check."""
    shown = ruff(root, "--no-respect-gitignore", "--show-files", start)
    assert shown.returncode == 0, shown.stderr
    return {os.path.relpath(line, root) for line in os.fsdecode(shown.stdout).splitlines()}
