from __future__ import annotations

import json
from typing import Any

import pytest

from dev_assistant.commands import events
from dev_assistant.serve.client import NoDaemon

EVENT = {
    "time": "2026-01-01T00:00:00.000+00:00",
    "project": "backend",
    "path": "api/a\x1b.py",
    "digest": "0" * 32,
    "state": "fresh",
    "passed": False,
    "counts": {"lint": 2, "design": 0, "security": 1, "unfinished": 0},
    "cached": False,
    "latency_ms": 12.4,
    "awaiting": [],
}


def test_scripts_get_a_line_for_each_event(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[object] = []

    def follow(params: dict[str, object]) -> object:
        asked.append(params)
        return iter([EVENT, EVENT])

    workspace.serve(events=follow)

    assert workspace.run(events, "--json", "--since-start") == 0
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [EVENT, EVENT]
    assert asked == [{"since_start": True}]


def test_people_get_text(workspace: Any, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.serve(events=lambda _: iter([EVENT]))

    assert workspace.run(events) == 0
    assert capsys.readouterr().out == (
        "2026-01-01T00:00:00.000+00:00 backend api/a\\x1b.py: 2 lint, 1 security (12 ms)\n"
    )


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"passed": True, "counts": {"lint": 0}, "cached": True}, "passed (cached)"),
        ({"passed": True}, "passed, advice: 2 lint, 1 security (12 ms)"),
        ({"passed": True, "counts": {}, "awaiting": ["deep"]}, "passed (12 ms, deep to follow)"),
        ({"passed": None, "state": "failed"}, "failed (12 ms)"),
        ({"counts": {}}, "findings (12 ms)"),
    ],
)
def test_only_what_passed_is_called_so(changes: dict[str, object], shown: str) -> None:
    assert events.render({**EVENT, **changes}, colour=False).endswith(f": {shown}")


def test_green_takes_a_proof() -> None:
    assert "\x1b[32m" in events.render({**EVENT, "passed": True}, colour=True)
    assert "\x1b[32m" not in events.render({**EVENT, "passed": None}, colour=True)


def test_without_a_daemon(workspace: Any) -> None:
    with pytest.raises(NoDaemon):
        workspace.run(events)
