import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.model import Failed, FileRecord, FileState
from dev_assistant.record.database import VALUE_LIMIT, open_writable
from dev_assistant.record.rows import digest_key
from dev_assistant.record.statements import (
    delete_all,
    put_files,
    put_head,
    put_verdicts,
    select_files,
    select_head,
    select_references,
    select_verdicts,
    touch,
)
from fakes.record import checked, digest, fresh

K, L = digest("k"), digest("l")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_writable(tmp_path / "verification.db")) as connection:
        yield connection


def days(connection: sqlite3.Connection) -> dict[str, int]:
    rows = connection.execute("SELECT key, used FROM verdicts")
    return {key.hex(): used for key, used in rows}


def test_references_of_present_rows_only(connection: sqlite3.Connection) -> None:
    put_files(connection, {b"a": fresh(K), b"b": fresh(L)})

    assert select_references(connection, [b"a", b"absent"]) == {digest_key(K)}


def test_saving_a_verdict_marks_the_day(connection: sqlite3.Connection) -> None:
    put_verdicts(connection, {digest_key(K): checked()}, today=3)
    put_verdicts(connection, {digest_key(K): checked(1)}, today=4)

    assert days(connection) == {K: 4}


def test_touching_never_takes_a_day_back(connection: sqlite3.Connection) -> None:
    put_verdicts(connection, {digest_key(K): checked(), digest_key(L): checked()}, today=5)
    touch(connection, [digest_key(K)], today=6)
    touch(connection, [digest_key(L)], today=4)

    assert days(connection) == {K: 6, L: 5}


def test_what_is_over_the_limit_is_not_kept(connection: sqlite3.Connection) -> None:
    huge = "x" * (VALUE_LIMIT + 1)
    put_files(connection, {b"a": fresh(K)})
    put_files(connection, {b"a": FileRecord(FileState.FAILED, reason=huge)})
    put_verdicts(connection, {digest_key(K): Failed(huge), digest_key(L): checked()}, today=1)

    assert select_files(connection) == {}
    assert [key for key, _, _ in select_verdicts(connection, [K, L])] == [digest_key(L)]


def test_the_head_outlives_files_and_verdicts(connection: sqlite3.Connection) -> None:
    assert select_head(connection) is None
    put_head(connection, "first")
    put_head(connection, "second")
    put_files(connection, {b"a": fresh(K)})
    put_verdicts(connection, {digest_key(K): checked()}, today=1)
    delete_all(connection)

    assert select_head(connection) == "second"
    assert (select_files(connection), days(connection)) == ({}, {})
