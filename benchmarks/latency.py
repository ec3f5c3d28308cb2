"""From a save to its verdict: dev-assistant against other ways to have ruff run on what changed.

Each peer watches its own copy of the same tree, so that a save wakes nobody else, and the rounds are
interleaved, so that a slow moment of the machine hits all of them. The time runs from just before the close
of the write to the moment at which the line with the verdict has been read from the peer's pipe.

    python benchmarks/latency.py [--rounds 25] [--warm-up 3] [--copies 1] [--wheels DIR] [--only PEER ...]
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import corpus
import figures
import peers

PRIME_SECONDS = 120.0


class Rounds:
    """Saves the same files in the copy of each peer in turn; numbers are never used twice."""

    def __init__(self, trees: Mapping[str, corpus.Workspace], *, files: list[Path], timeout: float) -> None:
        self._trees = trees
        self._files = itertools.cycle(files)
        self._timeout = timeout
        self._numbers = itertools.count(1)
        self.samples: dict[str, list[float]] = {name: [] for name in trees}
        self.missed = dict.fromkeys(trees, 0)

    def prime(self, name: str, peer: peers.Peer) -> None:
        """Save until the peer answers: only then does it watch. Raises SystemExit when it never does."""
        deadline = time.monotonic() + PRIME_SECONDS
        file = next(self._files)
        while self._measure(name, peer, file, timeout=2.0) is None:
            if time.monotonic() > deadline:
                raise SystemExit(f"{name} did not answer a save within {PRIME_SECONDS:g} s")

    def play(self, watching: Mapping[str, peers.Peer], *, keep: bool) -> None:
        """One save of one file by each peer."""
        file = next(self._files)
        for name, peer in watching.items():
            seconds = self._measure(name, peer, file, timeout=self._timeout)
            if keep and seconds is None:
                self.missed[name] += 1
            elif keep and seconds is not None:
                self.samples[name].append(seconds * 1e3)

    def _measure(self, name: str, peer: peers.Peer, file: Path, *, timeout: float) -> float | None:
        save = peers.save(self._trees[name].root / file, number=next(self._numbers))
        return peer.answer(save, timeout=timeout)


def measure(arguments: argparse.Namespace, *, names: list[str], scratch: Path) -> Rounds:
    """Build a tree for each peer, start them all, and play the rounds."""
    trees = dict(_trees(arguments, names=names, scratch=scratch))
    files = trees[names[0]].sample(arguments.rounds)
    print(f"{trees[names[0]].python_files} Python files, {arguments.rounds} rounds of {len(names)} peers")
    rounds = Rounds(trees, files=files, timeout=arguments.timeout)
    with ExitStack() as stack:
        watching: dict[str, peers.Peer] = {}
        for name in names:
            home = scratch / f"home-{len(watching)}"
            home.mkdir()
            watching[name] = stack.enter_context(peers.PEERS[name](trees[name], home=home))
            rounds.prime(name, watching[name])
        for number in range(-arguments.warm_up, arguments.rounds):
            rounds.play(watching, keep=number >= 0)
    return rounds


def _trees(
    arguments: argparse.Namespace, *, names: list[str], scratch: Path
) -> Iterator[tuple[str, corpus.Workspace]]:
    first = corpus.build(scratch / "tree-0", sources=corpus.wheels(arguments.wheels), copies=arguments.copies)
    yield names[0], first
    for number, name in enumerate(names[1:], 1):
        root = scratch / f"tree-{number}"
        shutil.copytree(first.root, root)
        yield name, corpus.Workspace(root, first.projects, first.python_files)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--copies", type=int, default=1, help="unpack each wheel so many times")
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    parser.add_argument("--only", nargs="+", choices=sorted(peers.PEERS), default=list(peers.PEERS))
    parser.add_argument(
        "--timeout", type=float, default=30.0, help="seconds until a verdict counts as missed"
    )
    return parser.parse_args()


def main() -> None:
    arguments = _parse()
    names = [name for name in peers.PEERS if name in arguments.only and peers.missing(name) is None]
    for name in arguments.only:
        if reason := peers.missing(name):
            print(f"skipped {name}: {reason}")
    if not names:
        raise SystemExit("nobody is left to measure")
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        rounds = measure(arguments, names=names, scratch=Path(scratch))
    rows = {n: figures.figures(s, missed=rounds.missed[n]) for n, s in rounds.samples.items() if s}
    setting = {key: str(value) for key, value in vars(arguments).items()}
    print(figures.table(rows, unit="ms", base="dev-assistant"))
    print(figures.save("latency", setting=setting, rows=rows))


if __name__ == "__main__":
    main()
