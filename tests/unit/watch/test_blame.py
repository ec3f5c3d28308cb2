from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.watch.blame import Line, authors_of, blamed
from dev_assistant.watch.git_objects import Objects
from hostile.corpus import programs, repository

NO_FILTERS = ("-c", "core.fsmonitor=false", "-c", "filter.evil.clean=", "-c", "filter.evil.process=")


def commit(top: Path, author: str, *options: str) -> None:
    identity = ("-c", f"user.name={author}", "-c", "user.email=x@y", "-c", "commit.gpgsign=false")
    for command in (("add", "-A"), ("commit", "-q", "-m", "m")):
        subprocess.run(["git", *identity, *options, *command], cwd=top, check=True, timeout=60)


@pytest.fixture
def top(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, timeout=60)
    (tmp_path / "a b.py").write_bytes(b"one\ntwo\nthree\n")
    commit(tmp_path, "Ann <q> Q\u00e9")
    (tmp_path / "a b.py").write_bytes(b"one\n2\nthree\nfour")
    commit(tmp_path, "Bob")
    return tmp_path


def objects(top: Path) -> Objects:
    return Objects(str(top), timeout=60)


def known(*lines: str) -> list[Line]:
    return [Line(text.encode(), author) for author, _, text in (line.partition(":") for line in lines)]


def test_each_line_has_its_author(top: Path) -> None:
    # git itself takes the angle brackets out of a name
    ann = "Ann q Q\u00e9"
    lines = [Line(b"one", ann), Line(b"2", "Bob"), Line(b"three", ann), Line(b"four", "Bob")]
    assert blamed(objects(top), "a b.py") == lines


def test_what_head_does_not_have_is_not_told(top: Path) -> None:
    (top / "new.py").write_bytes(b"x\n")
    assert blamed(objects(top), "new.py") is None


def test_no_repository_tells_nothing(tmp_path: Path) -> None:
    assert blamed(objects(tmp_path), "a.py") is None


def test_a_git_that_takes_too_long_is_ended(top: Path) -> None:
    with pytest.raises(ToolError, match="did not answer"):
        blamed(Objects(str(top), timeout=0.0), "a b.py")


def test_no_program_of_a_repository_runs(tmp_path: Path) -> None:
    canary, top = tmp_path / "canary", tmp_path / "hostile"
    repository(top, canary)
    configuration = top / ".git" / "config"
    armed = configuration.read_bytes()
    configuration.write_bytes(b"[core]\n\trepositoryformatversion = 0\n")
    commit(top, "Eve", "-c", "core.hooksPath=/dev/null", *NO_FILTERS)
    armed = armed.replace(b"repositoryformatversion = 0", b"repositoryformatversion = 1")
    configuration.write_bytes(armed.replace(b"ext::sh -c touch% canary", b"ssh://localhost/x"))
    programs(top, canary)
    (top / "tracked.py").write_bytes(b"other\n")

    assert {line.author for line in blamed(objects(top), "tracked.py") or ()} == {"Eve"}
    assert not canary.exists()


@pytest.mark.parametrize(
    ("data", "authors"),
    [
        (b"one\ntwo\nthree\n", ["Ann", "Bob", "Ann", None]),
        (b"one\r\ntwo\r\nthree", ["Ann", "Bob", "Ann"]),
        (b"new\none\ntwo\nthree", [None, "Ann", "Bob", "Ann"]),
        (b"one\nnew\nthree", ["Ann", None, "Ann"]),
        (b"three\ntwo\none", ["Ann", "Bob", "Ann"]),
        (b"", [None]),
    ],
)
def test_lines_keep_their_authors_in_other_bytes(data: bytes, authors: list[str | None]) -> None:
    assert authors_of(data, known("Ann:one", "Bob:two", "Ann:three")) == authors


def test_a_line_that_two_have_written_is_nobodys_unless_its_place_tells() -> None:
    lines = known("Ann:a", "Ann:pass", "Bob:pass", "Bob:b")
    assert authors_of(b"a\npass\nnew\npass\nb", lines) == ["Ann", "Ann", None, "Bob", "Bob"]
    assert authors_of(b"x\npass\ny", lines) == [None, None, None]
