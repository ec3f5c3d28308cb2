import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.record.database import (
    SCHEMA_VERSION,
    ForeignError,
    StoreUnavailable,
    drop_aside,
    identity,
    is_damage,
    move_aside,
    open_readable,
    open_writable,
    transaction,
)
from dev_assistant.record.secret import UserSecret
from fakes.points import armed


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / ".cache" / "verification.db"


def made(database: Path, *statements: str) -> None:
    database.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def one(connection: sqlite3.Connection, statement: str) -> object:
    return connection.execute(statement).fetchone()[0]


def test_a_new_database_has_our_settings(database: Path) -> None:
    with closing(open_writable(database)) as connection:
        assert one(connection, "PRAGMA journal_mode") == b"wal"
        assert one(connection, "PRAGMA synchronous") == 1
        assert one(connection, "PRAGMA auto_vacuum") == 2
        assert one(connection, "SELECT count(*) FROM sqlite_master WHERE type = 'table'") == 3


def test_a_database_of_ours_is_opened_again(database: Path) -> None:
    with closing(open_writable(database)) as connection:
        connection.execute("INSERT INTO meta VALUES (x'00', x'01')")
    with closing(open_writable(database)) as connection:
        assert one(connection, "SELECT value FROM meta WHERE name = x'00'") == b"\x01"


def test_an_empty_file_is_a_new_database(database: Path) -> None:
    database.parent.mkdir()
    database.touch()

    with closing(open_writable(database)) as connection:
        assert one(connection, "SELECT count(*) FROM files") == 0


def assert_foreign(database: Path) -> None:
    with pytest.raises(ForeignError):
        open_writable(database)
    with pytest.raises(ForeignError):
        open_readable(database)


@pytest.mark.parametrize("statement", ["CREATE TABLE theirs (x)", "PRAGMA application_id = 7"])
def test_another_programs_database_is_refused(database: Path, statement: str) -> None:
    made(database, statement)

    assert_foreign(database)


def test_a_newer_database_is_refused(database: Path) -> None:
    open_writable(database).close()
    made(database, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")

    assert_foreign(database)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM meta WHERE name = CAST('mark' AS BLOB)",
        "UPDATE meta SET value = zeroblob(80)",
        "UPDATE meta SET value = 7",
        "UPDATE meta SET value = x''",
    ],
)
def test_a_database_without_our_mark_is_foreign(database: Path, statement: str) -> None:
    open_writable(database).close()
    made(database, statement)

    assert_foreign(database)


def test_a_database_that_another_user_made_is_foreign(database: Path, tmp_path: Path) -> None:
    open_writable(database, secret=UserSecret(tmp_path / "theirs")).close()

    assert_foreign(database)


def test_a_table_that_never_ends_is_not_asked(database: Path) -> None:
    open_writable(database).close()
    endless = (
        "WITH RECURSIVE n(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n) SELECT v AS name, v AS value FROM n"
    )
    made(database, "DROP TABLE meta", f"CREATE VIEW meta AS {endless}")

    assert_foreign(database)


def test_nor_is_a_database_with_a_trigger(database: Path) -> None:
    open_writable(database).close()
    made(database, "CREATE TRIGGER late AFTER INSERT ON files BEGIN DELETE FROM files; END")

    assert_foreign(database)


def test_a_link_is_foreign(database: Path, tmp_path: Path) -> None:
    made(tmp_path / "elsewhere.db", "CREATE TABLE theirs (x)")
    database.parent.mkdir()
    database.symlink_to(tmp_path / "elsewhere.db")

    with pytest.raises(ForeignError):
        open_writable(database)


def test_a_link_in_the_directorys_place_is_refused(database: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    database.parent.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(StoreUnavailable, match="symbolic link"):
        open_writable(database)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_project_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        open_writable(tmp_path / "gone" / ".cache" / "verification.db")
    assert list(tmp_path.iterdir()) == []


def test_a_reader_cannot_write(database: Path) -> None:
    open_writable(database).close()

    with closing(open_readable(database)) as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute("DELETE FROM files")


def test_a_reader_does_not_make_a_database(database: Path) -> None:
    database.parent.mkdir()

    with pytest.raises(sqlite3.OperationalError):
        open_readable(database)
    assert not database.exists()


def test_a_name_with_odd_characters_can_be_read(tmp_path: Path) -> None:
    database = tmp_path / "a?b#c%20" / "verification.db"
    open_writable(database).close()

    open_readable(database).close()


def put_one_and_fail(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO meta VALUES (x'00', x'01')")
        connection.execute("INSERT INTO meta VALUES (x'01', NULL)")


def test_a_failed_transaction_leaves_nothing(database: Path) -> None:
    with closing(open_writable(database)) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            put_one_and_fail(connection)

        assert one(connection, "SELECT name FROM meta") == b"mark"
        assert not connection.in_transaction


def failure(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("told by SQLite")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("name", ["BUSY", "LOCKED", "FULL", "READONLY", "CANTOPEN", "IOERR_WRITE", "PERM"])
def test_what_may_pass_is_no_damage(name: str) -> None:
    assert not is_damage(failure(getattr(sqlite3, f"SQLITE_{name}")))


@pytest.mark.parametrize(
    "name", ["CORRUPT", "NOTADB", "ERROR", "CONSTRAINT", "IOERR_SHORT_READ", "CORRUPT_INDEX"]
)
def test_what_stays_is_damage(name: str) -> None:
    assert is_damage(failure(getattr(sqlite3, f"SQLITE_{name}")))


def test_moving_aside_takes_the_companions_and_keeps_two(database: Path) -> None:
    database.parent.mkdir()
    for number in range(1, 5):
        for suffix in ("", "-wal", "-shm"):
            Path(f"{database}{suffix}").write_text(f"{number}")
        assert move_aside(database) == Path(f"{database}.corrupt-{number}")

    kept = {f"verification.db.corrupt-{n}{s}" for n in (3, 4) for s in ("", "-wal", "-shm")}
    assert set(os.listdir(database.parent)) == kept
    assert Path(f"{database}.corrupt-4-wal").read_text() == "4"
    drop_aside(database)
    assert os.listdir(database.parent) == []


def test_identity_tells_one_file_from_the_next(database: Path) -> None:
    assert identity(database) is None
    open_writable(database).close()
    before = identity(database)
    assert before == identity(database)
    database.rename(database.with_name("kept"))
    open_writable(database).close()

    assert identity(database) not in {None, before}


@pytest.mark.parametrize("point", ["store.create", "store.commit", "store.name"])
def test_a_new_database_has_its_name_when_it_is_whole(tmp_path: Path, point: str) -> None:
    """Else a reader could hold its lock before it is in WAL mode, and the first save would be given up."""
    database = tmp_path / ".cache" / "verification.db"
    with armed(f"{point}=error:EIO"), pytest.raises(OSError, match="Input/output"):
        open_writable(database)
    assert not database.exists()
    with closing(open_writable(database)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == (b"wal",)
    assert [path.name for path in database.parent.glob("*.new*")] == []


def test_companions_of_a_deleted_database_do_not_meet_the_new_one(tmp_path: Path) -> None:
    database = tmp_path / ".cache" / "verification.db"
    with closing(open_writable(database)) as connection:
        connection.execute("INSERT INTO meta VALUES ('old', 'value')")
        left = Path(f"{database}-wal").read_bytes()
    database.unlink()
    Path(f"{database}-wal").write_bytes(left)
    with closing(open_writable(database)) as connection:
        assert connection.execute("SELECT name FROM meta").fetchall() == [(b"mark",)]
