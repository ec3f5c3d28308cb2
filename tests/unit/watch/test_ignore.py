"""Precedence, what is built in, and what lies around the watch path."""

import os
import subprocess
from pathlib import Path

import pytest

from dev_assistant.watch.ignore import DirectoryRules, IgnoreRules


def rules_of(top: Path, *, patterns: tuple[str, ...] = (), root: Path | None = None) -> DirectoryRules:
    return IgnoreRules(str(top), root=str(root or top), patterns=patterns).start()


def put(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    "name", [".git", ".hg", "node_modules", ".venv", "__pycache__", ".ruff_cache", "x.egg-info"]
)
def test_directories_that_are_never_looked_at(tmp_path: Path, name: str) -> None:
    assert rules_of(tmp_path).ignores(name, is_dir=True)


@pytest.mark.parametrize(
    "name", ["4913", "a.py~", ".a.py.swp", ".a.py.swx", ".#a.py", "#a.py#", "a.py___jb_tmp___"]
)
def test_what_editors_write_beside_a_save(tmp_path: Path, name: str) -> None:
    assert rules_of(tmp_path).ignores(name, is_dir=False)


@pytest.mark.parametrize(
    "name", ["a.py", "venv", "node_modules", "RUNS", ".gitignore", "swp", "#a.py", "\udcff.py"]
)
def test_files_that_are_looked_at(tmp_path: Path, name: str) -> None:
    assert not rules_of(tmp_path).ignores(name, is_dir=False)


def test_a_virtual_environment_is_known_by_its_mark_and_not_its_name(tmp_path: Path) -> None:
    put(tmp_path / "py" / "pyvenv.cfg")
    (tmp_path / "other").mkdir()
    rules = rules_of(tmp_path)
    assert rules.ignores("py", is_dir=True)
    assert not rules.ignores("other", is_dir=True)


def test_our_own_output_is_known_by_its_path_and_not_its_name(tmp_path: Path) -> None:
    rules = IgnoreRules(str(tmp_path), root=str(tmp_path), own={str(tmp_path / "RUNS")}).start()
    assert rules.ignores("RUNS", is_dir=True)
    assert not rules.enter("deeper").ignores("RUNS", is_dir=True)


def test_a_deeper_file_overrules_and_ours_overrules_gits(tmp_path: Path) -> None:
    put(tmp_path / ".gitignore", "*.gen.py\n/build\n")
    put(tmp_path / "a" / ".gitignore", "!keep.gen.py\n")
    put(tmp_path / "b" / ".gitignore", "x.py\n")
    put(tmp_path / "b" / ".dev-assistantignore", "!x.py\ny.py\n")
    rules = rules_of(tmp_path)
    a, b = rules.enter("a"), rules.enter("b")
    assert rules.ignores("keep.gen.py", is_dir=False)
    assert not a.ignores("keep.gen.py", is_dir=False)
    assert a.ignores("other.gen.py", is_dir=False)
    assert rules.ignores("build", is_dir=True)
    assert not a.ignores("build", is_dir=True)
    assert not b.ignores("x.py", is_dir=False)
    assert b.ignores("y.py", is_dir=False)


def test_settings_overrule_every_file_and_are_relative_to_the_project(tmp_path: Path) -> None:
    put(tmp_path / "src" / "gen" / ".gitignore", "!*.py\n")
    rules = rules_of(tmp_path / "src", root=tmp_path, patterns=("src/gen/*_pb2.py", "/other"))
    assert rules.enter("gen").ignores("a_pb2.py", is_dir=False)
    assert not rules.ignores("a_pb2.py", is_dir=False)
    assert not rules.ignores("other", is_dir=False)


def test_beside_the_project_only_settings_without_a_path_hold(tmp_path: Path) -> None:
    rules = rules_of(tmp_path / "common", root=tmp_path / "project", patterns=("*.gen.py", "/a.py"))
    assert rules.ignores("x.gen.py", is_dir=False)
    assert not rules.ignores("a.py", is_dir=False)


def test_only_we_can_bring_back_what_is_built_in(tmp_path: Path) -> None:
    put(tmp_path / ".gitignore", "*\n!*/\n!*.py\n")
    assert rules_of(tmp_path).ignores("node_modules", is_dir=True)
    assert not rules_of(tmp_path).ignores("src", is_dir=True)
    assert not rules_of(tmp_path, patterns=("!node_modules/",)).ignores("node_modules", is_dir=True)
    assert rules_of(tmp_path, patterns=("!.git/",)).ignores(".git", is_dir=True)


def test_the_repository_around_counts(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    put(tmp_path / ".git" / "info" / "exclude", "excluded.py\nkept.py\n")
    put(tmp_path / ".gitignore", "/project/top.py\nanywhere.py\n!kept.py\n")
    (tmp_path / "project").mkdir()
    rules = rules_of(tmp_path / "project")
    ignored = [
        rules.ignores(f"{name}.py", is_dir=False) for name in ("excluded", "kept", "top", "anywhere", "a")
    ]
    assert ignored == [True, False, True, True, False]


def test_a_worktree_reads_the_exclude_file_of_its_repository(tmp_path: Path) -> None:
    top = tmp_path / "top"
    subprocess.run(["git", "init", "-q", top], check=True)
    put(top / ".git" / "info" / "exclude", "excluded.py\n")
    put(top / ".git" / "worktrees" / "w" / "commondir", "../..\n")
    put(tmp_path / "w" / ".git", f"gitdir: {top}/.git/worktrees/w\n")
    assert rules_of(tmp_path / "w").ignores("excluded.py", is_dir=False)


def test_a_watch_path_that_the_repository_ignores_is_watched_all_the_same(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    put(tmp_path / ".gitignore", "*\n")
    put(tmp_path / "build" / "project" / ".gitignore", "x.py\n")
    rules = rules_of(tmp_path / "build" / "project")
    assert not rules.ignores("a.py", is_dir=False)
    assert rules.ignores("x.py", is_dir=False)


def test_an_ignore_file_that_is_no_regular_file_is_no_rule(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / ".dev-assistantignore").symlink_to(put(tmp_path / "rules", "a.py\n"))
    assert not rules_of(tmp_path).ignores("a.py", is_dir=False)


def test_rules_are_read_again_when_asked(tmp_path: Path) -> None:
    rules = rules_of(tmp_path)
    put(tmp_path / ".gitignore", "a.py\n")
    assert not rules.ignores("a.py", is_dir=False)
    assert rules.again().ignores("a.py", is_dir=False)
