"""git asked for objects: what is there, what is not, and no more at a time than fits."""

from __future__ import annotations

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
