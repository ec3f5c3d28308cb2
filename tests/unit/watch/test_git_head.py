"""Changed lines against HEAD, in repositories that git itself has made."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dev_assistant import files
from dev_assistant.model import Digest
from dev_assistant.watch.git import git_tree
from dev_assistant.watch.git_head import UNKNOWN, Changed, Head
from hostile.corpus import NAMES, programs, repository

LINES = [b"line %d\n" % number for number in range(200)]


def git(top: Path, *arguments: str) -> bytes:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    also = ("-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false")
    command = ["git", *identity, *also, *arguments]
    return subprocess.run(command, cwd=top, check=True, timeout=60, capture_output=True).stdout


def committed(top: Path, **contents: bytes) -> None:
    for name, data in contents.items():
        (top / name).write_bytes(data)
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "m", "--allow-empty")


def head_of(top: Path) -> Head:
    tree = git_tree(str(top))
    assert tree is not None
    return Head(tree)


def content(path: Path) -> files.Content:
    read = files.read(str(path), limit=1 << 30)
    assert isinstance(read, files.Content)
    return read


def changed(head: Head, top: Path, *names: str) -> list[Changed]:
    answers = head.changed({name: content(top / name) for name in names})
    assert list(map(answers.get, names)) == [known(head, top, name) for name in names]
    return [answers[name] for name in names]


def known(head: Head, top: Path, name: str) -> object:
    return head.known(name, content(top / name).fingerprint.digest)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    top = tmp_path / "repository"
    git(tmp_path, "init", "-q", "-b", "main", str(top))
    committed(top, a=b"".join(LINES), b=b"x\n")
    return top


def test_what_git_counts_is_counted(top: Path) -> None:
    (top / "a").write_bytes(b"".join([*LINES[:50], b"new\n", b"newer\n", *LINES[60:]]))
    added, removed, _ = git(top, "diff", "--numstat", "HEAD", "--", "a").split()
    head = head_of(top)
    assert changed(head, top, "a", "b") == [int(added) + int(removed), 0] == [12, 0]


def test_a_new_file_is_new_with_all_its_lines_staged_or_not(top: Path) -> None:
    (top / "new").write_bytes(b"1\n2\n3\n")
    head = head_of(top)
    assert changed(head, top, "new") == [3]
    git(top, "add", "new")
    assert changed(head, top, "new") == [3]


def test_other_line_ends_are_no_change(top: Path) -> None:
    (top / "a").write_bytes(b"".join(LINES).replace(b"\n", b"\r\n"))
    (top / "b").write_bytes(b"y\r\n")
    assert changed(head_of(top), top, "a", "b") == [0, 2]
    git(top, "-c", "core.autocrlf=false", "add", "a")
    git(top, "-c", "core.autocrlf=false", "commit", "-q", "-m", "crlf", "a")
    (top / "a").write_bytes(b"".join(LINES))
    assert changed(head_of(top), top, "a") == [0]


def test_head_is_followed_wherever_it_goes(top: Path) -> None:
    head = head_of(top)
    (top / "b").write_bytes(b"y\n")
    assert changed(head, top, "b") == [2]
    committed(top)
    assert changed(head, top, "b") == [0]
    git(top, "checkout", "-q", "-b", "other", "HEAD~")
    assert changed(head, top, "b") == [0]
    (top / "b").write_bytes(b"y\n")
    assert changed(head, top, "b") == [2]
    git(top, "reset", "-q", "main")
    assert changed(head, top, "b") == [0]
    git(top, "pack-refs", "--all")
    git(top, "gc", "-q", "--prune=now")
    assert changed(head, top, "a", "b") == [0, 0]
    git(top, "checkout", "-q", "--detach", "main~")
    assert changed(head, top, "b") == [0]
    git(top, "rebase", "-q", "main")
    assert changed(head, top, "b") == [0]


def test_what_is_not_asked_yet_is_unknown_until_then(top: Path) -> None:
    head = head_of(top)
    assert head.known("a", Digest("0" * 32)) is None
    head.refresh()
    assert head.known("a", Digest("0" * 32)) is UNKNOWN
    assert known(head, top, "a") is UNKNOWN
    assert changed(head, top, "a") == [0]


def test_before_the_first_commit_nothing_is_said(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", ".")
    (tmp_path / "a").write_bytes(b"a\n")
    head = head_of(tmp_path)
    assert changed(head, tmp_path, "a") == [None]
    committed(tmp_path)
    assert changed(head, tmp_path, "a") == [0]


def test_a_worktree_has_a_head_of_its_own(top: Path, tmp_path: Path) -> None:
    git(top, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    head, side = head_of(top), head_of(tmp_path / "side")
    committed(tmp_path / "side", b=b"side\n")
    assert changed(side, tmp_path / "side", "b") == [0]
    assert changed(head, top, "b") == [0]
    (tmp_path / "side" / "b").write_bytes(b"more\nside\n")
    assert changed(side, tmp_path / "side", "b") == [1]


def test_a_worktree_of_a_bare_repository(top: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(top), "bare.git")
    git(tmp_path / "bare.git", "worktree", "add", "-q", str(tmp_path / "tree"), "main")
    assert changed(head_of(tmp_path / "tree"), tmp_path / "tree", "a", "b") == [0, 0]


def test_a_submodule_belongs_to_its_own_repository(top: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main", "outer")
    outer = tmp_path / "outer"
    git(outer, "submodule", "--quiet", "add", str(top), "inner")
    committed(outer, c=b"c\n")
    (outer / "inner" / "b").write_bytes(b"x\nx\n")
    assert changed(head_of(outer), outer, "inner/b", "c") == [None, 0]
    assert changed(head_of(outer / "inner"), outer / "inner", "b") == [1]


def test_a_shallow_clone(top: Path, tmp_path: Path) -> None:
    committed(top, b=b"y\n")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{top}", "shallow")
    (tmp_path / "shallow" / "b").write_bytes(b"z\n")
    assert changed(head_of(tmp_path / "shallow"), tmp_path / "shallow", "a", "b") == [0, 2]


def test_a_repository_with_longer_names(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", ".")
    committed(tmp_path, a=b"a\n", b=b"b\n")
    (tmp_path / "b").write_bytes(b"")
    assert changed(head_of(tmp_path), tmp_path, "a", "b") == [0, 1]


def test_blobs_that_a_partial_clone_left_behind_are_not_fetched(top: Path, tmp_path: Path) -> None:
    git(top, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{top}", "partial")
    partial = tmp_path / "partial"
    committed(top, a=b"other\n", b=b"other\n", c=b"c\n")
    git(partial, "fetch", "-q")
    git(partial, "reset", "-q", "--soft", "origin/main")
    for name in ("a", "b", "c"):
        (partial / name).write_bytes(b"mine\n")
    committed(partial, d=b"d\n")
    git(partial, "reset", "-q", "--soft", "origin/main")
    (partial / "c").write_bytes(b"c\n")
    head = head_of(partial)
    assert changed(head, partial, "a", "b", "c", "d") == [None, None, 0, 1]
    git(partial, "checkout", "-q", "origin/main", "--", "a")
    (partial / "a").write_bytes(b"other\nmore\n")
    assert changed(head, partial, "a") == [1]


def test_what_git_does_not_store_as_text(top: Path) -> None:
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
    committed(top, lfs=pointer, binary=b"\0\1", large=b"\n" * (5 << 20))
    for name in ("lfs", "binary", "large"):
        (top / name).write_bytes(b"text\n")
    assert changed(head_of(top), top, "lfs", "binary", "large", "b") == [None, None, None, 0]
    (top / "lfs").write_bytes(b"text\nmore\n")
    (top / "large").write_bytes(b"\n" * (5 << 20))
    assert changed(head_of(top), top, "lfs", "large") == [None, 0]


def test_a_link_has_no_lines(top: Path) -> None:
    (top / "link").symlink_to("a")
    committed(top)
    (top / "link").unlink()
    (top / "link").write_bytes(b"1\n2\n")
    assert changed(head_of(top), top, "link") == [2]


@pytest.mark.parametrize("broken", ["HEAD", "refs/heads/main", "objects", "config"])
def test_a_broken_repository_tells_nothing(top: Path, broken: str) -> None:
    place = top / ".git" / broken
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.write_bytes(b"[nonsense\xff" if broken == "config" else b"nonsense\n")
    assert changed(head_of(top), top, "a") == [None]


def test_missing_objects_tell_nothing(top: Path) -> None:
    (top / "b").write_bytes(b"y\n")
    name = git(top, "rev-parse", "HEAD:b").decode().strip()
    (top / ".git" / "objects" / name[:2] / name[2:]).unlink()
    assert changed(head_of(top), top, "a", "b") == [0, None]


def test_a_repository_above_is_not_taken_for_this_one(top: Path) -> None:
    inner = top / "inner"
    (inner / ".git").mkdir(parents=True)
    (inner / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (inner / "a").write_bytes(b"".join(LINES))
    assert changed(head_of(inner), inner, "a") == [None]


def test_names_of_any_kind(top: Path) -> None:
    names = [os.fsdecode(name) for name in NAMES.values()]
    for name in names:
        (top / name).write_bytes(b"1\n")
    committed(top)
    for name in names[::2]:
        (top / name).write_bytes(b"1\n2\n")
    assert changed(head_of(top), top, *names) == [(number + 1) % 2 for number in range(len(names))]


def test_many_changed_files_at_once(top: Path) -> None:
    names = [f"m{number}" for number in range(100)]
    committed(top, **{name: name.encode() + b"\n" for name in names})
    for name in names:
        (top / name).write_bytes(b"same\n")
    assert changed(head_of(top), top, *names) == [2] * 100


@pytest.fixture
def hostile(tmp_path: Path) -> tuple[Path, Path]:
    """A partial clone that lacks a blob and says that a program brings it, and the canary of its programs."""
    canary, top = tmp_path / "canary", tmp_path / "hostile"
    repository(top, canary)
    configuration = top / ".git" / "config"
    armed = configuration.read_bytes()
    configuration.write_bytes(b"[core]\n\trepositoryformatversion = 0\n")
    git(top, "-c", "core.hooksPath=/dev/null", "add", ".")
    git(top, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "m")
    blob = git(top, "rev-parse", "HEAD:tracked.py").decode().strip()
    (top / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    armed = armed.replace(b"repositoryformatversion = 0", b"repositoryformatversion = 1")
    configuration.write_bytes(armed.replace(b"ext::sh -c touch% canary", b"ssh://localhost/x"))
    programs(top, canary)
    return top, canary


def test_no_program_of_a_repository_runs(hostile: tuple[Path, Path]) -> None:
    top, canary = hostile
    (top / "tracked.py").write_bytes(b"other\n")
    path, os.environ["PATH"] = os.environ["PATH"], f"{top}:.:{os.environ['PATH']}"
    try:
        head = head_of(top)
        assert changed(head, top, "tracked.py", ".gitattributes") == [None, 0]
        (top / ".gitattributes").write_bytes(b"*.py diff=evil\n")
        assert changed(head, top, ".gitattributes") == [2]
    finally:
        os.environ["PATH"] = path
    assert not canary.exists()


@pytest.mark.parametrize("command", [["status"], ["cat-file", "-p", "HEAD:tracked.py"]])
def test_without_precautions_they_would_run(hostile: tuple[Path, Path], command: list[str]) -> None:
    top, canary = hostile
    subprocess.run(["git", *command], cwd=top, timeout=60, capture_output=True, check=False)
    assert canary.exists()
