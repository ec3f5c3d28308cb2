"""Fails when the present tree is slower, bigger or does less than another revision, beyond chance and noise.

The other revision gets a worktree and an environment of its own. Three sides take turns in the same rounds:
that revision, the same once more (what differs between these two is noise), and the present tree.

python benchmarks/gate.py BASE [--rounds 12] [--files 1000] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import corpus
import peers
import subject
from history import REPOSITORY
from scenario import milliseconds
from scenarios.burst import burst
from significance import FEWEST, Judgement, Kind, judge
from subject import BIN, Daemon, running

BASE, AGAIN, CANDIDATE = "base", "base again", "candidate"
SAVED = 20
"""Saves of a round in projects that have been saved in; their median is one sample."""

BURST = 100
PATIENCE_SECONDS = 60.0
QUESTIONS = (("check", "--json"), ("status",))
CONDITIONS = {
    "cold start until settled, ms": Kind.DURATION,
    "first save in a project to verdict, ms": Kind.DURATION,
    "save to verdict, ms": Kind.DURATION,
    f"{BURST} files at once, files a second": Kind.THROUGHPUT,
    "check --json, ms": Kind.DURATION,
    "status, ms": Kind.DURATION,
    "memory of all processes, MB": Kind.MEMORY,
    "warm start until settled, ms": Kind.DURATION,
}
"""What a round measures, in this order."""


@dataclass(slots=True)
class Side:
    """A program, its own copy of the tree, and what it gave by condition."""

    name: str
    command: str
    workspace: corpus.Workspace
    home: Path
    samples: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in CONDITIONS})


def play(side: Side, numbers: Iterator[int]) -> list[float]:
    """One round: a sample of each condition."""
    for place in side.workspace.root.rglob("RUNS"):
        shutil.rmtree(place)
    begun = time.monotonic()
    with running(side.workspace.file, home=side.home, program=side.command) as daemon:
        daemon.settle()
        cold = 1e3 * (time.monotonic() - begun)
        lively = _lively(side, daemon, numbers)
        memory = subject.memory_mb(daemon.family())
        daemon.end()
        begun = time.monotonic()
        again = daemon.again()
        again.settle()
        warm = 1e3 * (time.monotonic() - begun)
        again.end()
    return [cold, *lively, memory, warm]


def _lively(side: Side, daemon: Daemon, numbers: Iterator[int]) -> list[float]:
    """What a daemon does that has judged everything."""
    sample = side.workspace.sample(BURST)
    files = [side.workspace.root / path for path in sample]
    first = [side.workspace.root / path for path in {path.parts[0]: path for path in sample}.values()]
    with peers.following(daemon) as follower:
        saves = [_saved(side, follower, chosen, numbers) for chosen in (first, files[:SAVED])]
        taken = burst(follower, files, numbers)
    asked = [milliseconds([*daemon.command, *what], environ=daemon.environ) for what in QUESTIONS]
    return [*saves, 1e3 * BURST / taken, *asked]


def _saved(side: Side, follower: peers.Peer, files: Sequence[Path], numbers: Iterator[int]) -> float:
    """Milliseconds from a save to its verdict, the median of one save of each file, each after some rest."""
    waits = []
    for path in files:
        follower.rest()
        waits.append(follower.answer(peers.save(path, number=next(numbers)), timeout=PATIENCE_SECONDS))
    answered = [wait for wait in waits if wait is not None]
    if len(answered) < len(files):
        raise SystemExit(f"{side.name}: {len(files) - len(answered)} saves without a verdict")
    return 1e3 * statistics.median(answered)


def measure(sides: Sequence[Side], *, rounds: int) -> None:
    """The sides in turn; who begins changes from round to round, and the first round does not count."""
    numbers = itertools.count(1)
    for number in range(rounds + 1):
        start = number % len(sides)
        for side in (*sides[start:], *sides[:start]):
            found = play(side, numbers)
            for condition, sample in zip(CONDITIONS, found, strict=True):
                if number:
                    side.samples[condition].append(sample)
        print(f"round {number} of {rounds}", file=sys.stderr, flush=True)


def judged(sides: Sequence[Side]) -> dict[str, Judgement]:
    """By condition."""
    base, again, candidate = sides
    return {
        name: judge(
            kind, base=base.samples[name], again=again.samples[name], candidate=candidate.samples[name]
        )
        for name, kind in CONDITIONS.items()
    }


def table(found: dict[str, Judgement]) -> Iterator[str]:
    """Condition, value and threshold of each."""
    width = max(map(len, found))
    yield f"{'condition':{width}}  {'change':>8} {'limit':>7} {'noise':>7} {'chance':>8}"
    for name, each in found.items():
        numbers = f"{each.change:+8.1%} {each.limit:7.0%} {each.noise:7.1%} {each.chance:8.4f}"
        yield f"{name:{width}}  {numbers}  {'REGRESSED' if each.regressed else 'ok'}"


@contextlib.contextmanager
def checked_out(revision: str, scratch: Path) -> Iterator[str]:
    """The program of a revision, installed in an environment of its own as ``make`` does it."""
    tree, environment = scratch / "base", scratch / "venv"
    git = ("git", "-C", str(REPOSITORY), "worktree")
    subprocess.run([*git, "add", "--quiet", "--detach", str(tree), revision], check=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
        pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--disable-pip-version-check", "-e", str(tree)], check=True)
        yield str(environment / "bin" / "dev-assistant")
    finally:
        subprocess.run([*git, "remove", "--force", str(tree)], check=True)


def sides(base: str, arguments: argparse.Namespace, scratch: Path) -> Iterator[Side]:
    for name, command in ((BASE, base), (AGAIN, base), (CANDIDATE, str(BIN / "dev-assistant"))):
        place = scratch / name.replace(" ", "-")
        tree = corpus.tree(place / "tree", arguments.files, wheels=arguments.wheels)
        yield Side(name, command, tree, place / "home")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("base", metavar="BASE", help="the revision to compare with")
    parser.add_argument("--rounds", type=int, default=12, help=f"at least {FEWEST}")
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    if arguments.rounds < FEWEST:
        parser.error(f"fewer than {FEWEST} rounds prove nothing")
    subject.end_with_us()
    with tempfile.TemporaryDirectory(prefix="da-") as directory:
        scratch = Path(directory).resolve()
        with checked_out(arguments.base, scratch) as base:
            compared = [*sides(base, arguments, scratch)]
            measure(compared, rounds=arguments.rounds)
    found = judged(compared)
    print("\n".join(table(found)))
    return 1 if any(each.regressed for each in found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
