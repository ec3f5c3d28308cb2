from __future__ import annotations

import json
from typing import Any

import pytest

from dev_assistant.commands import stop
from dev_assistant.errors import UserError


def test_without_a_daemon_all_is_done(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.run(stop) == 0
    assert capsys.readouterr().out == f"no daemon runs: {workspace.root}\n"


def test_it_returns_when_the_lock_is_free(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    free = workspace.hold()
    workspace.serve(stop=lambda _: [free()])

    assert workspace.run(stop, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"schema": "dev-assistant/stop@1", "state": "stopped"}


def test_a_process_that_nothing_is_known_of_is_not_signalled(workspace: Any) -> None:
    workspace.hold()

    with pytest.raises(
        UserError, match="a check is at work here, or a daemon that is only starting: nothing signalled"
    ):
        workspace.run(stop, "--timeout", "0.05")
