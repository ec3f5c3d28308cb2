"""20,000 files change at once: how long until all are judged, beside one `ruff check` of the same files.

Every file gets new bytes in one go, as a formatter or a code generator would do; the clock runs from the
last write to the return of `wait`. ruff is timed without its cache, right after, on the same bytes.

    python benchmarks/storm.py [--files 20000] [--rounds 3] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import contextlib
import math
import subprocess
import tempfile
import time
from pathlib import Path

import corpus
import figures
from subject import COMMAND, Daemon, running

RUFF = str(Path(COMMAND).with_name("ruff"))


def storm(daemon: Daemon, files: list[Path], *, number: int) -> float:
    """Give every file new bytes; seconds from the last write until all are judged."""
    for path in files:
        with path.open("ab") as stream:
            stream.write(b"# %d\n" % number)
    begun = time.monotonic()
    daemon.settle(timeout=600)
    return time.monotonic() - begun


def ruff(workspace: corpus.Workspace) -> float:
    """Seconds that plain ruff takes for the same projects, one after the other."""
    begun = time.monotonic()
    for project in workspace.projects:
        command = [RUFF, "check", "--no-cache", "--quiet", "--output-format", "json-lines", "."]
        subprocess.run(command, cwd=workspace.root / project, stdout=subprocess.DEVNULL, check=False)
    return time.monotonic() - begun


def measure(*, count: int, rounds: int, wheels: Path | None, scratch: Path) -> dict[str, list[float]]:
    """Milliseconds by what was done."""
    sources = corpus.wheels(wheels)
    size = corpus.build(scratch / "one", sources=sources).python_files
    workspace = corpus.build(scratch / "tree", sources=sources, copies=math.ceil(count / size))
    files = sorted(workspace.root.rglob("*.py"))[:count]
    samples: dict[str, list[float]] = {"settled": [], "ruff check": [], "processor": []}
    with running(workspace.file, home=scratch / "home") as daemon:
        daemon.settle(timeout=900)
        print(f"{workspace.python_files} Python files, {len(files)} of them change at once")
        for number in range(rounds):
            before = processor_seconds(daemon)
            samples["settled"].append(1e3 * storm(daemon, files, number=number))
            samples["processor"].append(1e3 * (processor_seconds(daemon) - before))
            samples["ruff check"].append(1e3 * ruff(workspace))
    return samples


def processor_seconds(daemon: Daemon) -> float:
    """Of the daemon, its living children and those that have ended."""
    total = 0.0
    with contextlib.suppress(Exception):
        times = daemon.process.cpu_times()
        total = times.user + times.system + times.children_user + times.children_system
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        samples = measure(
            count=arguments.files, rounds=arguments.rounds, wheels=arguments.wheels, scratch=Path(scratch)
        )
    rows = {name: figures.figures(values) for name, values in samples.items()}
    print(figures.table(rows, unit="ms", base="ruff check"))
    print(figures.save("storm", setting={"files": arguments.files}, rows=rows))


if __name__ == "__main__":
    main()
