from __future__ import annotations

import json
from typing import Any

import pytest

from dev_assistant.commands import explain


def test_people_get_text(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.run(explain, "DA302") == 0
    out = capsys.readouterr().out
    assert out.startswith("DA302 ")
    assert "(dev-assistant, lint)" in out.splitlines()[0]
    assert "For example:" in out


def test_scripts_get_json(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.run(explain, "DA302", "S101", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "dev-assistant/explain@1"
    assert [(each["rule"], each["source"]) for each in document["rules"]] == [
        ("DA302", "dev-assistant"),
        ("S101", "ruff"),
    ]
