"""How long ``dev-assistant status`` takes as a whole process, beside an idle daemon and a flooded one.

A bare interpreter is timed in the same rounds: what is left after subtracting it is ours.

    python benchmarks/status.py [--rounds 30] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import corpus
import figures
from subject import Daemon, running

FLOOD_FILES = 500
FLOOD_PAUSE = 0.2


@contextlib.contextmanager
def flood(workspace: corpus.Workspace) -> Iterator[None]:
    """Rewrite files in bursts from a thread of its own, with other bytes each time, until the block ends."""
    stop = threading.Event()
    files = [workspace.root / path for path in workspace.sample(FLOOD_FILES)]
    thread = threading.Thread(target=_rewrite, args=(files, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _rewrite(files: list[Path], stop: threading.Event) -> None:
    originals = [path.read_bytes() for path in files]
    for number in itertools.count():
        for path, original in zip(files, originals, strict=True):
            path.write_bytes(original + b"# %d\n" % number)
        if stop.wait(FLOOD_PAUSE):
            return


def sample(daemon: Daemon, *, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of whole processes, by name."""
    samples: dict[str, list[float]] = {"status": [], "bare python": []}
    commands = {"status": (*daemon.command, "status"), "bare python": (sys.executable, "-c", "pass")}
    for _ in range(rounds):
        for name, command in commands.items():
            begun = time.monotonic()
            done = subprocess.run(command, env=daemon.environ, capture_output=True, timeout=60, check=False)
            samples[name].append(1e3 * (time.monotonic() - begun))
            if done.returncode != 0:
                raise SystemExit(f"{name} ended with {done.returncode}: {done.stderr.decode()}")
    return samples


def measure(*, rounds: int, wheels: Path | None, scratch: Path) -> dict[str, figures.Figures]:
    """Time status beside an idle daemon, then beside the same daemon under a flood of changes."""
    workspace = corpus.build(scratch / "tree", sources=corpus.wheels(wheels))
    print(f"{workspace.python_files} Python files, {rounds} rounds idle, {rounds} under load")
    with running(workspace.file, home=scratch / "home") as daemon:
        daemon.settle(timeout=300)
        idle = sample(daemon, rounds=rounds)
        with flood(workspace):
            busy = sample(daemon, rounds=rounds)
    rows = {f"{name}, idle": figures.figures(values) for name, values in idle.items()}
    return rows | {f"{name}, busy": figures.figures(values) for name, values in busy.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        rows = measure(rounds=arguments.rounds, wheels=arguments.wheels, scratch=Path(scratch))
    print(figures.table(rows, unit="ms", base="bare python, idle"))
    print(figures.save("status", setting={"rounds": arguments.rounds}, rows=rows))


if __name__ == "__main__":
    main()
