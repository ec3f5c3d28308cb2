from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.files import Content, read
from dev_assistant.model import Appraisal, Criticality, Digest, FileRecord, FileState, RelPath
from dev_assistant.record.remembered import Remembered
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.service.recalled import recalled
from dev_assistant.settings import Settings

RULES = criticality_of(Settings(critical_patterns=("*auth*",), critical_imports=("hashlib",)))
AUTH, PLAIN, TEST = RelPath("auth.py"), RelPath("plain.py"), RelPath("tests/test_auth.py")


@pytest.fixture
def files(tmp_path: Path) -> dict[RelPath, FileRecord]:
    (tmp_path / "tests").mkdir()
    records = {}
    for path in (AUTH, PLAIN, TEST):
        (tmp_path / path).write_bytes(b"import hashlib\n")
        content = read(str(tmp_path / path), limit=100)
        assert isinstance(content, Content)
        records[path] = FileRecord(FileState.FRESH, content.fingerprint)
    return records


def ranks(
    root: Path, files: dict[RelPath, FileRecord], **appraisals: Appraisal
) -> dict[RelPath, Criticality]:
    known = Remembered(files, {RelPath(f"{name}.py"): each for name, each in appraisals.items()})
    return recalled(known, RULES, root=str(root))


def digest(record: FileRecord) -> Digest:
    assert record.fingerprint is not None
    return record.fingerprint.digest


def test_what_was_found_out_counts(tmp_path: Path, files: dict[RelPath, FileRecord]) -> None:
    found = Appraisal(digest(files[AUTH]), (), RULES.sought, "", 500)
    auth = ranks(tmp_path, files, auth=found)[AUTH]
    assert any("lines" in reason for reason in auth.reasons)
    assert not any("hashlib" in reason for reason in auth.reasons)


def test_else_the_imports_are_read(tmp_path: Path, files: dict[RelPath, FileRecord]) -> None:
    older = Appraisal(digest(files[TEST]), (), Digest("0" * 32), "", 500)
    found = ranks(tmp_path, files, auth=older)
    assert set(found) == {AUTH, PLAIN}
    assert found[AUTH].is_critical
    assert found[AUTH].reasons[1].startswith("imports hashlib")


def test_of_other_bytes_the_name_alone_counts(tmp_path: Path, files: dict[RelPath, FileRecord]) -> None:
    for path in files:
        (tmp_path / path).write_bytes(b"import hashlib, os\n")
    found = ranks(tmp_path, files)
    assert set(found) == {AUTH}
    assert len(found[AUTH].reasons) == 1
