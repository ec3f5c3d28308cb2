from __future__ import annotations

import json
from typing import Any

import pytest

from dev_assistant.commands import wait
from dev_assistant.serve.client import NoDaemon


@pytest.mark.parametrize(
    ("answer", "expected", "told"),
    [
        ({"settled": True, "failed": 0}, 0, "everything that was written is judged"),
        ({"settled": True, "failed": 2}, 3, "2 could not be verified"),
        ({"settled": False, "failed": 0}, 3, "within 7 s"),
        ({"settled": False, "failed": 1}, 3, "within 7 s"),
    ],
)
def test_only_what_is_all_judged_succeeds(
    workspace: Any, capsys: pytest.CaptureFixture[str], answer: dict[str, object], expected: int, told: str
) -> None:
    asked: list[object] = []

    def settle(params: dict[str, object]) -> object:
        asked.append(params)
        return answer

    workspace.serve(wait=settle)

    assert workspace.run(wait, "--timeout", "7") == expected
    assert asked == [{"timeout": 7.0}]
    assert told in capsys.readouterr().out


def test_scripts_get_a_document(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.serve(wait=lambda _: {"settled": True, "failed": 0})

    assert workspace.run(wait, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "dev-assistant/wait@1",
        "settled": True,
        "failed": 0,
    }


def test_without_a_daemon(workspace: Any) -> None:
    with pytest.raises(NoDaemon) as caught:
        workspace.run(wait)
    assert caught.value.status == 4
