"""What is asked of verification.db and written to it, in SQL.

Nothing here begins a transaction: that is the caller's, so that what belongs together is written together.
Rows are written many to a statement: Python's sqlite3 gives up the interpreter at each step, and beside busy
threads it is slow to get it back (20,000 rows one by one: 9 s instead of 1 s).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from dev_assistant import failpoints
from dev_assistant.model import Appraisal, Digest, FileRecord, RelPath, Verdict
from dev_assistant.record.database import VALUE_LIMIT
from dev_assistant.record.rows import (
    digest_key,
    open_appraisal,
    open_record,
    open_text,
    references,
    seal,
    seal_text,
)

_CHUNK = 256  # keys in one statement
_HEAD = b"head"


def select_files(connection: sqlite3.Connection) -> dict[RelPath, FileRecord]:
    """Raises DamagedError, sqlite3.Error."""
    rows = connection.execute("SELECT path, record FROM files")
    return dict(open_record(path, record) for path, record in rows)


def select_appraisals(connection: sqlite3.Connection) -> dict[RelPath, Appraisal]:
    """Raises DamagedError, sqlite3.Error."""
    rows = connection.execute("SELECT path, appraisal FROM files WHERE appraisal NOT NULL")
    return dict(open_appraisal(path, appraisal) for path, appraisal in rows)


def select_verdicts(
    connection: sqlite3.Connection, keys: Iterable[Digest]
) -> Iterator[tuple[bytes, bytes, int]]:
    """Rows of (key, sealed verdict, day of use)."""
    for chunk, marks in _chunked([digest_key(key) for key in keys]):
        yield from connection.execute(
            f"SELECT key, verdict, used FROM verdicts WHERE key IN ({marks})",  # noqa: S608  only '?'
            chunk,
        )


def select_references(connection: sqlite3.Connection, paths: Sequence[bytes]) -> set[bytes]:
    """The keys of the verdicts on which the present rows of these files rest. Raises DamagedError."""
    keys: set[bytes] = set()
    for chunk, marks in _chunked(paths):
        rows = connection.execute(
            f"SELECT path, record FROM files WHERE path IN ({marks})",  # noqa: S608  only '?'
            chunk,
        )
        for path, record in rows:
            keys |= references(path, record)
    return keys


def put_files(connection: sqlite3.Connection, records: Mapping[bytes, FileRecord | None]) -> None:
    """Insert, replace, or delete (None) by path. A record over the limit is unknown, so deleted."""
    rows = _sealed(records)
    for chunk, marks in _chunked(list(records.keys() - rows)):
        connection.execute(f"DELETE FROM files WHERE path IN ({marks})", chunk)  # noqa: S608  only '?'
    for values, marks in _rows(rows.items(), "(?, ?)"):
        connection.execute(
            f"INSERT INTO files (path, record) VALUES {marks}"  # noqa: S608  only '?'
            " ON CONFLICT DO UPDATE SET record = excluded.record",
            values,
        )


def put_appraisals(connection: sqlite3.Connection, appraisals: Mapping[bytes, Appraisal]) -> None:
    """Of files that have a row; whoever is gone by now is not appraised."""
    for values, marks in _rows(_sealed(appraisals).items(), "(?, ?)"):
        connection.execute(
            f"WITH new (path, appraisal) AS (VALUES {marks})"  # noqa: S608  only '?'
            " UPDATE files SET appraisal = new.appraisal FROM new WHERE files.path = new.path",
            values,
        )


def put_verdicts(connection: sqlite3.Connection, verdicts: Mapping[bytes, Verdict], *, today: int) -> None:
    """Insert or replace by key. A verdict over the limit is left out: it will have to be made again."""
    sealed = ((key, value, today) for key, value in _sealed(verdicts).items())
    for values, marks in _rows(sealed, "(?, ?, ?)"):
        connection.execute(
            f"INSERT INTO verdicts VALUES {marks}"  # noqa: S608  only '?'
            " ON CONFLICT DO UPDATE SET verdict = excluded.verdict, used = excluded.used",
            values,
        )


def touch(connection: sqlite3.Connection, keys: Iterable[bytes], *, today: int) -> None:
    """These verdicts were of use today."""
    for chunk, marks in _chunked(list(keys)):
        connection.execute(
            f"UPDATE verdicts SET used = ? WHERE used < ? AND key IN ({marks})",  # noqa: S608  only '?'
            (today, today, *chunk),
        )


def select_head(connection: sqlite3.Connection) -> str | None:
    """Raises DamagedError."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_HEAD,)).fetchone()
    return None if row is None else open_text(_HEAD, row[0])


def put_head(connection: sqlite3.Connection, text: str) -> None:
    failpoints.hit("store.head")
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (_HEAD, seal_text(_HEAD, text)),
    )


def delete_all(connection: sqlite3.Connection) -> None:
    """All files and verdicts; the head stays."""
    connection.execute("DELETE FROM files")
    connection.execute("DELETE FROM verdicts")


def _sealed(
    values: Mapping[bytes, FileRecord | None] | Mapping[bytes, Verdict] | Mapping[bytes, Appraisal],
) -> dict[bytes, bytes]:
    rows = {key: seal(key, value) for key, value in values.items() if value is not None}
    return {key: value for key, value in rows.items() if len(value) <= VALUE_LIMIT}


def _chunked(keys: Sequence[bytes]) -> Iterator[tuple[Sequence[bytes], str]]:
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        yield chunk, ",".join("?" * len(chunk))


def _rows(rows: Iterable[tuple[object, ...]], marks: str) -> Iterator[tuple[list[object], str]]:
    """The values of up to ``_CHUNK`` rows in one list, and as many groups of marks."""
    ahead = iter(rows)
    while chunk := list(islice(ahead, _CHUNK)):
        yield [value for row in chunk for value in row], ",".join([marks] * len(chunk))
