from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev_assistant.commands.targets import check_directory, check_file, is_replaceable
from dev_assistant.errors import UserError


@pytest.mark.parametrize(
    ("target", "told", "hint"),
    [
        ("", "is a directory", "a file in it"),
        ("sub/x", "sub is no directory", "make it first"),
        ("file/x", "file is no directory", "make it first"),
    ],
)
def test_where_no_file_can_be_written(tmp_path: Path, target: str, told: str, hint: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=told) as caught:
        check_file(str(tmp_path / target))
    assert hint in caught.value.hint


@pytest.mark.parametrize("target", ["file", "file/below", "file/below/that"])
def test_where_there_can_be_no_directory(tmp_path: Path, target: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="file is no directory") as caught:
        check_directory(str(tmp_path / target))
    assert caught.value.hint == "give another directory"


def test_a_dangling_link_is_no_directory(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(UserError, match="link is no directory"):
        check_directory(str(tmp_path / "link"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_where_permission_is_missing(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(UserError, match="cannot be written"):
        check_directory(str(tmp_path / "new"))
    with pytest.raises(UserError, match="cannot be written"):
        check_file(str(tmp_path / "new"))


def test_what_can_be_written_is_not_made(tmp_path: Path) -> None:
    check_directory(str(tmp_path / "a" / "b"))
    check_file(str(tmp_path / "c"))
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not is_replaceable(str(tmp_path / "pipe"))
    assert is_replaceable(str(tmp_path / "new"))
