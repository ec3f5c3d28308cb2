"""What a daemon costs while nothing changes: it should judge nothing, write nothing and use no processor.

Writes are files below RUNS/ that are new, replaced or changed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

import subject
import watcher
from corpus import Workspace
from figures import Goal, Row
from scenario import Field, Scenario

SETTLE_SECONDS = 3.0
PATIENCE_SECONDS = 120.0
CPU_PERCENT = 0.1
BASE_MB, KB_A_FILE = 80.0, 1.0
Identity = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Meter:
    """Counters at one moment. ``cpu_s`` in seconds; files by path: inode, size, mtime in nanoseconds."""

    at: float
    cpu_s: float
    judged: int
    files: dict[Path, Identity]


def run(field: Field) -> list[Row]:
    workspace, daemon = field.settled()
    seconds = field.rounds(quick=10, full=60)
    with watcher.watching("watchfiles", workspace.root) as peer:
        rest(daemon)
        before, peer_before = read(daemon.family(), workspace), peer.told()[0]
        time.sleep(seconds)
        after, peer_after = read(daemon.family(), workspace), peer.told()[0]
        peer_memory = subject.memory_mb(peer.family)
    passed = after.at - before.at
    percent = 100 * (after.cpu_s - before.cpu_s) / passed
    own = subject.memory_mb([daemon.process])
    changed = [path for path in before.files.keys() | after.files.keys() if _differs(path, before, after)]
    goals = (
        Goal("% of a core", percent, CPU_PERCENT),
        Goal("MB of the daemon, servers apart", own, BASE_MB + KB_A_FILE * field.files / 1e3),
        Goal("jobs", after.judged - before.judged, 0),
        Goal("files written", len(changed), 0),
    )
    everything = subject.memory_mb(daemon.family())
    return [
        Row("dev-assistant", "% of a core", (percent,), memory_mb=everything, goals=goals),
        Row("watchfiles", "% of a core", (100 * (peer_after - peer_before) / passed,), memory_mb=peer_memory),
    ]


def rest(daemon: subject.Daemon) -> None:
    """Let it finish what nobody waits for: criticality, reports."""
    deadline, used = time.monotonic() + PATIENCE_SECONDS, -1.0
    while (now := subject.processor_seconds(daemon.family())) > used + SETTLE_SECONDS / 100:
        used = now
        if time.monotonic() > deadline:
            return
        time.sleep(SETTLE_SECONDS)


def read(family: list[psutil.Process], workspace: Workspace) -> Meter:
    """Take all counters, the files last: reading them costs the daemon nothing."""
    used = subject.processor_seconds(family)
    places = [owner / "RUNS" for owner in (workspace.root, *map(workspace.root.joinpath, workspace.projects))]
    files = {path: _identity(path) for place in places for path in place.rglob("*") if path.is_file()}
    judged = sum(path.read_bytes().count(b"\n") for path in files if path.parent.name == "evidence")
    return Meter(time.monotonic(), used, judged, files)


def _differs(path: Path, before: Meter, after: Meter) -> bool:
    return before.files.get(path) != after.files.get(path)


def _identity(path: Path) -> Identity:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


SCENARIO = Scenario(
    name="idle",
    title="Nothing changes, ten projects",
    goal="≤ 0.1 % of a core, RSS of the daemon ≤ 80 MB + 1 kB per file, 0 jobs, 0 writes",
    run=run,
    full=(50_000,),
)
