"""Everything is judged for the first time: a daemon without cache, a single check, and ruff on the same tree.

The daemon's time holds all of it: the process that starts it, the walk, and the return of ``wait``.
"""

from __future__ import annotations

import shutil
import time

import subject
from corpus import Workspace
from figures import Row, ratio
from scenario import Field, Scenario, interleaved, milliseconds
from subject import COMMAND, RUFF, running

DAEMON, CHECK, RUFF_COLD = (
    "dev-assistant start, wait",
    "dev-assistant check --no-cache",
    "ruff check --no-cache",
)
LIMIT = 1.25


def run(field: Field) -> list[Row]:
    tree = field.tree()
    memory: list[float] = []
    ruff = [RUFF, "check", "--no-cache", "--quiet", "--output-format", "json-lines", "."]
    check = [COMMAND, "--workspace", str(tree.file), "check", "--no-cache", "--json"]
    ways = {
        DAEMON: lambda: daemon(field, tree, memory),
        CHECK: lambda: milliseconds(check, environ=field.environ()),
        RUFF_COLD: lambda: milliseconds(ruff, cwd=tree.root),
    }
    series = interleaved(ways, rounds=field.rounds(quick=3, full=7))
    theirs = series[RUFF_COLD].samples
    rows = []
    for name, each in series.items():
        goal = ratio("times the duration of ruff check --no-cache", each.samples, theirs, LIMIT)
        rows.append(
            each.row(
                name,
                memory_mb=max(memory) if name == DAEMON else None,
                throughput=tree.python_files / min(each.samples) * 1e3 if each.samples else 0.0,
                goals=() if name == RUFF_COLD else (goal,),
            )
        )
    return rows


def daemon(field: Field, tree: Workspace, memory: list[float]) -> float:
    """Milliseconds from nothing to everything judged."""
    for place in tree.root.rglob("RUNS"):
        shutil.rmtree(place)
    begun = time.monotonic()
    with running(tree.file, home=field.home()) as subject_daemon:
        subject_daemon.settle()
        taken = 1e3 * (time.monotonic() - begun)
        memory.append(subject.memory_mb(subject_daemon.family()))
    return taken


SCENARIO = Scenario(
    name="cold",
    title="Everything for the first time",
    goal="≤ 1.25 times `ruff check --no-cache` on the tree",
    run=run,
)
