"""git asked for objects: what is there, what is not, and no more at a time than fits."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.watch.git_objects import Objects, program


def git(top: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=top, check=True, timeout=60, capture_output=True, text=True).stdout


@pytest.fixture
def top(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "small").write_bytes(b"small\n")
    (tmp_path / "empty").touch()
    (tmp_path / "run").write_bytes(b"run")
    (tmp_path / "run").chmod(0o755)
    (tmp_path / "link").symlink_to("run")
    (tmp_path / "large").write_bytes(b"\n" * 1000)
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "m")
    return tmp_path


def names(top: Path, *paths: str) -> list[str]:
    return [git(top, "rev-parse", f"HEAD:{path}").strip() for path in paths]


def test_git_is_not_looked_for_in_the_path(top: Path) -> None:
    assert Path(program()).is_absolute()
    assert not Path(program()).is_relative_to(top)


def test_a_tree_has_its_files_and_no_links(top: Path) -> None:
    objects = Objects(str(top), timeout=10)
    tree = objects.head()
    assert tree == git(top, "rev-parse", "HEAD^{tree}").strip()
    assert tree is not None
    listing = objects.listing(tree)
    assert listing is not None
    paths = ["deep/small", "empty", "run", "large"]
    assert listing.blobs == dict(zip(paths, names(top, *paths), strict=True))
    assert objects.listing("0" * 40) is None


def test_blobs_that_are_there_and_not_too_large(top: Path) -> None:
    objects = Objects(str(top), timeout=10)
    small, empty, run, large, directory = names(top, "deep/small", "empty", "run", "large", "deep")
    wanted = [small, "0" * 40, directory, large, empty, run]
    assert dict(objects.blobs(wanted, largest=999)) == {small: b"small\n", empty: b"", run: b"run"}
    assert dict(objects.blobs([large], largest=1000)) == {large: b"\n" * 1000}
    assert dict(objects.blobs([], largest=1)) == {}


def test_below_the_top_nothing_is_found(top: Path) -> None:
    assert Objects(str(top / "deep"), timeout=10).head() is None


def test_a_directory_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ToolError):
        Objects(str(tmp_path / "gone"), timeout=10).head()


def test_a_commit_is_found_by_any_name_and_nothing_else_is(top: Path) -> None:
    objects = Objects(str(top), timeout=10)
    tree = git(top, "rev-parse", "HEAD^{tree}").strip()
    git(top, "tag", "-a", "v1", "-m", "m")
    assert [objects.tree_of(name) for name in ("HEAD", "v1", "HEAD^{}")] == [tree] * 3
    wrong = ("none", "HEAD:deep", tree, "--all", "-h", "", "HEAD~9")
    assert [objects.tree_of(name) for name in wrong] == [None] * len(wrong)


def test_entries_are_all_that_a_tree_has(top: Path) -> None:
    objects = Objects(str(top), timeout=10)
    tree = objects.tree_of("HEAD")
    assert tree is not None
    entries = objects.entries(tree)
    assert entries is not None
    assert {entry.path: entry.mode for entry in entries} == {
        "deep/small": "100644",
        "empty": "100644",
        "large": "100644",
        "link": "120000",
        "run": "100755",
    }
    assert entries[0].id == names(top, "deep/small")[0]
    assert objects.entries("0" * 40) is None
    assert objects.staged() == entries


def test_the_index_is_what_is_staged_also_another_one(top: Path) -> None:
    (top / "run").write_bytes(b"other")
    objects = Objects(str(top), timeout=10)
    before = objects.staged()
    shutil.copy(top / ".git" / "index", top / ".git" / "next-index")
    git(top, "add", "run")
    assert before is not None
    assert objects.staged() != before
    assert Objects(str(top), timeout=10, index=str(top / ".git" / "next-index")).staged() == before


def test_an_index_with_conflicts_is_no_answer(top: Path) -> None:
    small = names(top, "deep/small")[0]
    entries = "".join(f"100644 {small} {stage}\tdeep/small\n" for stage in (1, 2, 3))
    git(top, "rm", "-q", "--cached", "deep/small")
    command = ["git", "update-index", "--index-info"]
    subprocess.run(command, cwd=top, check=True, timeout=60, input=entries.encode())
    assert Objects(str(top), timeout=10).staged() is None
