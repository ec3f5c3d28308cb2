"""A project inside another: what the outer one lets go, the inner one keeps."""

from __future__ import annotations

import shutil
from pathlib import Path

from dev_assistant.ports import HintKind
from flows.world import World, workspace

OUTER = {"name": "outer", "path": "."}


def nested(root: Path, inner: str, *, file: str) -> World:
    """``outer`` around ``inner``, which has one file."""
    root = workspace(root, OUTER, {"name": "inner", "path": inner})
    target = root / inner / file
    target.parent.mkdir(parents=True)
    target.write_text("fine\n")
    return World(root, project="inner").start()


def test_both_judge_the_file_each_under_its_own_path(tmp_path: Path) -> None:
    world = nested(tmp_path, "sub/inner", file="a.py")
    world.write("sub/inner/a.py", "BAD\n")
    world.settle()
    assert world.states("outer")["sub/inner/a.py"] == ("fresh", 1)
    assert world.states() == {"a.py": ("fresh", 1)}


def test_the_outer_project_ignores_the_directory_above_the_inner_one(tmp_path: Path) -> None:
    world = nested(tmp_path, "sub/inner", file="a.py")
    world.write(".gitignore", "sub/\n")
    world.settle()
    assert "sub/inner/a.py" not in world.states("outer")
    world.write("sub/inner/a.py", "BAD\n")
    world.settle()
    assert world.states() == {"a.py": ("fresh", 1)}


def test_the_outer_project_leaves_the_workspace(tmp_path: Path) -> None:
    world = nested(tmp_path, "sub/inner", file="a.py")
    world.declare({"name": "inner", "path": "sub/inner"})
    world.settle()
    world.write("sub/inner/a.py", "BAD\n")
    world.settle()
    assert world.states() == {"a.py": ("fresh", 1)}


def test_directories_below_the_inner_root_stay_watched_when_the_outer_project_leaves(tmp_path: Path) -> None:
    world = nested(tmp_path, "inner", file="pkg/a.py")
    world.declare({"name": "inner", "path": "inner"})
    world.settle()
    world.write("inner/pkg/a.py", "BAD\n")
    world.settle()
    assert world.states() == {"pkg/a.py": ("fresh", 1)}


def test_the_inner_root_moves_away_and_only_the_outer_project_is_told(tmp_path: Path) -> None:
    world = nested(tmp_path, "sub/inner", file="a.py")
    shutil.move(tmp_path / "sub" / "inner", tmp_path.parent / "elsewhere")
    world.source.hint(str(world.root / "sub" / "inner"), HintKind.DIRECTORY_GONE)
    world.settle()
    assert world.states() == {}
    inner = next(p for p in world.coordinator.snapshot.projects if p.project.name == "inner")
    assert inner.missing == (str(world.root / "sub" / "inner"),)


def test_the_inner_root_returns_while_the_directory_around_it_is_walked(tmp_path: Path) -> None:
    world = nested(tmp_path, "sub/inner", file="a.py")
    world.delete_tree("sub")
    world.settle()
    (world.root / "sub").mkdir()
    world.source.hint(str(world.root / "sub"), HintKind.DIRECTORY)
    world.coordinator.step(wait=False)
    world.write("sub/inner/a.py", "BAD\n", kind=None)
    world.until(world.cookie())
    assert world.states() == {"a.py": ("fresh", 1)}
