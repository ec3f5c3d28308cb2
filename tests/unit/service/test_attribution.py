from __future__ import annotations

import subprocess
from collections.abc import Mapping
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from dev_assistant.files import Content, read
from dev_assistant.model import Checked, Counts, FileRecord, FileState, RelPath, part_of
from dev_assistant.record.store import SqliteVerdictStore
from dev_assistant.report.authors import Attribution
from dev_assistant.report.tally import tally
from dev_assistant.report.views import ProjectView
from dev_assistant.service.attribution import NO_REPOSITORY, NO_TIME, NOT_COMMITTED, NOT_READ, attribute
from fakes.record import checked, digest

A, B = RelPath("a.py"), RelPath("b.py")


def git(top: Path, *arguments: str) -> None:
    identity = ("-c", "user.email=x@y", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=top, check=True, timeout=60)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two lines of Ann's and one of Bob's in a.py; b.py is not committed."""
    git(tmp_path, "init", "-q")
    for author, data in (("Ann", b"1\n2\n"), ("Bob", b"1\n2\n3\n")):
        (tmp_path / A).write_bytes(data)
        git(tmp_path, "add", "a.py")
        git(tmp_path, "-c", f"user.name={author}", "commit", "-q", "-m", "m")
    (tmp_path / B).write_bytes(b"1\n")
    return tmp_path


def view(root: Path, verdicts: Mapping[RelPath, Checked], *, saved: bool = True) -> ProjectView:
    """A project in which these verdicts stand on the files as they are now."""
    records = {}
    with closing(SqliteVerdictStore(root / "verification.db")) as store:
        for path, verdict in verdicts.items():
            content = read(str(root / path), limit=1000)
            assert isinstance(content, Content)
            key = digest(path)
            part = part_of(verdict, verifier="ruff", key=key)
            records[path] = FileRecord(FileState.FRESH, content.fingerprint, (part,))
            store.save({path: records[path]}, {key: verdict} if saved else {})
    return ProjectView("app", str(root), "checked", (), records, tally(records), 0, 0)


def attributed(project: ProjectView, seconds: float = 60.0) -> Attribution:
    return attribute(project, database=Path(project.root, "verification.db"), seconds=seconds)


def test_a_finding_is_counted_for_who_wrote_its_line(root: Path) -> None:
    found = attributed(view(root, {A: checked(3)}))
    assert found.authors == {"Ann": (Counts(lint=2), 1), "Bob": (Counts(lint=1), 1)}
    assert (found.uncommitted.files, found.unknown) == (0, {})


def test_lines_that_head_does_not_have_are_not_committed(root: Path) -> None:
    (root / A).write_bytes(b"1\nnew\n3\n")
    found = attributed(view(root, {A: checked(3)}))
    assert {name: share.counts.lint for name, share in found.authors.items()} == {"Ann": 1, "Bob": 1}
    assert found.uncommitted == (Counts(lint=1), 1)


def test_a_file_that_head_does_not_have_is_told(root: Path) -> None:
    assert attributed(view(root, {B: checked(2)})).unknown == {NOT_COMMITTED: 2}


def test_clean_files_are_not_looked_at(root: Path) -> None:
    assert attributed(view(root, {A: checked(), B: checked()})) == ({}, (Counts(), 0), {})


def test_findings_in_other_bytes_are_nobodys(root: Path) -> None:
    project = view(root, {A: checked(2)})
    (root / A).write_bytes(b"2\n2\n3\n")
    assert attributed(project).unknown == {NOT_READ: 2}


def test_findings_that_the_cache_has_lost_are_nobodys(root: Path) -> None:
    assert attributed(view(root, {A: checked(2)}, saved=False)).unknown == {NOT_READ: 2}


def test_without_a_repository_nobody_is_named(tmp_path: Path) -> None:
    (tmp_path / A).write_bytes(b"1\n")
    assert attributed(view(tmp_path, {A: checked(1)})).unknown == {NO_REPOSITORY: 1}


def test_when_the_time_is_up_the_rest_is_told(root: Path) -> None:
    git(root, "add", ".")
    git(root, "-c", "user.name=Bob", "commit", "-q", "-m", "m")
    project = view(root, {A: checked(3), B: checked(1)})
    ticks = count(0, 10)

    found = attribute(
        project, database=root / "verification.db", seconds=15.0, now=lambda: float(next(ticks))
    )

    assert {name: share.counts.lint for name, share in found.authors.items()} == {"Ann": 2, "Bob": 1}
    assert found.unknown == {NO_TIME: 1}


def test_a_git_that_the_end_of_the_time_ended_is_no_fault_of_git(root: Path) -> None:
    project = view(root, {A: checked(3)})
    ticks = iter((0.0, 0.0, 1.0))

    found = attribute(project, database=root / "verification.db", seconds=1e-6, now=lambda: next(ticks))

    assert found.unknown == {NO_TIME: 3}
