"""Threads that end, threads that hang, and too much memory, in a real daemon."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from system.daemon_process import PATIENCE, Desk, desk, until

pytestmark = pytest.mark.linux
SABOTEUR = Path(__file__).with_name("sabotaged_daemon.py")


def furnished(place: Desk) -> Desk:
    place.project("app")
    for number in range(3):
        place.write(f"app/m{number}.py", f"import os\n\nN = {number}\n")
    return place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    """With a log of its own."""
    with desk(tmp_path) as place:
        yield furnished(place)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("supervision")) as place:
        yield place


@pytest.fixture
def shared(running: Desk) -> Desk:
    """With the daemon of the test before, if it left one."""
    running.turn()
    return furnished(running)


@contextlib.contextmanager
def sabotaged(place: Desk) -> Iterator[subprocess.Popen[str]]:
    """A daemon that takes orders to end its threads."""
    command = [sys.executable, str(SABOTEUR), "--root", str(place.root)]
    with subprocess.Popen(
        command, cwd=place.root, env=place.environ, stdin=subprocess.PIPE, text=True, stderr=subprocess.PIPE
    ) as daemon:
        try:
            until(lambda: place.run("wait").returncode in (0, 1))
            yield daemon
        finally:
            daemon.kill()


def order(daemon: subprocess.Popen[str], name: str, error: str) -> None:
    assert daemon.stdin is not None
    daemon.stdin.write(f"{name} {error}\n")
    daemon.stdin.flush()


def log(place: Desk) -> list[dict[str, Any]]:
    lines = (place.root / "RUNS" / "logs" / "daemon.log").read_text().split("\n")
    return [json.loads(line) for line in lines[:-1]]  # the last one may be in the making


def logged(place: Desk, event: str, **fields: object) -> Callable[[], bool]:
    return lambda: any(
        line["event"] == event and all(line.get(name) == value for name, value in fields.items())
        for line in log(place)
    )


REVIVED = ("worker-1", "worker-2", "errands", "inotify", "log-writer")


def test_threads_that_end_are_started_again(place: Desk, record_property: Callable[[str, int], None]) -> None:
    with sabotaged(place) as daemon:
        for number, name in enumerate(REVIVED):
            order(daemon, name, ("SystemExit", "MemoryError", "SystemExit")[number % 3])
        for turn in range(100):  # a thread ends at its next instruction, so all of them are given some
            place.write(f"app/new{turn}/m.py", f"import os\n\nN = {turn}\n")
            place.run("wait")
            ended = {line.get("thread") for line in log(place) if "started again" in line["event"]}
            if len(ended) == len(REVIVED):
                break
        assert ended >= {"worker-1", "worker-2", "errands", "the source of events (inotify)", "log-writer"}
        place.write("app/last.py", "import os\n")
        place.settle()
        place.agree()
        assert place.status()["state"] == "idle"
        assert daemon.poll() is None
        assert any("SystemExit" in line.get("exception", "") for line in log(place))
        record_property("threads_ended", len(ended))


@pytest.mark.parametrize("name", ["coordinator", "scribe"])
def test_a_daemon_that_lost_its_state_ends_with_the_reason(place: Desk, name: str) -> None:
    with sabotaged(place) as daemon:
        order(daemon, name, "SystemExit")
        place.write("app/m0.py", "import re\n")
        assert daemon.wait(PATIENCE) == 2
        assert logged(place, "the daemon has to end")()
    status = place.document("status", status=[4])
    assert status["ended"]["state"] == "failed"
    assert name in status["ended"]["reason"]
    told = place.run("status").stderr
    assert name in told
    if name == "coordinator":  # the scribe is the one that would have written it
        assert " · stopped · " in (place.root / "RUNS/stats/workspace_dashboard.md").read_text()
    place.start()
    place.agree()
    assert place.status()["pid"] != daemon.pid


def test_a_killed_daemon_is_told_of_by_the_next_who_asks(shared: Desk) -> None:
    shared.start()
    assert shared.document("dashboard")["live"]
    os.kill(shared.status()["pid"], signal.SIGKILL)
    shared.assert_nothing_runs()
    assert "killed" in shared.document("status", status=[4])["ended"]["reason"]
    assert not shared.document("dashboard")["live"]
    assert "no daemon runs" in shared.run("dashboard").stderr
    shared.start()
    shared.run("stop")
    assert shared.document("status", status=[4])["ended"]["state"] == "stopped"


def test_stacks_are_told_on_request_and_by_one_that_hangs(shared: Desk) -> None:
    shared.start()
    pid = shared.status()["pid"]
    told = shared.document("doctor", "--threads")
    assert "Thread coordinator" in told["stacks"]
    assert "Thread scribe" in told["stacks"]
    assert "coordinator.py" in Path(told["file"]).read_text()
    os.kill(pid, signal.SIGUSR1)
    until(lambda: "most recent call first" in Path(told["file"]).read_text())
    shared.settle()
    assert shared.status()["pid"] == pid


def test_stacks_are_told_by_a_daemon_without_a_socket(shared: Desk) -> None:
    shared.start()
    (socket,) = (shared.base / "home" / "run").rglob("control.sock")
    socket.unlink()
    assert "coordinator.py" in shared.document("doctor", "--threads")["stacks"]
    shared.run("stop")


def test_a_fatal_signal_leaves_its_stacks(shared: Desk) -> None:
    shared.start()
    os.kill(shared.status()["pid"], signal.SIGSEGV)
    shared.assert_nothing_runs()
    crash = shared.root / "RUNS" / "logs" / "crash.txt"
    assert "Segmentation fault" in crash.read_text()
    shared.start()
    assert logged(shared, "the daemon before this one was ended by a fatal signal")()
    assert "Segmentation fault" in crash.with_name("crash.last.txt").read_text()


def test_too_much_memory_restarts_the_daemon_in_place(place: Desk) -> None:
    place.configure({"projects": [{"name": "app", "path": "./app"}], "settings": {"memory_limit_mb": 20}})
    place.start()
    pid = place.status()["pid"]
    started = psutil.Process(pid).create_time()
    until(logged(place, "restarting in place"))
    place.write("app/m0.py", "import re\n")
    until(lambda: place.run("wait").returncode == 0)
    status = place.status()
    assert (status["pid"], psutil.Process(pid).create_time()) == (pid, started)
    assert status["memory"]["limit_mb"] == 20
    assert status["memory"]["reactions"][0]["what"] == "restarted itself"
    until(lambda: any("memory_limit_mb" in reason for reason in place.status()["degraded"]))
    events = [line["event"] for line in log(place)]
    told = [event.partition(": ")[2] for event in events if event.startswith("memory is over")]
    assert told[:3] == ["dropped its caches", "restarted its tools", "restarted itself"]
    assert place.document("start")["state"] == "already-running"
    place.agree()
    place.run("stop")
    place.assert_chains()


def test_a_project_that_is_off_is_listed_as_off(shared: Desk) -> None:
    shared.project("old", enabled=False)
    shared.start()
    rows = {row["name"]: row for row in shared.status()["projects"]}
    assert rows["old"]["state"] == "disabled"
    assert rows["old"]["passed"] is None
    dashboard = (shared.root / "RUNS" / "stats" / "workspace_dashboard.md").read_text()
    assert "disabled" in dashboard and "enabled = false" in dashboard
    assert not (shared.tree / "old" / "RUNS").exists()
    shared.agree()
