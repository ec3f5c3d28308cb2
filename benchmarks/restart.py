"""How soon the daemon is ready after ``kill -9`` with everything cached, and how much it verifies again.

It is killed once while it idles, and then right after saves. *ready* is ``start`` as a whole process, until
the daemon watches; *settled* counts from there too, to the end of ``wait``. Verified again: lines of evidence
behind which no cache hit stands, but for the files saved, as a share of all files.

    python benchmarks/restart.py [--kills 5] [--files 10000] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import corpus
import figures
from subject import Daemon, running

SAVED = 20
"""Files saved just before each kill but the first: what they cost is verified in any case."""


def verified(workspace: corpus.Workspace) -> int:
    """How many verdicts a tool was run for, by the evidence."""
    files = workspace.root.glob("*/RUNS/evidence/*.jsonl")
    lines = (json.loads(line) for file in files for line in file.read_text().splitlines())
    return sum(not line["cached"] for line in lines)


def kill(daemon: Daemon) -> None:
    daemon.process.kill()
    daemon.process.wait(30)


def restart(daemon: Daemon) -> tuple[Daemon, float, float]:
    """The daemon anew, and the seconds until it was ready and until it had settled."""
    begun = time.monotonic()
    started = daemon.again()
    ready = time.monotonic() - begun
    started.settle(timeout=600)
    return started, ready, time.monotonic() - begun


def measure(
    workspace: corpus.Workspace, *, kills: int, home: Path
) -> tuple[dict[str, list[float]], list[float]]:
    """Seconds by name for each kill, and the share of files that was verified again in percent."""
    samples: dict[str, list[float]] = {"ready": [], "settled": []}
    shares: list[float] = []
    saved = workspace.sample(SAVED)
    with running(workspace.file, home=home) as first:
        first.settle(timeout=1200)
        daemon = first
        for number in range(kills):
            before, changed = verified(workspace), saved if number else []
            for path in changed:
                with open(workspace.root / path, "a") as file:
                    file.write(f"# {number}\n")
            kill(daemon)
            daemon, ready, settled = restart(daemon)
            samples["ready"].append(ready)
            samples["settled"].append(settled)
            again = max(0, verified(workspace) - before - len(changed))
            shares.append(100 * again / workspace.python_files)
        daemon.end()
    return samples, shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--files", type=int, default=10_000, help="at least so many, by copies of the wheels")
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        workspace = _of_size(Path(scratch), arguments.files, corpus.wheels(arguments.wheels))
        print(f"{workspace.python_files} Python files, {arguments.kills} kills")
        samples, shares = measure(workspace, kills=arguments.kills, home=Path(scratch) / "home")
    rows = {name: figures.figures(values) for name, values in samples.items()}
    print(figures.table(rows, unit="s"))
    print(f"verified again: {max(shares):.2f} % at most")
    setting = {"kills": arguments.kills, "files": workspace.python_files}
    print(figures.save("restart", setting=setting, rows=rows | {"verified again, % at most": max(shares)}))


def _of_size(scratch: Path, files: int, wheels: list[Path]) -> corpus.Workspace:
    """The wheels once, or as often as it takes to reach so many files."""
    workspace = corpus.build(scratch / "tree", sources=wheels)
    if workspace.python_files >= files:
        return workspace
    copies = -(-files // workspace.python_files)
    return corpus.build(scratch / f"tree{copies}", sources=wheels, copies=copies)


if __name__ == "__main__":
    main()
