from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.model import Appraisal, RelPath
from dev_assistant.record.remembered import remembered
from dev_assistant.record.secret import UserSecret
from dev_assistant.record.store import SqliteVerdictStore
from fakes.record import checked, digest, fresh

A = RelPath("src/a.py")
K = digest("k")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / ".cache" / "verification.db"


@pytest.fixture
def saved(database: Path) -> Path:
    with closing(SqliteVerdictStore(database)) as store:
        store.save({A: fresh(K)}, {K: checked(1)}, {A: Appraisal(K, ("os",), K, None, None)})
    return database


def told(database: Path, **options: UserSecret) -> str:
    with pytest.raises(UserError) as raised:
        remembered(database, **options)
    assert raised.value.hint
    return str(raised.value)


def test_all_that_was_saved_is_there(saved: Path) -> None:
    known = remembered(saved)
    assert (known.files, known.appraisals[A].imports) == ({A: fresh(K)}, ("os",))


def test_no_cache_is_told(database: Path) -> None:
    assert "does not exist" in told(database)


def test_a_damaged_one_is_told(saved: Path) -> None:
    data = bytearray(saved.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    saved.write_bytes(data)
    assert "is damaged" in told(saved)


def test_a_row_that_was_changed_is_told(saved: Path) -> None:
    with closing(sqlite3.connect(saved)) as connection, connection:
        connection.execute("UPDATE files SET record = zeroblob(40)")
    assert "is damaged: checksum" in told(saved)


def test_that_of_somebody_else_is_told(saved: Path) -> None:
    other = UserSecret(environ={"DEV_ASSISTANT_CACHE_KEY": "another"})
    assert "is not believed" in told(saved, secret=other)


def test_one_that_is_locked_is_not_called_damaged(saved: Path) -> None:
    with closing(sqlite3.connect(saved, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
        assert "cannot be read now" in told(saved)


def test_what_is_no_file_is_told(database: Path) -> None:
    database.parent.mkdir()
    os.mkfifo(database)
    assert str(database) in told(database)
