"""What ``start`` says; that it starts is shown with real processes in tests/system."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.commands import start
from dev_assistant.serve.client import SilentError
from dev_assistant.service.handshake import Ready, Running, StartError
from dev_assistant.service.instance import Instance, Owner

OWNER = Owner(12, "2", "boot", "host\x1b", 0.0, "1.0", "/w", ())


@pytest.fixture
def owner(workspace: Any) -> Any:
    instance = Instance.acquire(workspace.runtime, workspace=workspace.root, version="1.0")
    assert instance is not None
    yield instance.owner
    instance.release()


def test_a_second_start_says_who_runs(
    workspace: Any, owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.serve(status=lambda _: {"state": "idle"})

    assert workspace.run(start) == 0
    assert capsys.readouterr().out.startswith(f"already running: pid {owner.pid} on ")


def test_a_second_start_waits_for_the_first(
    workspace: Any, owner: Owner, capsys: pytest.CaptureFixture[str]
) -> None:
    states = iter(["starting", "starting", "busy"])
    workspace.serve(status=lambda _: {"state": next(states)})

    assert workspace.run(start, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "dev-assistant/start@1",
        "state": "already-running",
        "meta": {"pid": owner.pid, "root": str(workspace.root)},
    }
    assert list(states) == []


def test_a_first_start_that_ends_makes_way_for_the_second(workspace: Any) -> None:
    instance = Instance.acquire(workspace.runtime, workspace=workspace.root, version="1.0")
    assert instance is not None

    def ending(_: object) -> dict[str, str]:
        workspace.runtime.socket.unlink()
        instance.release()
        return {"state": "starting"}

    workspace.serve(status=ending)
    command = [sys.executable, "-c", "import sys; sys.exit('this is the second')"]
    with pytest.raises(StartError, match="this is the second"):
        start.start(command, runtime=workspace.runtime, timeout=60)


@pytest.mark.usefixtures("owner")
def test_a_first_start_that_hangs_is_told(workspace: Any) -> None:
    with pytest.raises(SilentError):
        workspace.run(start, "--timeout", "0.1")


@pytest.mark.usefixtures("owner")
def test_with_wait_it_returns_when_all_is_judged(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.serve(status=lambda _: {"state": "idle"}, wait=lambda _: {"settled": True, "failed": 1})

    assert workspace.run(start, "--wait") == 3
    assert "1 could not be verified" in capsys.readouterr().out


@pytest.mark.usefixtures("owner")
def test_in_the_foreground_a_second_one_does_not_start_either(
    workspace: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.serve(status=lambda _: {"state": "idle"})

    assert workspace.run(start, "--foreground") == 0
    assert "already running" in capsys.readouterr().out


def test_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    start.tell(Ready(OWNER), root=Path("/w"), as_json=False)
    start.tell(Running(None), root=Path("/w"), as_json=False)
    start.tell(Ready(replace(OWNER, pid=3)), root=Path("/w"), as_json=True)

    started, running, *document = capsys.readouterr().out.splitlines()
    assert started.startswith("started: pid 12 on host\\x1b since ")
    assert started.endswith(" (version 1.0), watching /w")
    assert running == "already running: a daemon"
    assert json.loads("".join(document)) == {
        "schema": "dev-assistant/start@1",
        "state": "started",
        "meta": {"pid": 3, "root": "/w"},
    }
