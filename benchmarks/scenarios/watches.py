"""A tree with 30,000 ignored directories beside the same without: when watching begins, and on what."""

from __future__ import annotations

import time

import corpus
import watcher
from figures import Goal, Row
from scenario import Field, Scenario, interleaved
from subject import Daemon

PLAIN, IGNORING = "dev-assistant", "dev-assistant, ignored directories"
PEERS = ("watchdog", "watchfiles")
MORE_MS = 200.0


def run(field: Field) -> list[Row]:
    plain, ignoring = field.tree("plain"), field.tree("ignoring")
    corpus.ignore_directories(ignoring.root / ignoring.projects[0])
    with field.daemon(plain, home="plain-home") as one, field.daemon(ignoring, home="ignoring-home") as other:
        one.end(), other.end()
        counts = {PLAIN: 0, IGNORING: 0}
        ways = {
            PLAIN: lambda: start(one, PLAIN, counts),
            IGNORING: lambda: start(other, IGNORING, counts),
        }
        series = interleaved(ways, rounds=field.rounds(quick=4, full=10))
    rows = [each.row(name) for name, each in series.items()]
    goals = (
        Goal("ms more than without", rows[1].median - rows[0].median, MORE_MS),
        Goal("watches more than without", counts[IGNORING] - counts[PLAIN], 0),
    )
    ours = series[IGNORING].row(IGNORING, goals=goals, throughput=None)
    return [rows[0], ours, *(peer(name, ignoring, counts[IGNORING]) for name in PEERS)]


def start(daemon: Daemon, name: str, counts: dict[str, int]) -> float:
    """Milliseconds of a start with everything cached."""
    begun = time.monotonic()
    started = daemon.again()
    taken = 1e3 * (time.monotonic() - begun)
    counts[name] = started.status()["watch"]["directories"]
    started.end()
    return taken


def peer(name: str, workspace: corpus.Workspace, ours: int) -> Row:
    """``errors`` are the watches that nobody needs."""
    with watcher.watching(name, workspace.root) as watching:
        unneeded = max(0, watching.watches - ours)
        return Row(f"{name} (errors: watches too many)", "ms", (1e3 * watching.ready_s,), unneeded)


SCENARIO = Scenario(
    name="watches",
    title="30,000 ignored directories",
    goal="only what is not ignored is watched; start ≤ 0.2 s more",
    run=run,
    quick=(1_000,),
    full=(10_000,),
)
