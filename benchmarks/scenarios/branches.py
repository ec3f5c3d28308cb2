"""git switches to a branch on which half of the files differ (5,000 of 10,000), and back.

The clock runs from git's end to the return of ``wait``. Every round goes to a branch not seen before.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import subject
from corpus import Workspace
from figures import Goal, Row, ratio
from scenario import Field, Scenario, Series, milliseconds
from subject import RUFF, Daemon

GIT = ("git", "-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost", "-c", "gc.auto=0")
HOME = "home"
BACK_SECONDS = 1.0


def run(field: Field) -> list[Row]:
    tree = field.tree()
    changed = tree.modules()[::2]
    rounds = field.rounds(quick=2, full=5)
    prepare(tree, changed, branches=rounds + 1)
    there, back, ruff, runs = Series(), Series(), Series(), 0
    arguments = field.scratch / "changed"
    arguments.write_text("".join(f"{tree.root / path}\n" for path in changed))
    command = [RUFF, "check", "--no-cache", "--quiet", "--output-format", "json-lines", f"@{arguments}"]
    with field.daemon(tree) as daemon:
        for number in range(rounds + 1):
            taken = [switch(tree, daemon, f"branch{number}"), milliseconds(command, cwd=tree.root)]
            before = verified(tree)
            taken.append(switch(tree, daemon, HOME))
            if number:  # the first round warms up
                runs += verified(tree) - before
                for series, sample in zip((there, ruff, back), taken, strict=True):
                    series.samples.append(sample)
        memory = subject.memory_mb(daemon.family())
    goals = (
        Goal("settled after git's end, in ms", back.median, 1e3 * BACK_SECONDS),
        Goal("tool runs on the way back", runs, 0),
    )
    slower = ratio("times the duration of ruff on the changed files", there.samples, ruff.samples, 1.5)
    rates = [1e3 * len(changed) / each.median for each in (there, back)]
    return [
        there.row("there", memory_mb=memory, throughput=rates[0], goals=(slower,)),
        back.row("back", memory_mb=memory, throughput=rates[1], goals=goals),
        ruff.row("ruff check of the changed files"),
    ]


def prepare(tree: Workspace, changed: list[Path], *, branches: int) -> None:
    """A repository with a branch that holds the tree as it is, and others in which ``changed`` differ."""
    (tree.root / ".gitignore").write_text("RUNS/\n")
    for command in (["init", "-q", "-b", HOME], ["add", "."], ["commit", "-q", "-m", "as it was"]):
        git(tree, *command)
    for number in range(branches):
        git(tree, "switch", "-q", "-c", f"branch{number}", HOME)
        for path in changed:
            with open(tree.root / path, "ab") as file:
                file.write(b"# branch %d\n" % number)
        git(tree, "commit", "-q", "-a", "-m", f"branch {number}")
    git(tree, "switch", "-q", HOME)


def switch(tree: Workspace, daemon: Daemon, branch: str) -> float:
    """Milliseconds from git's end until all is judged."""
    git(tree, "switch", "-q", branch)
    begun = time.monotonic()
    daemon.settle()
    return 1e3 * (time.monotonic() - begun)


def git(tree: Workspace, *arguments: str) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    subprocess.run([*GIT, *arguments], cwd=tree.root, env=environ, check=True)


def verified(tree: Workspace) -> int:
    """How many verdicts a tool was run for, by the evidence."""
    return sum(not line["cached"] for line in evidence(tree))


def evidence(tree: Workspace) -> Iterator[dict[str, object]]:
    for file in tree.root.glob("*/RUNS/evidence/*.jsonl"):
        with open(file, "rb") as lines:
            yield from map(json.loads, lines)


SCENARIO = Scenario(
    name="branches",
    title="A branch with half of the files, and back",
    goal="there ≤ 1.5 times ruff on the changed files; back settled ≤ 1 s after git's end with 0 tool runs",
    run=run,
)
