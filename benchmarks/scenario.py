"""What a scenario is, and what it is given: a size, a place on disk, and how often to measure."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import corpus
from figures import Row
from subject import Daemon, running, surroundings


class Missed(Exception):  # noqa: N818  what is counted, not a fault of the program
    """An attempt that had no answer in time, or a wrong one."""


@dataclass(frozen=True, slots=True)
class Field:
    """Where one scenario runs once. ``scratch`` is its own; ``standing`` outlives it."""

    files: int
    quick: bool
    scratch: Path
    standing: Standing
    wheels: Path | None = None

    def rounds(self, *, quick: int, full: int) -> int:
        return quick if self.quick else full

    def tree(
        self, name: str = "tree", *, files: int | None = None, repeated: int | None = None
    ) -> corpus.Workspace:
        """A tree of its own, of the scenario's size unless ``files`` says another."""
        return corpus.tree(self.scratch / name, files or self.files, repeated=repeated, wheels=self.wheels)

    def home(self, name: str = "home") -> Path:
        (self.scratch / name).mkdir(exist_ok=True)
        return self.scratch / name

    def environ(self, name: str = "home") -> dict[str, str]:
        return surroundings(self.home(name))

    @contextlib.contextmanager
    def daemon(self, workspace: corpus.Workspace, *, home: str = "home") -> Iterator[Daemon]:
        """A daemon that has judged everything."""
        with running(workspace.file, home=self.home(home)) as daemon:
            daemon.settle()
            yield daemon

    def settled(self) -> tuple[corpus.Workspace, Daemon]:
        """A tree of this size and a daemon that has judged it, shared with the scenarios that follow."""
        return self.standing.of(self)


@dataclass(slots=True)
class Standing:
    """Daemons that several scenarios ask, by the size of their trees; they live as long as ``stack``."""

    scratch: Path
    stack: contextlib.ExitStack
    known: dict[int, tuple[corpus.Workspace, Daemon]] = field(default_factory=dict)

    def of(self, asked: Field) -> tuple[corpus.Workspace, Daemon]:
        if asked.files not in self.known:
            place = self.scratch / f"standing-{asked.files}"
            workspace = corpus.tree(place / "tree", asked.files, wheels=asked.wheels)
            daemon = self.stack.enter_context(running(workspace.file, home=place / "home"))
            daemon.settle()
            self.known[asked.files] = workspace, daemon
        return self.known[asked.files]


@dataclass(frozen=True, slots=True)
class Scenario:
    """``run`` measures once at the size of its field; ``quick`` and ``full`` are the sizes of the profiles.

    ``goal`` is said in words; each row holds its own goals with value and limit.
    """

    name: str
    title: str
    goal: str
    run: Callable[[Field], list[Row]]
    quick: tuple[int, ...] = (10_000,)
    full: tuple[int, ...] = (10_000,)


@dataclass(slots=True)
class Series:
    """What one way gave, round after round."""

    samples: list[float] = field(default_factory=list)
    errors: int = 0

    @property
    def median(self) -> float:
        return self.row("").median

    def row(self, subject: str, unit: str = "ms", **rest: object) -> Row:
        return Row(subject, unit, tuple(self.samples), self.errors, **rest)  # type: ignore[arg-type]


def interleaved(
    ways: Mapping[str, Callable[[], float]], *, rounds: int, warm_up: int = 1
) -> dict[str, Series]:
    """Each way in turn, so that a slow moment of the machine hits all; ``warm_up`` rounds do not count.

    Who comes first changes from round to round: what one leaves behind hits the next, whoever that is.
    """
    series = {name: Series() for name in ways}
    order = deque(ways.items())
    for number in range(-warm_up, rounds):
        order.rotate()
        for name, way in order:
            try:
                sample = way()
            except Missed:
                series[name].errors += number >= 0
                continue
            if number >= 0:
                series[name].samples.append(sample)
    return series


def milliseconds(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    passing: frozenset[int] = frozenset({0, 1, 3}),
) -> float:
    """What a command takes as a whole process, its output read by nobody. Raises Missed."""
    begun = time.monotonic()
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    taken = 1e3 * (time.monotonic() - begun)
    if done.returncode not in passing:
        raise Missed(f"{command[0]} ended with {done.returncode}")
    return taken
