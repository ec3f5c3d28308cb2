"""Whether a file costs the same in a large tree as in a small one: the same hundred modules, repeated.

A single check without cache, beside ruff. What a size costs for each file beyond the size before it is free
of what every run costs once; that is what has to stay flat.
"""

from __future__ import annotations

import statistics
from itertools import pairwise

from figures import Goal, Row
from scenario import Field, Scenario, Series, interleaved, milliseconds
from subject import COMMAND, RUFF

STEPS = (100, 1_000, 10_000, 50_000, 100_000)
FLAT = 1.15
OURS, RUFF_COLD = "dev-assistant check", "ruff check"


def run(field: Field) -> list[Row]:
    steps = [step for step in STEPS if step <= field.files]
    taken: dict[tuple[str, int], Series] = {}
    for step in steps:
        tree = field.tree(f"tree-{step}", files=step, repeated=STEPS[0])
        check = [COMMAND, "--workspace", str(tree.file), "check", "--no-cache", "--json"]
        ruff = [RUFF, "check", "--no-cache", "--quiet", "--output-format", "json-lines", "."]
        ways = {
            OURS: lambda check=check: milliseconds(check, environ=field.environ()),
            RUFF_COLD: lambda ruff=ruff, tree=tree: milliseconds(ruff, cwd=tree.root),
        }
        rounds = field.rounds(quick=2, full=3) * (1 if step >= 10_000 else 2)
        taken |= {(name, step): each for name, each in interleaved(ways, rounds=rounds).items()}
    return [
        row
        for name in (OURS, RUFF_COLD)
        for row in _rows(name, {step: taken[name, step].samples for step in steps}, judged=name == OURS)
    ]


def _rows(name: str, taken: dict[int, list[float]], *, judged: bool) -> list[Row]:
    """The smallest size as it is, every other one by what it adds."""
    rows = [Row(f"{name}, {min(taken):,} files in all", "ms a file", _each(taken[min(taken)], min(taken)))]
    for less, more in pairwise(taken):
        base = statistics.median(taken[less])
        beyond = _each([sample - base for sample in taken[more]], more - less)
        rows.append(Row(f"{name}, each beyond {less:,} up to {more:,}", "ms a file", beyond))
    if judged and len(rows) > 2:
        last = rows.pop()
        goal = Goal("times what a file costs in the smallest step", last.median / rows[1].median, FLAT)
        rows.append(Row(last.subject, last.unit, last.samples, goals=(goal,)))
    return rows


def _each(samples: list[float], files: int) -> tuple[float, ...]:
    return tuple(sample / files for sample in samples)


SCENARIO = Scenario(
    name="scaling",
    title="Time for each file as the tree grows",
    goal="flat within 15 % from 100 to 100,000 files (the largest by --size 100k)",
    run=run,
    full=(50_000,),
)
