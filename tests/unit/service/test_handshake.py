from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dev_assistant.service.handshake import Readiness, daemon_command, daemon_options
from dev_assistant.service.instance import Owner, owner_from

OWNER = Owner(1, "2", "boot", "host", 3.0, "1.0", "/w", ("--root", "/w"))


def test_the_pipe_is_closed_after_the_one_thing_that_is_said() -> None:
    reading, writing = os.pipe()
    readiness = Readiness(writing)

    readiness.ready(OWNER)
    readiness.failed("too late")

    with os.fdopen(reading, "rb") as pipe:
        document = json.loads(pipe.read())
    assert owner_from(document["ready"]) == OWNER


def test_children_of_the_daemon_do_not_keep_the_pipe_open() -> None:
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)

    readiness = Readiness(writing)

    assert not os.get_inheritable(writing)
    readiness.running(None)
    os.close(reading)


def test_a_start_that_was_given_up_does_not_end_the_daemon() -> None:
    reading, writing = os.pipe()
    os.close(reading)

    Readiness(writing).ready(OWNER)
    with pytest.raises(OSError, match="descriptor"):
        os.fstat(writing)


def test_in_the_foreground_nobody_is_told() -> None:
    Readiness(None).ready(OWNER)


def test_options_are_absolute_because_the_daemon_runs_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    options = daemon_options(Path("/w"), workspace=Path("w.json"), watch_dirs=[Path("a"), Path("/b")])

    assert options == (
        *("--root", "/w"),
        *("--workspace", f"{tmp_path}/w.json"),
        *("--watch-dirs", f"{tmp_path}/a", "/b"),
    )
    assert daemon_options(Path("/w"), workspace=None, watch_dirs=[]) == ("--root", "/w")


def test_the_daemon_runs_isolated_from_the_tree() -> None:
    assert daemon_command(("--root", "/w"), "--foreground")[1:] == [
        *("-I", "-m", "dev_assistant", "daemon-run"),
        *("--root", "/w", "--foreground"),
    ]
