from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev_assistant.machine import started
from dev_assistant.places import Runtime
from dev_assistant.serve.client import held
from dev_assistant.service.instance import Instance, owner_from, read_owner


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(tmp_path)


@pytest.fixture
def instance(runtime: Runtime) -> Iterator[Instance]:
    instance = acquire(runtime)
    assert instance is not None
    yield instance
    instance.release()


def acquire(runtime: Runtime) -> Instance | None:
    return Instance.acquire(runtime, workspace=Path("/w"), version="1.2", options=("--root", "/w"))


def test_the_lock_file_says_who_holds_it(runtime: Runtime, instance: Instance) -> None:
    owner = read_owner(runtime)

    assert owner == instance.owner
    assert owner.pid == os.getpid()
    assert owner.started == started(os.getpid())
    assert (owner.version, owner.workspace, owner.options) == ("1.2", "/w", ("--root", "/w"))
    assert runtime.lock.stat().st_mode & 0o777 == 0o600


def test_only_one_holds_it(runtime: Runtime, instance: Instance) -> None:
    assert acquire(runtime) is None
    assert read_owner(runtime) == instance.owner


def test_a_released_lock_can_be_taken_and_its_file_stays(runtime: Runtime) -> None:
    first = acquire(runtime)
    assert first is not None
    inode = runtime.lock.stat().st_ino
    first.release()

    assert not held(runtime)
    second = acquire(runtime)
    assert second is not None
    assert runtime.lock.stat().st_ino == inode
    second.release()


def test_a_removed_lock_file_is_noticed(runtime: Runtime, instance: Instance) -> None:
    assert instance.intact()
    runtime.lock.unlink()
    assert not instance.intact()
    runtime.lock.touch()
    assert not instance.intact()


def test_a_link_in_the_place_of_the_lock_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    runtime.lock.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic"):
        acquire(runtime)
    assert not (tmp_path / "elsewhere").exists()


def test_of_twenty_that_race_one_wins_whoever_looks_on(runtime: Runtime) -> None:
    """Every probe takes the lock for an instant; none of the twenty may mistake that for a daemon."""
    for _ in range(20):
        done = threading.Event()
        with ThreadPoolExecutor(24) as pool:
            lookers = [pool.submit(probe, runtime, done) for _ in range(4)]
            racers = [pool.submit(acquire, runtime) for _ in range(20)]
            winners = [instance for racer in racers if (instance := racer.result()) is not None]
            done.set()
        assert all(looker.exception() is None for looker in lookers)
        assert len(winners) == 1
        winners[0].release()


def test_a_probe_is_not_mistaken_for_a_daemon(runtime: Runtime) -> None:
    runtime.lock.touch()
    with ThreadPoolExecutor(1) as pool:
        with runtime.lock.open() as handle:
            fcntl.flock(handle, fcntl.LOCK_SH)
            winner = pool.submit(acquire, runtime)
            with pytest.raises(TimeoutError):
                winner.result(timeout=0.05)
        instance = winner.result(timeout=20)
    assert instance is not None
    instance.release()


def probe(runtime: Runtime, done: threading.Event) -> None:
    while not done.is_set():
        held(runtime)


@pytest.mark.parametrize(
    "text", ["", "{}", "[1]", '{"pid": 1}', '{"pid": "x"}', "\xff", '{"pid": 1, "options": 3}']
)
def test_a_file_that_says_nothing_names_nobody(runtime: Runtime, text: str) -> None:
    runtime.lock.write_text(text)

    assert read_owner(runtime) is None


def test_without_a_file_there_is_nobody(runtime: Runtime) -> None:
    assert read_owner(runtime) is None
    assert owner_from(None) is None


def test_a_pid_without_a_process_never_started() -> None:
    assert started(2**22 + 1) is None


def test_whoever_only_keeps_daemons_out_is_not_named(runtime: Runtime) -> None:
    instance = Instance.acquire(runtime, workspace=Path("/w"), version="1.2", serving=False)
    assert instance is not None
    assert held(runtime) and acquire(runtime) is None
    assert read_owner(runtime) is None
    instance.release()
