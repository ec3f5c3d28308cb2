"""The daemon's life as its user sees it: it starts once, answers, survives, and ends without a trace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from system.daemon_process import PATIENCE, Desk, Events, desk, until

pytestmark = pytest.mark.linux

SHOWN_OR_SHARED = ("stats/", ".cache/verification.db-")
"""What every start writes: pages for people, and SQLite's files for readers beside the unchanged database."""
NOT_UTF8 = b"NAME = '\xff'\n"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One daemon, where a test does not end it."""
    with desk(tmp_path_factory.mktemp("life")) as place:
        yield place


@pytest.fixture
def place(running: Desk) -> Desk:
    running.turn()
    running.project("app")
    for number in range(5):
        running.write(f"app/pkg/m{number}.py", f"import os\n\nN = {number}\n")
    return running


@pytest.fixture
def stopped(place: Desk) -> Desk:
    place.run("stop")
    return place


def contents(root: Path) -> dict[str, tuple[int, int, int]]:
    """Identity, size and time of every file below a directory."""
    return {
        str(path.relative_to(root)): (status.st_ino, status.st_size, status.st_mtime_ns)
        for path in root.rglob("*")
        if path.is_file() and (status := path.stat())
    }


def test_status_tells_what_it_promises(stopped: Desk) -> None:
    nobody = stopped.document("status", status=[4])
    assert nobody["state"] == "stopped"
    started = stopped.start()

    status = stopped.status()

    assert nobody.keys() <= status.keys()
    assert status["schema"] == "dev-assistant/status@1"
    assert (status["state"], status["degraded"], status["pid"]) == ("idle", [], started["meta"]["pid"])
    queue, pool = status["queue"], status["pool"]
    assert (queue["pending"], queue["running"], queue["oldest_s"]) == (0, 0, None)
    assert {"verifier": "ruff", "waiting": 0, "running": 0, "limit": pool["workers"]} in queue["kinds"]
    assert pool["min"] <= pool["workers"] <= pool["max"] and pool["reason"]
    assert status["watch"]["backend"] == "inotify"
    assert status["watch"]["missed_by_events"] == 0
    assert status["memory_mb"] > 1
    (project,) = status["projects"]
    assert (project["name"], project["root"]) == ("app", str(stopped.tree / "app"))
    counted = [project[state] for state in ("fresh", "stale", "pending", "failed", "skipped")]
    assert counted == [5, 0, 0, 0, project["files"] - 5]
    assert project["findings"] == stopped.check()["summary"]["findings"] > 0


def test_without_a_daemon_clients_say_so(stopped: Desk) -> None:
    assert [stopped.run(command).returncode for command in ("status", "wait", "events")] == [4, 4, 4]
    assert stopped.run("check").returncode == 1


def test_two_starts_at_once_make_one_daemon(stopped: Desk) -> None:
    command = stopped.command("start", "--json")
    starts = [
        subprocess.Popen(command, cwd=stopped.root, env=stopped.environ, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    told = [start.communicate(timeout=PATIENCE)[0] for start in starts]

    assert [start.returncode for start in starts] == [0, 0, 0]
    assert sorted(b"already-running" in answer for answer in told) == [False, True, True]
    pid = stopped.status()["pid"]
    assert all(f'"pid": {pid}'.encode() in answer for answer in told)
    assert stopped.document("stop")["state"] == "stopped"
    assert stopped.document("stop")["state"] == "not-running"


def test_wait_says_what_could_not_be_judged(place: Desk) -> None:
    place.start()
    assert place.run("wait").returncode == 0
    broken = place.tree / "app" / "pkg" / "broken.py"
    broken.write_bytes(NOT_UTF8)
    assert place.run("wait").returncode == 3
    body = place.agree()
    (row,) = [file for file in body["files"] if file["state"] == "failed"]
    assert (row["path"], row["passed"], row["findings"]) == ("pkg/broken.py", None, [])
    assert row["reason"]
    assert place.run("check").returncode == 3
    broken.unlink()
    assert place.run("wait").returncode == 0
    assert place.run("check").returncode == 1


def test_wait_does_not_wait_for_ever(place: Desk) -> None:
    place.start()
    with place.suspended():
        assert place.run("wait", "--timeout", "0.2").returncode == 3
    assert place.run("wait").returncode == 0


def test_a_syntax_error_is_a_finding_and_no_failure(place: Desk) -> None:
    place.start()
    place.write("app/pkg/m0.py", "def f(:\n")
    assert place.run("wait").returncode == 0
    (row,) = [file for file in place.agree()["files"] if file["path"] == "pkg/m0.py"]
    assert row["state"] == "fresh"
    assert {finding["severity"] for finding in row["findings"]} >= {"error"}


def test_a_restart_verifies_nothing_again(place: Desk) -> None:
    place.start()
    before = place.agree()
    place.run("stop")
    runs = place.tree / "app" / "RUNS"
    evidence, remembered = place.evidence("app"), contents(runs)

    place.start()

    assert place.agree() == before
    assert place.evidence("app") == evidence
    place.run("stop")
    changed = {name for name, identity in contents(runs).items() if remembered.get(name) != identity}
    assert [name for name in sorted(changed) if not name.startswith(SHOWN_OR_SHARED)] == []


def test_what_changed_while_it_was_down_is_found(place: Desk) -> None:
    place.start()
    place.run("stop")
    old = place.tree / "app" / "pkg" / "m0.py"
    times = old.stat()
    old.write_text("import re\n\nN = 0\n")
    os.utime(old, ns=(times.st_atime_ns, times.st_mtime_ns))
    (place.tree / "app" / "pkg" / "m1.py").unlink()
    place.write("app/pkg/new/m9.py", "import re\n")
    verified = len(place.verified("app"))

    place.start()

    body = place.agree()
    assert sorted(place.verified("app")[verified:]) == ["pkg/m0.py", "pkg/new/m9.py"]
    assert "pkg/m1.py" not in {file["path"] for file in body["files"]}


def test_a_killed_daemon_leaves_no_tools_and_can_be_started_again(place: Desk) -> None:
    place.start()
    place.write("app/pkg/m0.py", "import re\n")
    place.settle()
    verified = place.verified("app")
    os.kill(place.status()["pid"], signal.SIGKILL)
    place.assert_nothing_runs()
    assert place.run("wait").returncode == 4
    place.write("app/pkg/m1.py", "import sys\n")

    place.start()

    place.agree()
    assert place.verified("app") == [*verified, "pkg/m1.py"]
    place.assert_chains()


def test_a_killed_tool_is_replaced(place: Desk) -> None:
    place.start()
    for number, name in enumerate(("re", "sys", "json")):
        place.write("app/pkg/m0.py", f"import {name}\n")
        place.settle()
        place.agree()
        for process in psutil.Process(place.status()["pid"]).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):  # git ends by itself
                process.kill()
        assert len(place.verified("app")) == 6 + number


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(place: Desk, number: signal.Signals) -> None:
    place.start()
    place.write("app/pkg/m0.py", "import re\n")
    place.settle()
    os.kill(place.status()["pid"], number)
    place.assert_nothing_runs()
    assert place.run("status").returncode == 4
    assert '"stopped"' in (place.root / "RUNS" / "logs" / "daemon.log").read_text().splitlines()[-1]
    place.assert_chains()


def changed_during(place: Desk, events: Events, seconds: float) -> set[str]:
    """The files that are not what they were, and the paths of verdicts, after so many seconds."""
    before = {**contents(place.root), **contents(place.base / "home")}
    judged = {str(event["path"]) for event in events.during(seconds)}
    after = {**contents(place.root), **contents(place.base / "home")}
    return judged | {name for name in before | after if before.get(name) != after.get(name)}


def test_an_idle_tree_costs_nothing(place: Desk) -> None:
    place.start()
    with place.events("app/pkg/m0.py") as events:
        place.settle()
        until(lambda: changed_during(place, events, 1.0) == set())  # pages may still be on their way
        assert changed_during(place, events, 2.5) == set()


def test_events_tell_of_every_verdict(place: Desk) -> None:
    place.start()
    with place.events("app/pkg/m0.py") as events:
        place.write("app/pkg/m1.py", "import re\nimport sys\n")
        event = events.find(lambda event: event["path"] == "pkg/m1.py")
        assert event is not None
        assert (event["project"], event["state"], event["passed"]) == ("app", "fresh", False)
        assert event["counts"]["lint"] == 2
        assert not event["cached"]
        assert 0 < event["latency_ms"] < 1000 * PATIENCE
        place.write("app/pkg/m1.py", "import os\n\nN = 1\n")
        event = events.find(lambda event: event["path"] == "pkg/m1.py")
        assert event is not None
        assert event["cached"]
