"""Reading the files that carry settings: their places, and what must not be read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from dev_assistant.service.setting_files import (
    Read,
    entry_settings,
    is_below,
    project_settings,
    user_settings,
    workspace_settings,
)
from dev_assistant.settings.table import Wide, check
from dev_assistant.workspace.file import parse_workspace
from dev_assistant.workspace.resolve import Resolver


def read_project(root: Path) -> Read:
    return project_settings(root / "pyproject.toml", within=(str(root),), wide=Wide.HOLDS, resolve=Resolver())


def test_the_table_of_a_pyproject_with_full_keys_and_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'x'\n\n[tool.dev-assistant]\ndebounce_ms = -1\n"
    )
    table = read_project(tmp_path).table
    assert table is not None
    _, (problem,), _ = check(table)
    assert (problem.file, problem.key, problem.line) == (
        str(tmp_path / "pyproject.toml"),
        "tool.dev-assistant.debounce_ms",
        5,
    )


def test_no_file_says_nothing_and_a_file_without_the_table_sets_nothing(tmp_path: Path) -> None:
    assert read_project(tmp_path) == Read()
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nfix = true\n")
    table = read_project(tmp_path).table
    assert table is not None
    assert table.values == {}


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [("\ntool = 3\n", "tool", 2), ("[tool]\ndev-assistant = []\n", "tool.dev-assistant", 2)],
)
def test_what_should_be_a_table_and_is_not(tmp_path: Path, text: str, key: str, line: int) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    problem = read_project(tmp_path).problem
    assert problem is not None
    assert (problem.key, problem.line, problem.allowed) == (key, line, "a table")


def test_broken_toml_is_a_problem_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("a = 1\nb = ]\n")
    problem = read_project(tmp_path).problem
    assert problem is not None
    assert problem.line == 2


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pyproject.toml")
    problem = read_project(tmp_path).problem
    assert problem is not None
    assert problem.message == "cannot be read: not a regular file"
    assert user_settings(tmp_path / "pyproject.toml").problem is not None


def test_a_link_out_of_the_project_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("root:x:0:0")
    project = tmp_path / "project"
    project.mkdir()
    (project / "pyproject.toml").symlink_to("../secret")
    problem = read_project(project).problem
    assert problem is not None
    assert "root:x" not in str(problem)
    assert problem.message == "is a link that leaves the project and the workspace"


def test_a_link_inside_the_project_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("[tool.dev-assistant]\nenabled = false\n")
    (tmp_path / "pyproject.toml").symlink_to("real.toml")
    table = read_project(tmp_path).table
    assert table is not None
    assert table.values == {"enabled": False}


def test_the_users_file_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.toml").write_text("debounce_ms = 7\n")
    (tmp_path / "config.toml").symlink_to("real.toml")
    table = user_settings(tmp_path / "config.toml").table
    assert table is not None
    assert table.values == {"debounce_ms": 7}
    assert table.place(("debounce_ms",)) == ("debounce_ms", 1)


def entry_read(directory: Path, **keys: object) -> Read:
    file = directory / "workspace.json"
    file.write_text(json.dumps({"projects": [{"name": "a", "path": ".", **keys}]}, indent=1))
    workspace = parse_workspace(file, resolve=Resolver())
    return entry_settings(workspace, workspace.entries[0])


def test_watch_dirs_are_watch_paths_under_their_own_name(tmp_path: Path) -> None:
    read = entry_read(tmp_path, watch_dirs=["a", 3])
    assert read.table is not None
    layer, (problem,), _ = check(read.table)
    assert layer.values == {}
    assert (problem.key, problem.line) == ("projects[0].watch_dirs[1]", 8)


def test_watch_dirs_and_watch_paths_must_agree(tmp_path: Path) -> None:
    assert entry_read(tmp_path, watch_dirs=["a"], watch_paths=["a"]).problem is None
    problem = entry_read(tmp_path, watch_dirs=["a"], watch_paths=["b"]).problem
    assert problem is not None
    assert problem.key == "projects[0].watch_paths"


def test_settings_of_the_whole_workspace_have_their_place(tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text('{"projects": [{"name": "a", "path": "."}],\n"settings":\n{"workers": 0}}')
    table = workspace_settings(parse_workspace(file, resolve=Resolver()))
    assert table is not None
    _, (problem,), _ = check(table)
    assert (problem.key, problem.line) == ("settings.workers", 3)


def test_an_unreadable_workspace_has_no_settings(tmp_path: Path) -> None:
    assert workspace_settings(parse_workspace(tmp_path / "none.json", resolve=Resolver())) is None


def test_below_means_whole_names() -> None:
    assert is_below("/a/b", "/a")
    assert is_below("/a", "/a")
    assert is_below("/a", "/")
    assert not is_below("/ab", "/a")
