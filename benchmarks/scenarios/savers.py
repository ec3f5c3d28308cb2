"""More and more people at work: 1 to 16 savers, each with a save every 50 ms, and the wait of each save.

At the most savers ``status`` is asked meanwhile: it has to answer however much there is to do.
"""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import peers
import subject
from figures import Goal, Row
from scenario import Field, Scenario, Series, milliseconds
from subject import Daemon

RAMP = (1, 2, 4, 8, 16)
PAUSE_SECONDS = 0.05
PATIENCE_SECONDS = 10.0
Saved = tuple[Path, peers.Save]


def run(field: Field) -> list[Row]:
    workspace, daemon = field.settled()
    files = [workspace.root / path for path in workspace.sample(RAMP[-1] * 16, seed=5)]
    numbers = itertools.count(1)
    seconds = field.rounds(quick=2, full=8)
    asked = Series()
    rows = []
    with peers.following(daemon) as follower:
        for savers in RAMP:
            shares = [files[number::savers] for number in range(savers)]
            with asking(daemon, asked) if savers == RAMP[-1] else contextlib.nullcontext():
                saves, passed = work(shares, numbers, seconds)
            found = follower.answers([save for _, save in saves], timeout=PATIENCE_SECONDS)
            rows.append(_row(savers, saves, found, passed, subject.memory_mb(daemon.family())))
    return [*rows, asked.row(f"status beside {RAMP[-1]} savers")]


def work(shares: Sequence[list[Path]], numbers: Iterator[int], seconds: float) -> tuple[list[Saved], float]:
    """Let each saver save its files in turn; all saves, and how long it took."""
    saves: list[Saved] = []
    begun = time.monotonic()

    def saver(share: list[Path]) -> None:
        for path in itertools.cycle(share):
            if time.monotonic() - begun >= seconds:
                return
            saves.append((path, peers.save(path, number=next(numbers))))
            time.sleep(PAUSE_SECONDS)

    threads = [threading.Thread(target=saver, args=(share,)) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return saves, time.monotonic() - begun


@contextlib.contextmanager
def asking(daemon: Daemon, series: Series) -> Iterator[None]:
    """Ask for the status again and again while the block runs."""
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(PAUSE_SECONDS):
            series.samples.append(milliseconds((*daemon.command, "status"), environ=daemon.environ))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _row(savers: int, saves: list[Saved], found: dict[str, float], passed: float, memory: float) -> Row:
    """A save that the next one of its file overtook needs no verdict; the last one of each file does."""
    last = dict(saves)
    missed = sum(save.token not in found for save in last.values())
    samples = tuple(1e3 * taken for taken in found.values())
    goals = (Goal("files without a verdict on their last save", missed, 0),)
    return Row(f"{savers} savers", "ms", samples, missed, memory, len(found) / passed, goals)


SCENARIO = Scenario(
    name="savers",
    title="More and more savers",
    goal="a verdict on the last save of every file",
    run=run,
    quick=(1_000,),
)
