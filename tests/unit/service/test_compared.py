from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from dev_assistant.files import Content, read
from dev_assistant.model import FileRecord, FileState, RelPath
from dev_assistant.service.compared import CHANGED, compared

A = RelPath("a.py")


@pytest.fixture
def judged(tmp_path: Path) -> FileRecord:
    (tmp_path / A).write_bytes(b"x = 1\n")
    content = read(str(tmp_path / A), limit=100)
    assert isinstance(content, Content)
    return FileRecord(FileState.FRESH, content.fingerprint)


def test_the_same_file_is_fresh(tmp_path: Path, judged: FileRecord) -> None:
    assert compared({A: judged}, root=str(tmp_path)) == {A: judged}


def test_the_same_bytes_with_other_times_are_fresh(tmp_path: Path, judged: FileRecord) -> None:
    os.utime(tmp_path / A, ns=(1, 1))
    assert compared({A: judged}, root=str(tmp_path)) == {A: judged}


@pytest.mark.parametrize("data", [b"x = 2\n", b"", b"x = 1\n\n"])
def test_other_bytes_are_stale(tmp_path: Path, judged: FileRecord, data: bytes) -> None:
    (tmp_path / A).write_bytes(data)
    (record,) = compared({A: judged}, root=str(tmp_path)).values()
    assert (record.state, record.reason, record.fingerprint) == (FileState.STALE, CHANGED, judged.fingerprint)


def test_a_link_in_its_place_is_no_proof(tmp_path: Path, judged: FileRecord) -> None:
    (tmp_path / A).rename(tmp_path / "b.py")
    (tmp_path / A).symlink_to("b.py")
    assert compared({A: judged}, root=str(tmp_path))[A].state is FileState.STALE


def test_what_is_gone_is_left_out(tmp_path: Path, judged: FileRecord) -> None:
    (tmp_path / A).unlink()
    assert compared({A: judged}, root=str(tmp_path)) == {}


def test_what_was_not_fresh_stays_what_it_was(tmp_path: Path, judged: FileRecord) -> None:
    failed = msgspec.structs.replace(judged, state=FileState.FAILED, reason="crash")
    (tmp_path / A).write_bytes(b"y")
    assert compared({A: failed}, root=str(tmp_path)) == {A: failed}
