"""Keeping verification.db within its limits: what goes first, and how the file gets smaller.

A verdict on which a file's record rests never goes, whatever the limits say: it would have to be made
again at once, and dropped again, for ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import NamedTuple

from dev_assistant import failpoints
from dev_assistant.record.database import transaction
from dev_assistant.record.rows import references


class Pruned(NamedTuple):
    """What was dropped, and the size in bytes of what is left in the database.

    ``aged`` had been of no use for too long; ``evicted`` had to go for the size. ``size`` stays over the
    limit only when all that is left belongs to files that exist.
    """

    aged: int
    evicted: int
    size: int


def prune(connection: sqlite3.Connection, *, before: float, max_bytes: int) -> Pruned:
    """Drop unreferenced verdicts last of use before a day, then the longest unused until the rest fits.

    Writes nothing when nothing is to be dropped. Raises DamagedError, sqlite3.Error.
    """
    aged = evicted = 0
    if size(connection) > max_bytes or _any_unused(connection, before):
        with transaction(connection):
            _list_referenced(connection)
            aged = _drop_aged(connection, before)
            evicted = _evict(connection, max_bytes)
            connection.execute("DROP TABLE temp.referenced")
    if aged or evicted:
        shrink(connection)
    return Pruned(aged, evicted, size(connection))


def shrink(connection: sqlite3.Connection) -> None:
    """Give free pages and the write-ahead log back to the file system."""
    failpoints.hit("store.shrink")
    # execute() stops after the first page: the statement yields a row without columns for each
    connection.executescript("PRAGMA incremental_vacuum")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def size(connection: sqlite3.Connection) -> int:
    """Bytes in use, without the pages that are free."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * page)


def _any_unused(connection: sqlite3.Connection, before: float) -> bool:
    row = connection.execute("SELECT 1 FROM verdicts WHERE used < ? LIMIT 1", (before,)).fetchone()
    return row is not None


def _list_referenced(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TEMP TABLE referenced (key BLOB PRIMARY KEY) WITHOUT ROWID")
    connection.executemany(
        "INSERT OR IGNORE INTO temp.referenced VALUES (?)", [(key,) for key in _referenced(connection)]
    )


def _referenced(connection: sqlite3.Connection) -> Iterator[bytes]:
    for path, record in connection.execute("SELECT path, record FROM files"):
        yield from references(path, record)


def _drop_aged(connection: sqlite3.Connection, before: float) -> int:
    return connection.execute(
        "DELETE FROM verdicts WHERE used < ? AND key NOT IN (SELECT key FROM temp.referenced)", (before,)
    ).rowcount


def _evict(connection: sqlite3.Connection, max_bytes: int) -> int:
    evicted = 0
    while (excess := size(connection) - max_bytes) > 0:
        victims = _longest_unused(connection, excess)
        if not victims:
            break
        connection.executemany("DELETE FROM verdicts WHERE key = ?", victims)
        evicted += len(victims)
    return evicted


def _longest_unused(connection: sqlite3.Connection, excess: int) -> list[tuple[bytes]]:
    """The fewest that free ``excess`` bytes of values; whole pages come free later than that."""
    victims = []
    rows = connection.execute(
        "SELECT key, length(verdict) FROM verdicts WHERE key NOT IN (SELECT key FROM temp.referenced)"
        " ORDER BY used, key"
    )
    for key, length in rows:
        victims.append((key,))
        excess -= length
        if excess <= 0:
            break
    return victims
