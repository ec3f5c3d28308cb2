"""Where a workspace and a project begin."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dev_assistant.workspace.find import current_project, find_workspace, nearest


def test_the_nearest_workspace_file_upwards_wins(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "workspace.json").write_text("{}")
    assert find_workspace(inner) == tmp_path / "workspace.json"
    (tmp_path / "a" / "workspace.json").write_text("broken")
    assert find_workspace(inner) == tmp_path / "a" / "workspace.json"


def test_a_directory_of_that_name_is_no_workspace_file_and_a_fifo_is_found(tmp_path: Path) -> None:
    (tmp_path / "workspace.json").mkdir()
    assert find_workspace(tmp_path) is None
    (tmp_path / "a").mkdir()
    os.mkfifo(tmp_path / "a" / "workspace.json")
    assert find_workspace(tmp_path / "a") == tmp_path / "a" / "workspace.json"


def test_a_link_into_a_workspace_leads_to_it(tmp_path: Path) -> None:
    (tmp_path / "real" / "sub").mkdir(parents=True)
    (tmp_path / "real" / "workspace.json").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / "real" / "sub")
    assert find_workspace(tmp_path / "link") == tmp_path / "real" / "workspace.json"


def test_the_current_project_has_a_manifest_or_a_repository(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert current_project(inner) == inner
    (tmp_path / ".git").mkdir()
    assert current_project(inner) == tmp_path
    (tmp_path / "a" / "pyproject.toml").touch()
    assert current_project(inner) == tmp_path / "a"
    assert nearest(inner, (".git",)) == tmp_path


def test_a_mark_in_the_home_directory_makes_no_project_of_it(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    inner = tmp_path / "a"
    inner.mkdir()
    assert current_project(inner) == tmp_path
    assert current_project(inner, home=str(tmp_path)) == inner


def test_finding_is_light() -> None:
    heavy = ("pydantic", "msgspec", "tomli", "structlog", "rich", "platformdirs")
    code = f"import sys, dev_assistant.workspace; print([m for m in {heavy!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
