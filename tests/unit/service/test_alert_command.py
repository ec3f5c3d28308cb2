from __future__ import annotations

import json
import logging
import sys
import threading
from pathlib import Path

import pytest

from dev_assistant import process
from dev_assistant.service.alert_command import AlertCommand, document_of
from dev_assistant.service.alerts import Alert, Edge

HOSTILE = "x\x1b[2J\0; $(touch /tmp/owned) `id`\n\udcff"


def edge(name: str = "memory", message: str = "too much", *, raised: bool = True) -> Edge:
    return Edge(Alert(name, message, 0.0), raised)


@pytest.fixture
def command() -> AlertCommand:
    return AlertCommand(root="/w", children=process.Children())


def script(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "told.py"
    file.write_text(text)
    return [sys.executable, str(file), str(tmp_path / "out")]


TELL = """
import json, os, sys
said = {key: value for key, value in os.environ.items() if key.startswith("DEV_ALERT_")}
open(sys.argv[1], "a").write(json.dumps([json.load(sys.stdin), said, os.getcwd()]) + "\\n")
"""


def test_the_command_gets_the_alert_as_json_and_in_variables(tmp_path: Path, command: AlertCommand) -> None:
    told = script(tmp_path, TELL)
    command.call(told, edge())
    command.call(told, edge(raised=False))
    command.drain()
    first, second = map(json.loads, (tmp_path / "out").read_text().splitlines())
    document, environ, directory = first
    assert document == {
        "schema": "dev-assistant/alert@1",
        "name": "memory",
        "state": "raised",
        "message": "too much",
        "workspace": "/w",
    }
    assert environ == {
        "DEV_ALERT_NAME": "memory",
        "DEV_ALERT_STATE": "raised",
        "DEV_ALERT_MESSAGE": "too much",
    }
    assert directory == "/"  # no program of a watched tree is found beside it
    assert second[0]["state"] == "over"


def test_hostile_names_are_data(tmp_path: Path, command: AlertCommand) -> None:
    command.call(script(tmp_path, TELL), edge(HOSTILE, HOSTILE))
    command.drain()
    ((document, environ, _),) = map(json.loads, (tmp_path / "out").read_text().splitlines())
    assert document["name"] == environ["DEV_ALERT_NAME"] == document_of(edge(HOSTILE), root="")["name"]
    assert "$(touch /tmp/owned)" in document["name"]  # as it is called, and never run
    assert document["name"].isprintable()


def test_a_long_message_is_cut() -> None:
    assert len(document_of(edge(message="x" * 1_000_000), root="/w")["message"]) == 2000


@pytest.mark.parametrize(
    ("text", "reason"), [("import sys; sys.exit('no desktop')", "no desktop"), (None, "cannot be started")]
)
def test_a_command_that_fails_is_told_in_the_log(
    tmp_path: Path, command: AlertCommand, caplog: pytest.LogCaptureFixture, text: str | None, reason: str
) -> None:
    with caplog.at_level(logging.WARNING, "dev_assistant.daemon"):
        command.call(["/no/such/program"] if text is None else script(tmp_path, text), edge())
        command.drain()
    (record,) = caplog.records
    assert record.getMessage().startswith("alert_command failed ")
    assert reason in str(record.__dict__)


def test_without_a_command_there_is_no_thread(command: AlertCommand) -> None:
    before = threading.active_count()
    command.call((), edge())
    command.drain()
    assert threading.active_count() == before
