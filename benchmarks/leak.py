"""What stays behind after 20,000 saves: memory, descriptors and threads of the daemon and its children.

Files are saved in rounds, each round is waited for and then sampled. The slope is a least-squares line
through the resident memory of the rounds after the warm-up; descriptors and threads are compared with those
at its end. Ends with status 1 when memory grows by 0.5 MB in 10,000 saves or more, when one of the others
grows, or when the log has an error. The warm-up is long enough for the cache in memory to be full.

    python benchmarks/leak.py [--saves 20000] [--round 500] [--warm-up 12000] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

import corpus
from subject import Daemon, running

FILES = 250
LIMIT_MB = 0.5
"""Per 10,000 saves."""


@dataclass(frozen=True, slots=True)
class Sample:
    """After so many ``saves``: memory of the daemon and of all, descriptors and threads of the daemon."""

    saves: int
    daemon_mb: float
    all_mb: float
    descriptors: int
    threads: int
    children: int


def sample(daemon: Daemon, *, saves: int) -> Sample:
    """Taken once the connection that waited is closed on the other side as well."""
    family = daemon.family()
    own = daemon.process
    sizes = [process.memory_info().rss / 1e6 for process in family if _lives(process)]
    return Sample(saves, sizes[0], sum(sizes), own.num_fds(), own.num_threads(), len(family) - 1)


def _lives(process: psutil.Process) -> bool:
    return bool(process.is_running()) and process.status() != psutil.STATUS_ZOMBIE


def run(daemon: Daemon, files: list[Path], *, saves: int, size: int, warm_up: int) -> list[Sample]:
    """Save, wait, sample, until ``saves`` after the warm-up. Half of a round is saved one by one."""
    samples = []
    targets = itertools.cycle(files)
    originals = {path: path.read_bytes() for path in files}
    for number in range(0, warm_up + saves, size):
        for save in range(size):
            path = next(targets)
            path.write_bytes(originals[path] + b"# %d\n" % (number + save))
            if save < size // 2:
                time.sleep(0.002)
        daemon.settle(timeout=300)
        if number + size >= warm_up:
            samples.append(sample(daemon, saves=number + size))
    return samples


def rows(samples: list[Sample]) -> dict[str, float]:
    """The slope in megabytes per 10,000 saves, and what changed between the first and the last sample."""
    first, last = samples[0], samples[-1]
    slope = statistics.linear_regression([s.saves for s in samples], [s.daemon_mb for s in samples]).slope
    return {
        "saves": last.saves - first.saves,
        "daemon_mb_at_first": first.daemon_mb,
        "daemon_mb_at_last": last.daemon_mb,
        "daemon_mb_per_10k_saves": slope * 10_000,
        "all_mb_at_last": last.all_mb,
        "descriptors_grown": last.descriptors - first.descriptors,
        "threads_grown": last.threads - first.threads,
        "children_grown": last.children - first.children,
    }


def _log(workspace: corpus.Workspace) -> list[bytes]:
    return (workspace.root / "RUNS" / "logs" / "daemon.log").read_bytes().splitlines()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--saves", type=int, default=20_000)
    parser.add_argument("--round", type=int, default=500)
    parser.add_argument("--warm-up", type=int, default=12_000)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        root = Path(scratch)
        workspace = corpus.tree(root / "tree", 2_676, wheels=arguments.wheels)
        files = [workspace.root / path for path in workspace.sample(FILES)]
        with running(workspace.file, home=root / "home") as daemon:
            daemon.settle(timeout=300)
            samples = run(
                daemon, files, saves=arguments.saves, size=arguments.round, warm_up=arguments.warm_up
            )
        errors = [line for line in _log(workspace) if b'"level": "error"' in line]
    for line in errors[:10]:
        print(line.decode())
    found = rows(samples) | {"errors": len(errors)}
    for name, value in found.items():
        print(f"{name:26} {value:12.2f}")
    grown = [found[f"{name}_grown"] > 0 for name in ("descriptors", "threads", "children")]
    return 1 if errors or any(grown) or found["daemon_mb_per_10k_saves"] >= LIMIT_MB else 0


if __name__ == "__main__":
    sys.exit(main())
