"""What a daemon costs while nothing changes: it should judge nothing, write nothing and use no processor.

Writes are told twice: as files below RUNS/ and the daemon's own directories that are new, replaced or
changed, and as the kernel's counts of write calls (pipes and sockets too) and of bytes sent to the disk by
the daemon and all its children. Ends with status 1 when a file changed or something was judged.

    python benchmarks/idle.py [--seconds 60] [--wheels DIR]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import corpus
import figures
from subject import Daemon, running

SETTLE_SECONDS = 3.0

Identity = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Meter:
    """Counters at one moment. ``cpu_s`` in seconds; files by path: inode, size, mtime in nanoseconds."""

    at: float
    cpu_s: float
    write_calls: int
    disk_bytes: int
    rss_bytes: int
    judged: int
    files: dict[Path, Identity]


def read(daemon: Daemon, *, places: list[Path]) -> Meter:
    """Take all counters, the files last: reading them costs the daemon nothing."""
    family = daemon.family()
    times = [process.cpu_times() for process in family]
    counters = [process.io_counters() for process in family] if sys.platform == "linux" else []
    files = {path: _identity(path) for place in places for path in place.rglob("*") if path.is_file()}
    return Meter(
        at=time.monotonic(),
        cpu_s=sum(used.user + used.system for used in times),
        write_calls=sum(counter.write_count for counter in counters),
        disk_bytes=sum(counter.write_bytes for counter in counters),
        rss_bytes=sum(process.memory_info().rss for process in family),
        judged=sum(_lines(path) for path in files if path.parent.name == "evidence"),
        files=files,
    )


def compare(before: Meter, after: Meter) -> dict[str, float]:
    """What happened between two moments, in the units of the names."""
    changed = [path for path in before.files.keys() | after.files.keys() if _differs(path, before, after)]
    for path in sorted(changed):
        print(f"written while idle: {path}")
    return {
        "seconds": after.at - before.at,
        "jobs": after.judged - before.judged,
        "files_written": len(changed),
        "write_calls": after.write_calls - before.write_calls,
        "disk_bytes": after.disk_bytes - before.disk_bytes,
        "cpu_percent": 100 * (after.cpu_s - before.cpu_s) / (after.at - before.at),
        "memory_mb": after.rss_bytes / 1e6,
    }


def _differs(path: Path, before: Meter, after: Meter) -> bool:
    return before.files.get(path) != after.files.get(path)


def _identity(path: Path) -> Identity:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n")


def measure(*, seconds: float, wheels: Path | None, scratch: Path) -> dict[str, float]:
    """Start a daemon on the corpus, let it finish, and leave it alone for ``seconds``."""
    workspace = corpus.build(scratch / "tree", sources=corpus.wheels(wheels))
    home = scratch / "home"
    places = [owner / "RUNS" for owner in (workspace.root, *map(workspace.root.joinpath, workspace.projects))]
    print(f"{workspace.python_files} Python files, idle for {seconds:g} s")
    with running(workspace.file, home=home) as daemon:
        daemon.settle(timeout=300)
        time.sleep(SETTLE_SECONDS)
        before = read(daemon, places=[*places, home])
        time.sleep(seconds)
        return compare(before, read(daemon, places=[*places, home]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--wheels", type=Path, help="a directory of wheels instead of a download")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="da-") as scratch:
        rows = measure(seconds=arguments.seconds, wheels=arguments.wheels, scratch=Path(scratch))
    for name, value in rows.items():
        print(f"{name:14} {value:12.2f}")
    print(figures.save("idle", setting={"seconds": arguments.seconds}, rows=rows))
    return 1 if rows["jobs"] or rows["files_written"] else 0


if __name__ == "__main__":
    sys.exit(main())
