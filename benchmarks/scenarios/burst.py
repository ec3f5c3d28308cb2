"""100 files saved at once, as an editor's search and replace does, until the last verdict has been told."""

from __future__ import annotations

import itertools
from pathlib import Path

import peers
from figures import Row, ratio
from scenario import Field, Missed, Scenario, interleaved, milliseconds
from subject import RUFF

FILES = 100
PATIENCE_SECONDS = 60.0


def run(field: Field) -> list[Row]:
    workspace, daemon = field.settled()
    files = [workspace.root / path for path in workspace.sample(FILES, seed=3)]
    numbers = itertools.count(1)
    ruff = [RUFF, "check", "--no-cache", "--quiet", "--output-format", "json-lines", "--", *map(str, files)]
    with peers.following(daemon) as follower:
        ways = {
            "dev-assistant": lambda: burst(follower, files, numbers),
            "ruff check FILES": lambda: milliseconds(ruff, cwd=workspace.root),
        }
        series = interleaved(ways, rounds=field.rounds(quick=12, full=30), warm_up=2)
        memory = follower.memory_mb()
    ours, theirs = (series[name] for name in ways)
    goal = ratio("times the duration of one ruff check", ours.samples, theirs.samples, 1.5)
    done = [FILES / each * 1e3 for each in ours.samples]
    return [
        ours.row("dev-assistant", memory_mb=memory, throughput=sum(done) / max(1, len(done)), goals=(goal,)),
        theirs.row("ruff check FILES"),
    ]


def burst(follower: peers.Peer, files: list[Path], numbers: itertools.count[int]) -> float:
    """Milliseconds from the last close to the last verdict. Raises Missed."""
    saves = [peers.save(path, number=next(numbers)) for path in files]
    found = follower.answers(saves, timeout=PATIENCE_SECONDS)
    if len(found) < len(saves):
        raise Missed(f"{len(saves) - len(found)} saves without a verdict")
    ends = max(save.closing + found[save.token] for save in saves)
    return 1e3 * (ends - saves[-1].closing)


SCENARIO = Scenario(
    name="burst",
    title="100 files saved at once",
    goal="≤ 1.5 times one `ruff check` of those files",
    run=run,
)
