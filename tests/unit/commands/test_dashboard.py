from __future__ import annotations

import json
from typing import Any

import pytest

from dev_assistant.commands import dashboard
from dev_assistant.errors import UserError


@pytest.fixture
def page(workspace: Any) -> str:
    for owner, name in ((".", "workspace"), ("backend", "team")):
        stats = workspace.root / owner / "RUNS" / "stats"
        stats.mkdir(parents=True)
        (stats / f"{name}_dashboard.md").write_text(f"# {name} ✓\n", encoding="utf-8")
    (workspace.root / "workspace.json").write_text('{"projects": [{"name": "backend", "path": "backend"}]}')
    return str(workspace.root)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "# workspace ✓\n"),
        (["--project", "backend"], "# team ✓\n"),
        (["--path"], "{root}/RUNS/stats/workspace_dashboard.md\n"),
        (["--path", "--project", "backend"], "{root}/backend/RUNS/stats/team_dashboard.md\n"),
    ],
)
def test_the_file_or_where_it_is(
    workspace: Any, page: str, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: str
) -> None:
    assert workspace.run(dashboard, *arguments) == 0
    assert capsys.readouterr().out == expected.format(root=page)


def test_scripts_get_both(workspace: Any, page: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert workspace.run(dashboard, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "schema": "dev-assistant/dashboard@1",
        "path": f"{page}/RUNS/stats/workspace_dashboard.md",
        "live": False,
        "markdown": "# workspace ✓\n",
    }


@pytest.mark.usefixtures("page")
def test_a_project_that_is_not_there(workspace: Any) -> None:
    with pytest.raises(UserError, match="no project 'frontend'") as caught:
        workspace.run(dashboard, "--project", "frontend")
    assert caught.value.hint == "projects: backend"


def test_before_the_first_one(workspace: Any) -> None:
    with pytest.raises(UserError, match="does not exist yet"):
        workspace.run(dashboard)
