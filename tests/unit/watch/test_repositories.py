from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev_assistant.watch.repositories import repositories
from fakes.git import FakeHead, commit


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = Path(os.path.realpath(tmp_path))
    (top / "project").mkdir()
    commit(top, FakeHead())
    return top


def tree_above(path: Path) -> str | None:
    (found,) = repositories([str(path)])
    return None if found.tree is None else found.tree.top


def test_the_nearest_working_tree_counts(top: Path) -> None:
    assert tree_above(top / "project") == str(top)
    commit(top / "project", FakeHead())
    assert tree_above(top / "project") == str(top / "project")


def test_a_project_that_the_repository_ignores_has_no_head(top: Path) -> None:
    (top / ".gitignore").write_text("project/\n")
    assert tree_above(top / "project") is None
    assert tree_above(top) == str(top)


def test_the_home_directory_is_no_repository(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(top))
    assert tree_above(top / "project") is None


def test_equal_until_head_moves(top: Path) -> None:
    before = repositories([str(top)])
    assert repositories([str(top)]) == before
    (top / "a.py").write_text("x\n")
    commit(top, FakeHead())
    assert repositories([str(top)]) != before
