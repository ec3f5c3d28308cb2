"""Trees of git written out: exactly as stored, and never anywhere else."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.watch.checkout import check_out, mark_top
from dev_assistant.watch.git import git_tree
from dev_assistant.watch.git_objects import Entry, Objects


def git(top: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
    done = subprocess.run(command, cwd=top, check=True, timeout=60, capture_output=True, input=stdin)
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "repository"
    top.mkdir()
    git(top, "init", "-q")
    return top


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "copy").mkdir()
    return tmp_path / "copy"


def blob(top: Path, data: bytes) -> str:
    return git(top, "hash-object", "-w", "--stdin", stdin=data)


def test_bytes_modes_links_and_submodules_are_as_they_are_stored(repository: Path, place: Path) -> None:
    (repository / ".gitattributes").write_text("* text eol=crlf filter=evil ident\n")
    git(repository, "config", "filter.evil.smudge", "touch smudged; cat")
    stored = blob(repository, b"$Id$\nx = 1\n")
    entries = [
        Entry("deep/er/a.py", "100644", stored),
        Entry("run.py", "100755", stored),
        Entry("link.py", "120000", blob(repository, b"deep/er/a.py")),
        Entry("module", "160000", "0" * 40),
        Entry("caf\udce9.py", "100644", blob(repository, b"")),
    ]
    check_out(Objects(str(repository), timeout=10), entries, str(place))
    assert (place / "deep" / "er" / "a.py").read_bytes() == b"$Id$\nx = 1\n"
    modes = [stat.S_IMODE((place / name).stat().st_mode) & 0o111 for name in ("deep/er/a.py", "run.py")]
    assert modes == [0, 0o111 & ~_umask()]
    assert os.readlink(place / "link.py") == "deep/er/a.py"
    assert list((place / "module").iterdir()) == []
    assert os.path.getsize(os.fsencode(place) + b"/caf\xe9.py") == 0
    assert not list(repository.parent.rglob("smudged"))


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize(
    "path", ["../out.py", "/out.py", "a/../../out.py", ".git/config", "a/.GIT/hooks/x", "a//b", "."]
)
def test_names_that_git_would_refuse_are_refused(repository: Path, place: Path, path: str) -> None:
    entry = Entry(path, "100644", blob(repository, b"x\n"))
    with pytest.raises(ToolError, match="must not be written"):
        check_out(Objects(str(repository), timeout=10), [entry], str(place))
    assert list(place.iterdir()) == []


def test_nothing_is_written_through_a_link(repository: Path, place: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    entries = [
        Entry("a", "120000", blob(repository, os.fsencode(outside))),
        Entry("a/b.py", "100644", blob(repository, b"x\n")),
    ]
    with pytest.raises(FileExistsError):
        check_out(Objects(str(repository), timeout=10), entries, str(place))
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("mode", ["100644", "120000"])
def test_what_git_does_not_have_is_told(repository: Path, place: Path, mode: str) -> None:
    entry = Entry("a.py", mode, "1" * 40)
    with pytest.raises(ToolError, match=r"content of 'a.py'"):
        check_out(Objects(str(repository), timeout=10), [entry], str(place))


def test_a_marked_directory_is_the_top_of_a_tree_and_no_repository(place: Path) -> None:
    mark_top(str(place))
    tree = git_tree(str(place))
    assert tree is not None
    assert tree.top == str(place)
    assert Objects(str(place), timeout=10).head() is None


def test_a_large_blob_is_a_hole_unless_somebody_would_read_it(repository: Path, place: Path) -> None:
    size = (64 << 20) + 1
    entries = [Entry("large.md", "100644", blob(repository, bytes(size)))]
    with pytest.raises(ToolError, match=f"has {size:,} bytes"):
        check_out(Objects(str(repository), timeout=60), entries, str(place), read_up_to=size)
    check_out(Objects(str(repository), timeout=60), entries, str(place), read_up_to=size - 1)
    status = (place / "large.md").stat()
    assert (status.st_size, status.st_blocks) == (size, 0)
