"""Stop and start with everything cached: when the daemon serves, when it has settled, what it verifies again.

*serves* is ``start`` as a whole process; *settled* counts from there too, to the end of ``wait``.
"""

from __future__ import annotations

import time

import subject
from figures import Goal, Row
from scenario import Field, Scenario, Series, milliseconds
from scenarios.branches import verified
from subject import RUFF

SERVES_MS, SETTLED_MS = 500.0, 2_000.0


def run(field: Field) -> list[Row]:
    tree = field.tree()
    serves, settled, ruff = Series(), Series(), Series()
    ruff_warm = [RUFF, "check", "--quiet", "--output-format", "json-lines", "."]
    memory = 0.0
    with field.daemon(tree) as first:
        before, daemon = verified(tree), first
        for number in range(field.rounds(quick=4, full=10) + 1):
            daemon.end()
            begun = time.monotonic()
            daemon = daemon.again()
            ready = 1e3 * (time.monotonic() - begun)
            daemon.settle()
            done = 1e3 * (time.monotonic() - begun)
            taken = milliseconds(ruff_warm, cwd=tree.root)
            if number:
                for series, sample in zip((serves, settled, ruff), (ready, done, taken), strict=True):
                    series.samples.append(sample)
        memory = subject.memory_mb(daemon.family())
        again = verified(tree) - before
        daemon.end()
    goals = (
        Goal("settled, p50 in ms", settled.median, SETTLED_MS),
        Goal("files verified again", again, 0),
    )
    return [
        serves.row("serves", goals=(Goal("p50 in ms", serves.median, SERVES_MS),)),
        settled.row("settled", memory_mb=memory, goals=goals),
        ruff.row("ruff check with its cache"),
    ]


SCENARIO = Scenario(
    name="restart",
    title="Start with everything cached",
    goal="serving ≤ 0.5 s and settled ≤ 2 s at 50,000 files, 0 verifications",
    run=run,
    full=(50_000,),
)
