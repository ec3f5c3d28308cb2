"""Where the git directory is, and when git is at work, from files alone."""

import os
import subprocess
from pathlib import Path

import pytest

from dev_assistant.watch.git import busy, git_directory, git_tree

NOW = 1_700_000_000.0


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "repository"
    subprocess.run(["git", "init", "-q", top], check=True)
    identity = ["-c", "user.name=n", "-c", "user.email=n@example.org"]
    subprocess.run(["git", "-C", top, *identity, "commit", "-q", "--allow-empty", "-m", "m"], check=True)
    return top


def touched(path: Path, *, at: float) -> None:
    path.touch()
    os.utime(path, (at, at))


def test_found_from_a_directory_deep_inside(repository: Path) -> None:
    (repository / "a" / "b").mkdir(parents=True)
    assert git_directory(str(repository / "a" / "b")) == str(repository / ".git")


def test_a_worktree_has_its_own_directory_and_shares_the_common_one(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["git", "-C", repository, "worktree", "add", "-q", other], check=True)
    tree = git_tree(str(other))
    assert tree is not None
    assert tree.directory == str(repository / ".git" / "worktrees" / "other")
    assert (tree.top, tree.common) == (str(other), str(repository / ".git"))


def test_none_outside_of_a_repository(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert git_directory(str(tmp_path / "x")) is None


@pytest.mark.parametrize("content", [b"", b"nonsense", b"gitdir: missing", b"gitdir: a\0b"])
def test_a_broken_pointer_is_no_repository(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".git").write_bytes(content)
    assert git_directory(str(tmp_path)) is None


def test_an_empty_git_directory_and_a_fifo_are_no_repository(tmp_path: Path) -> None:
    (tmp_path / "a" / ".git").mkdir(parents=True)
    (tmp_path / "b").mkdir()
    os.mkfifo(tmp_path / "b" / ".git")
    assert git_directory(str(tmp_path / "a")) is None
    assert git_directory(str(tmp_path / "b")) is None


@pytest.mark.parametrize(
    ("name", "age", "expected"),
    [
        ("index.lock", 1, True),
        ("index.lock", 59, True),
        ("index.lock", 61, False),
        ("HEAD.lock", 1, True),
        ("rebase-merge", 1, True),
        ("rebase-merge", 3, False),
        ("MERGE_HEAD", 0, True),
        ("CHERRY_PICK_HEAD", 3, False),
        ("index", 0, False),
    ],
)
def test_busy_while_a_lock_is_young_or_an_operation_writes(
    tmp_path: Path, name: str, age: float, expected: bool
) -> None:
    touched(tmp_path / name, at=NOW - age)
    assert busy(str(tmp_path), now_wall=NOW) is expected


def test_not_busy_in_a_directory_that_is_gone(tmp_path: Path) -> None:
    assert not busy(str(tmp_path / "gone"), now_wall=NOW)
