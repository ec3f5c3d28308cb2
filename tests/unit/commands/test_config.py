"""``config``: what is printed where, and with which status."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from dev_assistant.commands import config
from dev_assistant.errors import UserError
from dev_assistant.service.workspace_schema import workspace_schema


def run(*words: str, workspace: Path | None = None, as_json: bool = False) -> int:
    parser = argparse.ArgumentParser()
    config.configure(parser)
    args = parser.parse_args(words, argparse.Namespace(workspace=workspace, json=as_json))
    return config.run(args)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.dev-assistant]\ndebounce_ms = 7\n")
    file = tmp_path / "workspace.json"
    file.write_text('{"projects": [{"name": "a", "path": "a"}, {"name": "b", "path": "b"}]}')
    return file


def test_show_names_projects_and_settings(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", workspace=workspace) == 0
    out, err = capsys.readouterr()
    assert f"project a {workspace.parent}/a\n" in out
    assert "  debounce_ms = 7\n" in out
    assert '  workers = "auto"\n' in out
    assert f"watches {workspace.parent}/b (missing)" in out
    assert "no such directory" in err


def test_show_origin_names_file_and_line(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--origin", "--project", "a", workspace=workspace) == 0
    out, _ = capsys.readouterr()
    place = f"{workspace.parent}/a/pyproject.toml:2 tool.dev-assistant.debounce_ms"
    assert f"  debounce_ms = 7  # project {place}\n" in out
    assert "  enabled = true  # default\n" in out
    assert "project b" not in out


def test_show_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--origin", workspace=workspace, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "dev-assistant/config@1"
    assert document["root"] == str(workspace.parent)
    debounce = document["projects"][0]["settings"]["debounce_ms"]
    assert (debounce["value"], debounce["origin"]["line"]) == (7, 2)
    assert document["projects"][1]["missing"] == [f"{workspace.parent}/b"]
    assert document["settings"]["workers"]["value"] == "auto"


def test_show_of_an_unknown_project_names_the_known(workspace: Path) -> None:
    with pytest.raises(UserError) as caught:
        run("show", "--project", "c", workspace=workspace)
    assert caught.value.hint == "projects: a, b"


def test_validate_says_ok(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", workspace=workspace) == 0
    assert capsys.readouterr().out.endswith("\nok\n")


def test_validate_prints_every_mistake(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.write_text('{"projects": [{"name": "a", "path": "a", "typo": 1}, {"name": "\x7f"}]}')
    assert run("validate", workspace=workspace) == 2
    lines = capsys.readouterr().out.splitlines()
    assert len([line for line in lines if line.startswith(f"{workspace}:1: ")]) == 3
    assert lines[-1] == "3 mistakes"
    assert all(line.isprintable() for line in lines)
    assert run("show", workspace=workspace) == 2


def test_validate_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    workspace.write_text('{"projects": [{"name": "a", "path": "a", "debounce": 1}]}')
    assert run("validate", workspace=workspace, as_json=True) == 2
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    (problem,) = document["problems"]
    assert (problem["key"], problem["line"], problem["suggestion"]) == (
        "projects[0].debounce",
        1,
        "debounce_ms",
    )
    assert problem["text"].startswith(str(workspace))


def test_schema_prints_the_schema(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("schema") == 0
    assert json.loads(capsys.readouterr().out) == workspace_schema()
