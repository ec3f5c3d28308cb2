"""Starting, stopping and being left alone, with the real daemon."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from dev_assistant.places import Runtime
from system.daemon_process import PATIENCE, Desk, desk, until

pytestmark = pytest.mark.linux

RACERS = 20


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app")
        place.write("app/a.py", "import os\n")
        yield place


def runtime(place: Desk) -> Runtime:
    (directory,) = (Path(place.environ["XDG_RUNTIME_DIR"]) / "dev-assistant").iterdir()
    return Runtime(directory)


def started(place: Desk) -> int:
    """Start the daemon; its pid."""
    place.start()
    return int(place.status()["pid"])


def daemons(place: Desk) -> list[int]:
    return [process.pid for process in place.processes("daemon-run")]


@pytest.mark.sweep
def test_of_twenty_starts_one_wins_and_all_end_well(
    place: Desk, record_property: Callable[[str, object], None]
) -> None:
    with ThreadPoolExecutor(RACERS) as pool:
        starts = [pool.submit(place.run, "start") for _ in range(RACERS)]
        statuses = [each.result().returncode for each in starts]
    assert statuses == [0] * RACERS
    until(lambda: len(daemons(place)) == 1)  # who lost may still be on the way out
    place.agree()
    record_property("starts", RACERS)


@pytest.mark.sweep
def test_a_hang_up_is_ignored_and_two_signals_end_it(place: Desk) -> None:
    pid = started(place)
    daemon = psutil.Process(pid)
    daemon.send_signal(signal.SIGHUP)
    place.agree()
    assert place.status()["pid"] == pid
    daemon.send_signal(signal.SIGSTOP)
    for _ in range(2):  # both are there when it goes on, and count as one: it ends in order
        daemon.send_signal(signal.SIGTERM)
    daemon.send_signal(signal.SIGCONT)
    psutil.wait_procs([daemon], timeout=PATIENCE)
    place.assert_nothing_runs()
    place.start()
    place.agree()


def test_the_lock_file_is_deleted_while_it_runs(place: Desk) -> None:
    first = started(place)
    runtime(place).lock.unlink()
    place.run("start")
    until(lambda: first not in daemons(place))
    until(lambda: len(daemons(place)) <= 1)
    place.start()
    until(lambda: len(daemons(place)) == 1)  # a fork of it looks like it until it is a tool
    place.agree()


@pytest.mark.sweep
def test_the_runtime_directory_is_removed_while_it_runs(place: Desk) -> None:
    first = started(place)
    shutil.rmtree(runtime(place).directory)
    until(lambda: first not in daemons(place))
    place.start()
    until(lambda: len(daemons(place)) == 1)
    place.agree()


@pytest.mark.sweep
def test_a_process_that_has_the_pid_of_a_dead_daemon_survives_stop(place: Desk) -> None:
    daemon = psutil.Process(started(place))
    owner = json.loads(runtime(place).lock.read_bytes())
    daemon.kill()
    until(lambda: not daemons(place))
    with subprocess.Popen(["sleep", "600"]) as bystander:
        runtime(place).lock.write_text(json.dumps({**owner, "pid": bystander.pid}))
        assert place.run("stop").returncode == 0
        assert bystander.poll() is None
        place.start()
        assert place.status()["pid"] != bystander.pid
        bystander.kill()
    place.agree()


@pytest.mark.parametrize("end", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.sweep)])
def test_in_the_foreground_it_ends_by_signal(place: Desk, end: signal.Signals) -> None:
    with subprocess.Popen(
        place.command("start", "--foreground"), cwd=place.root, env=place.environ, stderr=subprocess.DEVNULL
    ) as process:
        until(lambda: place.run("status").returncode == 0)
        process.send_signal(end)
        assert process.wait(PATIENCE) == 0
    place.assert_nothing_runs()


@pytest.mark.sweep
def test_a_terminal_that_closes_does_not_end_a_daemon_in_the_background(place: Desk) -> None:
    leader, follower = pty.openpty()
    with subprocess.Popen(
        place.command("start"),
        cwd=place.root,
        env=place.environ,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        start_new_session=True,
    ) as process:
        assert process.wait(PATIENCE) == 0
    os.close(follower)
    os.close(leader)
    place.settle()
    place.agree()
