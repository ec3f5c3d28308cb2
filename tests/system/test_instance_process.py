"""Start and stop with real processes: what a lock and a pipe are worth shows only when somebody dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from dev_assistant.commands.start import start
from dev_assistant.commands.stop import Ending, end
from dev_assistant.errors import UserError
from dev_assistant.machine import started
from dev_assistant.places import Runtime
from dev_assistant.serve.client import NoDaemon, SilentError, call, held
from dev_assistant.service.handshake import Ready, Running, StartError, launch
from dev_assistant.service.instance import Instance, Owner, read_owner, send

SCRIPT = Path(__file__).with_name("fake_daemon.py")


def command(runtime: Runtime, mode: str = "good") -> list[str]:
    return [sys.executable, "-I", str(SCRIPT), str(runtime.directory), "--mode", mode]


@pytest.fixture
def runtime(tmp_path: Path) -> Iterator[Runtime]:
    directory = tmp_path / "runtime"
    directory.mkdir(mode=0o700)
    runtime = Runtime(directory)
    yield runtime
    owner = read_owner(runtime)
    if owner is not None:
        send(owner, signal.SIGKILL)


def started_owner(runtime: Runtime, mode: str = "good") -> Owner:
    outcome = launch(command(runtime, mode), runtime=runtime, timeout=30)
    assert isinstance(outcome, Ready)
    assert outcome.owner is not None
    return outcome.owner


def gone(owner: Owner) -> None:
    """Reap a killed child of ours, so that the kernel has released its lock."""
    os.waitpid(owner.pid, 0)


def test_a_started_daemon_is_detached_and_answers(runtime: Runtime) -> None:
    owner = started_owner(runtime)

    assert call(runtime, "status", timeout=10) == {"state": "idle"}
    assert held(runtime)
    assert read_owner(runtime) == owner
    assert owner.options == ("--root", "/w")
    assert os.getsid(owner.pid) == owner.pid
    assert os.readlink(f"/proc/{owner.pid}/cwd") == "/"
    assert end(runtime, timeout=10) is Ending.CLEAN
    assert not held(runtime)
    assert read_owner(runtime) is None


def test_stop_without_a_daemon_is_done(runtime: Runtime) -> None:
    assert end(runtime, timeout=10) is Ending.NONE
    with pytest.raises(NoDaemon):
        call(runtime, "status", timeout=10)


def test_a_second_start_says_who_runs(runtime: Runtime) -> None:
    owner = started_owner(runtime)

    assert start(command(runtime), runtime=runtime, timeout=10) == Running(owner)
    assert launch(command(runtime), runtime=runtime, timeout=30) == Running(owner)


def test_of_racing_starts_one_wins_and_all_succeed(runtime: Runtime) -> None:
    with ThreadPoolExecutor(6) as pool:
        starts = [pool.submit(start, command(runtime), runtime=runtime, timeout=60) for _ in range(6)]
        outcomes = [future.result() for future in starts]

    assert sum(isinstance(outcome, Ready) for outcome in outcomes) == 1
    assert len({outcome.owner.pid for outcome in outcomes if outcome.owner is not None}) == 1


def test_a_daemon_that_dies_shows_its_last_words(runtime: Runtime) -> None:
    with pytest.raises(StartError, match=r"(?s)exit status 1.*broken on purpose") as caught:
        launch(command(runtime, "crash"), runtime=runtime, timeout=30)

    assert caught.value.status == 2


def test_a_daemons_own_error_is_passed_on(runtime: Runtime) -> None:
    with pytest.raises(StartError, match=r"^workspace\.json is broken$") as caught:
        launch(command(runtime, "refuse"), runtime=runtime, timeout=30)

    assert (caught.value.hint, caught.value.status) == ("mend it", 2)


def test_a_start_that_takes_too_long_is_incomplete(runtime: Runtime) -> None:
    with pytest.raises(StartError, match=r"not ready after 0\.2 s") as caught:
        launch(command(runtime, "hang"), runtime=runtime, timeout=0.2)

    assert caught.value.status == 3
    pid = int(str(caught.value).split("pid ")[1].split(")")[0])
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def test_after_kill_9_the_next_start_replaces_the_stale_socket(runtime: Runtime) -> None:
    first = started_owner(runtime)
    send(first, signal.SIGKILL)
    gone(first)

    assert runtime.socket.exists()
    assert not held(runtime)
    with pytest.raises(NoDaemon):
        call(runtime, "status", timeout=10)
    assert started_owner(runtime).pid != first.pid
    assert call(runtime, "status", timeout=10) == {"state": "idle"}


def test_a_daemon_without_a_socket_is_ended_by_signal(runtime: Runtime) -> None:
    owner = started_owner(runtime, "deaf")

    with pytest.raises(SilentError):
        call(runtime, "status", timeout=10)
    assert end(runtime, timeout=20) is Ending.CLEAN
    gone(owner)


def test_a_daemon_that_ignores_all_is_killed(runtime: Runtime) -> None:
    owner = started_owner(runtime, "stubborn")

    assert end(runtime, timeout=0.2) is Ending.KILLED
    _, status = os.waitpid(owner.pid, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(["sleep", "600"]) as process:
        yield process
        process.kill()


def test_a_process_that_has_the_pid_by_now_is_left_alone(
    runtime: Runtime, bystander: subprocess.Popen[bytes]
) -> None:
    instance = Instance.acquire(runtime, workspace=runtime.directory, version="1")
    assert instance is not None
    stale = replace(instance.owner, pid=bystander.pid)
    runtime.lock.write_text(json.dumps(asdict(stale)))

    with pytest.raises(UserError, match=f"pid \\({bystander.pid}\\) is not it"):
        end(runtime, timeout=0.2)

    assert bystander.poll() is None
    instance.release()


def test_a_check_is_not_ended(runtime: Runtime) -> None:
    instance = Instance.acquire(runtime, workspace=runtime.directory, version="1", serving=False)
    assert instance is not None
    with pytest.raises(UserError, match="a check is at work here"):
        end(runtime, timeout=0.2)
    assert held(runtime)
    instance.release()


def test_a_process_of_another_boot_is_left_alone(
    runtime: Runtime, bystander: subprocess.Popen[bytes]
) -> None:
    instance = Instance.acquire(runtime, workspace=runtime.directory, version="1")
    assert instance is not None
    instance.release()
    real = replace(instance.owner, pid=bystander.pid, started=started(bystander.pid) or "")

    assert not send(replace(real, boot="another"), signal.SIGKILL)
    assert bystander.poll() is None
    assert send(real, signal.SIGTERM)
    assert bystander.wait(10) == -signal.SIGTERM


def test_the_lock_is_not_inherited_by_children(runtime: Runtime) -> None:
    instance = Instance.acquire(runtime, workspace=runtime.directory, version="1")
    assert instance is not None
    with subprocess.Popen(["sleep", "600"], close_fds=False) as child:
        instance.release()
        assert not held(runtime)
        child.kill()
