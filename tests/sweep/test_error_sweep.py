"""A disk that refuses once, at each place in turn: the daemon lives, says so, and converges."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dev_assistant import failpoints
from sweep.mortal import MortalDesk, mortal_desk
from sweep.test_kill_sweep import DAY, lay_out
from system.daemon_process import until

pytestmark = pytest.mark.linux

COMMANDS = ("client.", "clean.", "spawn.output", "spawn.daemon", "signal.")
"""What is hit in commands and not in the daemon."""

RARE = {
    "file.sync",
    "file.sync-directory",
    "log.rotate",
    "store.shrink",
    "store.aside",
    "evidence.cut",
    "evidence.retire",
}
"""Not hit on an ordinary day: the tests of these modules hit them."""

DAILY = [name for name in failpoints.NAMES if not name.startswith(COMMANDS) and name not in RARE]

UNSAID = {"log.open", "log.write", "store.read", "cookie.unlink", "spawn.ready"}
UNSAID |= {"socket.send", "socket.unlink", "server.spawn", "server.send"}
UNSAID |= {"batch.spawn", "tool.spawn"}
"""The log itself, what is made good in silence, clients that notice themselves, and tools: what they fail at
is said of the files.
"""


def day_with(place: MortalDesk, points: str) -> bool:
    """A day with one error. Whether the daemon could begin it: one that cannot write its lock must not."""
    lay_out(place)
    began = place.launch(points)
    if not began:
        assert place.bury() == 2
        assert place.launch()
    place.settled()
    for step in DAY:
        step(place)
        place.settled()
    return began


def said(place: MortalDesk) -> list[str]:
    """All texts in the log and in the evidence."""
    lines = [json.loads(line) for line in (place.root / "RUNS/logs/daemon.log").read_text().splitlines()]
    lines += [line for name in place.projects for line in place.evidence(name)]
    return [str(text) for line in lines for text in line.values()]


@pytest.mark.sweep
@pytest.mark.timeout(300)
@pytest.mark.parametrize("points", ["error:ENOSPC@1", "error:EIO@2"])
@pytest.mark.parametrize("name", DAILY)
def test_refused_once(
    tmp_path: Path, name: str, points: str, record_property: Callable[[str, object], None]
) -> None:
    with mortal_desk(tmp_path / "desk") as place:
        began = day_with(place, f"{name}={points}")
        assert place.daemon is not None and place.daemon.poll() is None, "it died of it"
        until(lambda: place.check()["summary"]["failed"] == 0)  # a tool that cannot be started is tried again
        place.agree()
        assert place.end() == 0
        if began and name not in UNSAID and points.endswith("1"):
            assert any(f"failpoint {name}" in text for text in said(place))
        place.revive()
        place.judge()
        assert place.end() == 0
    record_property("faults", 1)


def test_a_daemon_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with mortal_desk(tmp_path / "desk") as place:
        lay_out(place)
        place.environ[failpoints.VARIABLE] = "lock.open=error:ENOSPC"
        done = place.run("start")
        assert done.returncode == 2
        assert "No space left on device" in done.stderr and "internal error" not in done.stderr
        place.environ[failpoints.VARIABLE] = "spawn.output=error:EROFS"
        done = place.run("start")
        assert done.returncode == 2
        assert "Read-only file system" in done.stderr and "internal error" not in done.stderr
