"""Record what judging really costs, for the simulation of the workers: seconds and processor time of batches.

    python benchmarks/record_load.py DIRECTORY... > tests/unit/schedule/load.json

Each batch is judged alone, so that its time is its own: what of it is not processor time, it waits. Then the
same batches are judged by several threads at once, which tells what more threads cost in processor time.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from dev_assistant import files
from dev_assistant.model import Job, Priority, Project, ProjectName, RelPath, Urgency
from dev_assistant.ports import Included, Scope, Verifier
from dev_assistant.verify.registry import RECOGNISED, verifiers

_FILES = 16
_THREADS = (1, 2, 3, 4, 6)
_REPEATS = 3
_TICK = os.sysconf("SC_CLK_TCK")


def main(directories: Sequence[str]) -> None:
    tools = verifiers(timeout_seconds=30.0)
    batches = [batch for directory in directories for batch in _batches(Path(directory).resolve(), tools)]
    for batch in batches:
        batch.judge()  # starts the processes, and brings the files into memory
    alone = [batch.measured() for batch in batches]
    runs = {threads: [_together(batches, threads) for _ in range(_REPEATS)] for threads in _THREADS}
    busy = {threads: round(min(seconds), 2) for threads, seconds in runs.items()}
    for tool in tools:
        tool.close()
    print(json.dumps({"batches": alone, "processor_seconds_by_threads": busy}, indent=1))


class _Batch:
    def __init__(self, project: Project, tool: Verifier, scope: Scope, jobs: Sequence[Job]) -> None:
        self.project, self.tool, self.scope, self.jobs = project, tool, scope, jobs

    def judge(self) -> None:
        self.tool.verify(self.project, self.scope, self.jobs)

    def measured(self) -> dict[str, object]:
        """The fastest of some runs: what was slower, others have disturbed."""
        seconds, busy = min(self._once() for _ in range(_REPEATS))
        size = sum(job.stat.size for job in self.jobs)
        times = {"seconds": round(seconds, 4), "processor": round(busy, 4)}
        return {"verifier": self.tool.name, "files": len(self.jobs), "bytes": size, **times}

    def _once(self) -> tuple[float, float]:
        started, busy = time.perf_counter(), _processor_seconds()
        self.judge()
        return time.perf_counter() - started, _processor_seconds() - busy


def _together(batches: Iterable[_Batch], threads: int) -> float:
    before = _processor_seconds()
    with ThreadPoolExecutor(threads) as executor:
        list(executor.map(_Batch.judge, batches))
    return _processor_seconds() - before


def _batches(root: Path, tools: Iterable[Verifier]) -> Iterator[_Batch]:
    project = Project(ProjectName(root.name), str(root), (str(root),))
    found = [path for path in sorted(root.rglob("*")) if path.suffix in RECOGNISED and path.is_file()]
    directories = sorted({str(path.parent) for path in found} | {str(root)})
    scopes: dict[str, Scope] = {}
    for tool in tools:
        scope = scopes[tool.name] = tool.scope(project, directories, beside=scopes)
        jobs = [job for path in found if (job := _job(project, path, tool, scope))]
        for start in range(0, len(jobs), _FILES):
            yield _Batch(project, tool, scope, jobs[start : start + _FILES])


def _job(project: Project, path: Path, tool: Verifier, scope: Scope) -> Job | None:
    name = RelPath(path.relative_to(project.root).as_posix())
    claim = scope.claims(name)
    content = files.read(str(path), limit=10_000_000)
    if not isinstance(claim, Included) or not isinstance(content, files.Content):
        return None
    print_ = content.fingerprint
    return Job(
        project=project.name,
        path=name,
        digest=print_.digest,
        stat=print_.stat,
        verifier=tool.name,
        basis=claim.basis,
        key=print_.digest,
        priority=Priority.NORMAL,
        urgency=Urgency.BULK,
        since=0.0,
        trigger="scan",
    )


def _processor_seconds(pid: int | None = None) -> float:
    """That of this process and of all below it, those that have ended among them."""
    own = os.getpid() if pid is None else pid
    try:
        fields = Path(f"/proc/{own}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split() if pid else _children()
    except OSError:  # it ended between the two looks: its parent has its time now
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK + sum(_processor_seconds(int(child)) for child in children)


def _children() -> Iterator[str]:
    """Of every thread of this process: each has those that it started."""
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(OSError):  # the thread ended between the two looks
            yield from (task / "children").read_text().split()


if __name__ == "__main__":
    main(sys.argv[1:])
