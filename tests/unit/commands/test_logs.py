from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.commands import logs
from dev_assistant.errors import UserError
from dev_assistant.logs.lines import Entry
from dev_assistant.places import Runs
from dev_assistant.serve.client import NoDaemon


@pytest.fixture
def log(workspace: Any) -> Path:
    path = Runs(workspace.root).log
    path.parent.mkdir(parents=True)
    lines = [
        Entry(0.0, level, "watch", f"{level}{n}", {}).encode() for n in (1, 2) for level in ("info", "error")
    ]
    path.with_name("daemon.log.1").write_bytes(lines[0])
    path.write_bytes(b"".join(lines[1:]) + b"torn \x1b")
    return path


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line.split()[-1] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("log")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["info1", "error1", "info2", "error2"]),
        (["-n", "2"], ["info2", "error2"]),
        (["-n", "0"], []),
        (["--level", "error", "-n", "2"], ["error1", "error2"]),
        (["--level", "info", "-n", "1"], ["error2"]),
    ],
)
def test_the_last_lines_of_all_files(
    workspace: Any, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: list[str]
) -> None:
    assert workspace.run(logs, *arguments) == 0
    assert shown(capsys) == expected


@pytest.mark.usefixtures("log")
def test_scripts_get_the_lines(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.run(logs, "--json", "-n", "1") == 0
    assert json.loads(capsys.readouterr().out)["event"] == "error2"


def test_what_is_no_line_of_ours_is_json_too(
    workspace: Any, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log.write_bytes(b"torn \x1b\xff\n")

    workspace.run(logs, "--json", "-n", "1")
    assert json.loads(capsys.readouterr().out) == {"event": "torn \x1b\\xff"}


@pytest.mark.usefixtures("log")
def test_following_without_a_daemon_shows_what_is_there_first(
    workspace: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NoDaemon):
        workspace.run(logs, "-f")
    assert shown(capsys) == ["info1", "error1", "info2", "error2"]


def test_without_a_log(workspace: Any) -> None:
    with pytest.raises(UserError, match="does not exist") as caught:
        workspace.run(logs)
    assert caught.value.hint == "dev-assistant start"


@pytest.mark.parametrize("number", ["-1", "many"])
def test_a_number_of_lines_that_is_none(workspace: Any, number: str) -> None:
    with pytest.raises(SystemExit):
        workspace.run(logs, f"--lines={number}")
