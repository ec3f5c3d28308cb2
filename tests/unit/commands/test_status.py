from __future__ import annotations

import json
from typing import Any

import pytest

from dev_assistant.commands import status
from dev_assistant.report.status import StatusDocument
from dev_assistant.serve.client import NoDaemon, SilentError

DOCUMENT = {
    "schema": "dev-assistant/status@1",
    "state": "idle",
    "projects": [],
    "degraded": ["ruff\x1b is missing"],
}


def test_people_get_text(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.serve(status=lambda _: DOCUMENT)

    assert workspace.run(status) == 0
    out = capsys.readouterr().out
    assert "idle" in out
    assert "ruff\\x1b is missing" in out


def test_scripts_get_the_document(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.serve(status=lambda _: DOCUMENT)

    assert workspace.run(status, "--json") == 0
    assert json.loads(capsys.readouterr().out) == DOCUMENT


def test_without_a_daemon_scripts_get_a_document_too(
    workspace: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert workspace.run(status, "--json") == 4
    document = json.loads(capsys.readouterr().out)
    assert (document["state"], document["pid"]) == ("stopped", None)
    assert document["root"] == str(workspace.root)
    assert set(document) <= set(StatusDocument.__struct_fields__)


def test_without_a_daemon_people_are_told_how_to_start_one(workspace: Any) -> None:
    with pytest.raises(NoDaemon) as caught:
        workspace.run(status)
    assert caught.value.hint == "dev-assistant start"


def test_a_daemon_that_starts_is_not_called_stopped(
    workspace: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.hold()

    with pytest.raises(SilentError):
        workspace.run(status, "--json")
    assert capsys.readouterr().out == ""
