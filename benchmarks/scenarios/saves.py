"""From a save to its verdict: dev-assistant against other ways to have ruff run on what changed.

Each peer watches its own copy of the same tree, so that a save wakes nobody else. The time runs from just
before the close of the write to the moment at which the line with the verdict was read from the peer's pipe.
"""

from __future__ import annotations

import itertools
import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import peers
from corpus import Workspace
from figures import Goal, Row, faster, percentile
from scenario import Field, Missed, Scenario, Series, interleaved

PRIME_SECONDS = 180.0
PATIENCE_SECONDS = 30.0
PAUSE_SECONDS = 1.0
"""Between two saves in different projects: nobody is at work in both at once."""

OURS = "dev-assistant"
FIRST = "dev-assistant, first save in a project"


class Saver:
    """Saves file after file in the tree of one peer; numbers are never used twice."""

    def __init__(self, peer: peers.Peer, tree: Workspace, numbers: itertools.count[int]) -> None:
        self.peer = peer
        self._root = tree.root
        sample = tree.sample(100)
        self._files = itertools.cycle(sample)
        self._first = {path.parts[0]: path for path in sample}
        self._numbers = numbers

    def __call__(self) -> float:
        """Milliseconds to the verdict. Raises Missed."""
        return self._saved(next(self._files))

    def visit(self) -> list[float]:
        """Milliseconds to the verdict on one file of each project: nobody has saved there yet."""
        taken = []
        for path in self._first.values():
            self.peer.rest()
            time.sleep(PAUSE_SECONDS)
            taken.append(self._saved(path))
        return taken

    def _saved(self, path: Path) -> float:
        taken = self._answered(path, PATIENCE_SECONDS)
        self.peer.rest()
        if taken is None:
            raise Missed("no verdict in time")
        return 1e3 * taken

    def prime(self) -> None:
        """Save until the peer answers: only then does it watch. Raises Missed when it never does."""
        deadline, patience = time.monotonic() + PRIME_SECONDS, 2.0
        while self._answered(next(self._files), patience) is None:
            patience *= 2  # what takes longer than that must not be asked anew for ever
            if time.monotonic() > deadline:
                raise Missed(f"no answer within {PRIME_SECONDS:g} s")

    def _answered(self, path: Path, timeout: float) -> float | None:
        save = peers.save(self._root / path, number=next(self._numbers))
        return self.peer.answer(save, timeout=timeout)


def run(field: Field) -> list[Row]:
    names = [name for name in peers.PEERS if peers.missing(name) is None]
    numbers = itertools.count(1)
    with ExitStack() as stack:
        savers = {}
        for place, name in enumerate(names):
            tree = field.tree(f"tree-{place}")
            peer = stack.enter_context(peers.PEERS[name](tree, home=field.home(f"home-{place}")))
            savers[name] = Saver(peer, tree, numbers)
            savers[name].prime()
        first = Series({name: saver.visit() for name, saver in savers.items()}[OURS])
        series = interleaved(savers, rounds=field.rounds(quick=20, full=50), warm_up=3)
        memory = {name: saver.peer.memory_mb() for name, saver in savers.items()}
    return [first.row(FIRST)] + [
        each.row(
            name,
            memory_mb=memory[name],
            throughput=1e3 / statistics.fmean(each.samples) if each.samples else 0.0,
            goals=_goals(series) if name == OURS else (),
        )
        for name, each in series.items()
    ]


def _goals(series: dict[str, Series]) -> tuple[Goal, ...]:
    ours = series[OURS].samples
    wanted = {"inotifywait | ruff": 2.0, "watchfiles + ruff": 15.0}
    return (
        Goal("p50 in ms", percentile(ours, 50), 4.0),
        Goal("p95 in ms", percentile(ours, 95), 10.0),
        *(
            faster(f"times faster than {name}", ours, series[name].samples, times)
            for name, times in wanted.items()
            if name in series
        ),
    )


SCENARIO = Scenario(
    name="saves",
    title="From a save to its verdict",
    goal="p50 ≤ 4 ms, p95 ≤ 10 ms at every size; 2 times as fast as inotifywait, 15 times as watchfiles",
    run=run,
    quick=(1_000, 10_000),
    full=(1_000, 10_000, 50_000),
)
