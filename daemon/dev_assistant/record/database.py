"""Opening verification.db, telling damage from absence, and moving a damaged file aside.

A damaged, foreign or newer database is no error: it is moved to ``verification.db.corrupt-N`` and a new
one takes its place. Foreign is also one that this user has not made: a repository could bring a cache that
calls its files clean. A locked, full or read-only disk is no damage: nothing is moved, and the caller
tries again. Never open the database file in this process except through SQLite: closing any other
descriptor of it drops SQLite's locks.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.errors import DevAssistantError
from dev_assistant.record.secret import OWN, UserSecret, is_own, new_mark

APPLICATION_ID = 0x64766173
SCHEMA_VERSION = 2
BUSY_SECONDS = 0.25
"""How long a call waits for another process's lock; the caller has other work and tries again later."""

VALUE_LIMIT = 16 << 20
"""Bytes of the largest value that is kept."""

_KEPT_ASIDE = 2
_ASIDE = ".corrupt-"
_COMPANIONS = ("-wal", "-shm", "-journal")
_STATEMENTS = 16
"""Compiled statements that a connection keeps: each takes up to 113 KB, one for each number of rows."""

_FEW_PAGES = "PRAGMA cache_size = -256"
"""In KiB instead of SQLite's 2,000: each project has two connections, and the system caches the file."""

_WAL_LIMIT = 8 << 20  # bytes to which the write-ahead log is cut back after a checkpoint

SCHEMA = (
    "CREATE TABLE files (path BLOB PRIMARY KEY, record BLOB NOT NULL, appraisal BLOB)",
    "CREATE TABLE verdicts (key BLOB PRIMARY KEY, verdict BLOB NOT NULL, used INTEGER NOT NULL)",
    "CREATE INDEX verdicts_by_use ON verdicts (used, key)",
    "CREATE TABLE meta (name BLOB PRIMARY KEY, value BLOB NOT NULL)",
)
_MARK = b"mark"
_KIND = APPLICATION_ID.to_bytes(4, "big") + SCHEMA_VERSION.to_bytes(4, "big")
"""What the mark of a database says of its form."""

_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_AUTH,
    }
)
_DAMAGED_READS = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_CORRUPTFS})


class StoreUnavailable(DevAssistantError):  # noqa: N818  a condition that passes, not a mistake
    """The database cannot be used now (locked, disk full, no permission): try again later."""


class ForeignError(Exception):
    """The file is not a database of ours, one of another version, or made by somebody else."""


def is_damage(error: Exception) -> bool:
    """Whether trying again is useless: anything that is not a lock, a full disk or a refusal."""
    if not isinstance(error, sqlite3.Error):
        return True
    code = error.sqlite_errorcode
    return code in _DAMAGED_READS or code & 0xFF not in _UNAVAILABLE


def identity(database: Path) -> tuple[int, int] | None:
    """Which file stands at this path now; None: none."""
    try:
        status = os.stat(database)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def open_writable(database: Path, *, secret: UserSecret = OWN) -> sqlite3.Connection:
    """A connection to a database with our tables, made when it is absent.

    The directory above the cache directory has to exist. Raises ForeignError, sqlite3.Error,
    StoreUnavailable.
    """
    _prepare(database)
    if not database.exists():
        _make(database, secret)
    failpoints.hit("store.open")
    connection = _connect(str(database))
    try:
        _adopt(connection, secret)
    except BaseException:
        connection.close()
        raise
    return connection


def open_readable(database: Path, *, secret: UserSecret = OWN) -> sqlite3.Connection:
    """A connection that cannot write. Raises ForeignError, sqlite3.Error (also when there is no database)."""
    failpoints.hit("store.read")
    _require_regular(database)
    connection = _connect(f"{database.absolute().as_uri()}?mode=ro")
    try:
        _require_ours(connection, secret)
        connection.execute(_FEW_PAGES)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(database: Path) -> None:
    directory = database.parent
    try:
        failpoints.hit("store.mkdir")
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"{directory}: {error.strerror}") from error
    if directory.is_symlink():
        raise StoreUnavailable(f"{directory} is a symbolic link: remove it")
    _require_regular(database)


def _make(database: Path, secret: UserSecret) -> None:
    """A new database gets its name when it is whole and in WAL mode.

    A reader that met it before that, and was held up, would hold back the first save for longer than that
    waits. Companions of a file that is gone must not meet the new one: SQLite would replay them into it.
    """
    temporary = f"{database}.new"
    _delete(temporary)
    connection = _connect(temporary)
    try:
        _adopt(connection, secret)
    finally:
        connection.close()
    _delete(str(database))
    failpoints.hit("store.name")
    os.replace(temporary, database)


def _require_regular(database: Path) -> None:
    """SQLite follows links, also those of its companions, and waits for FIFOs."""
    for suffix in ("", *_COMPANIONS):
        with contextlib.suppress(FileNotFoundError):
            if not stat.S_ISREG(os.lstat(f"{database}{suffix}").st_mode):
                raise ForeignError(f"{database}{suffix} is not a regular file")


def _connect(name: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        name,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        cached_statements=_STATEMENTS,
        uri=name.startswith("file:"),
    )
    connection.text_factory = bytes  # a damaged text must not raise on the way
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 2 * VALUE_LIMIT)  # nor a damaged length take all memory
    return connection


def _require_ours(connection: sqlite3.Connection, secret: UserSecret) -> None:
    """Numbers and tables first: in the place of one of ours there could be a view that never ends."""
    if _numbers(connection) != (APPLICATION_ID, SCHEMA_VERSION):
        raise ForeignError("a database of another program or version")
    tables = connection.execute(
        "SELECT sql FROM sqlite_master WHERE sql NOT NULL LIMIT ?", (len(SCHEMA) + 1,)
    )
    if sorted(sql for (sql,) in tables) != sorted(statement.encode() for statement in SCHEMA):
        raise ForeignError("a database with other tables than ours")
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_MARK,)).fetchone()
    known = secret.known()
    if row is None or known is None or not is_own(row[0], known, _KIND):
        raise ForeignError("made by somebody else, or before the secret of your caches was lost")


def _numbers(connection: sqlite3.Connection) -> tuple[int, int]:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return application, version


def _adopt(connection: sqlite3.Connection, secret: UserSecret) -> None:
    if _is_blank(connection):
        mark = new_mark(secret.own(), _KIND)
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        with transaction(connection):
            if _is_blank(connection):
                _create(connection, mark)
    _require_ours(connection, secret)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(_FEW_PAGES)


def _is_blank(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return _numbers(connection) == (0, 0) and tables == 0


def _create(connection: sqlite3.Connection, mark: bytes) -> None:
    failpoints.hit("store.create")
    for statement in SCHEMA:
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES (?, ?)", (_MARK, mark))
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of the block's writes or none of them."""
    failpoints.hit("store.begin")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        failpoints.hit("store.commit")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def move_aside(database: Path) -> Path:
    """Move a database with its companions out of the way; only the last two are kept.

    Raises StoreUnavailable when it cannot be moved.
    """
    taken = aside(database)
    target = f"{database}{_ASIDE}{max(taken, default=0) + 1}"
    try:
        for suffix in (*_COMPANIONS, ""):
            failpoints.hit("store.aside")
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{database}{suffix}", f"{target}{suffix}")
    except OSError as error:
        raise StoreUnavailable(f"{database} is damaged and cannot be moved: {error.strerror}") from error
    for number in sorted(taken)[: len(taken) + 1 - _KEPT_ASIDE]:
        _delete(f"{database}{_ASIDE}{number}")
    return Path(target)


def drop_aside(database: Path) -> None:
    """Delete every database that was moved aside."""
    for number in aside(database):
        _delete(f"{database}{_ASIDE}{number}")


def aside(database: Path) -> list[int]:
    """The numbers of the databases that were moved aside."""
    prefix = database.name + _ASIDE
    names = (entry.name.removeprefix(prefix) for entry in database.parent.glob(f"{prefix}*"))
    return [int(name) for name in names if name.isdecimal()]


def _delete(name: str) -> None:
    for suffix in (*_COMPANIONS, ""):
        with contextlib.suppress(OSError):
            os.unlink(name + suffix)
