import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.record.database import open_writable
from dev_assistant.record.pruning import Pruned, prune, size
from dev_assistant.record.rows import digest_key, path_key
from dev_assistant.record.statements import put_files, put_verdicts
from fakes.record import checked, digest, fresh

ROOMY = 1 << 30
BULKY = checked(400)  # about 50 kB


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "verification.db"


@pytest.fixture
def connection(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_writable(database)) as connection:
        yield connection


def keep(connection: sqlite3.Connection, days: Mapping[str, int], *, referenced: str = "") -> None:
    """Verdicts last of use on these days; files rest on the referenced ones."""
    for name, day in days.items():
        put_verdicts(connection, {digest_key(digest(name)): BULKY}, today=day)
    put_files(connection, {path_key(name): fresh(digest(name)) for name in referenced})


def left(connection: sqlite3.Connection) -> str:
    names = {digest_key(digest(name)): name for name in "abcdef"}
    return "".join(sorted(names[key] for (key,) in connection.execute("SELECT key FROM verdicts")))


def test_the_unreferenced_go_with_age(connection: sqlite3.Connection) -> None:
    keep(connection, {"a": 9, "b": 10, "c": 1}, referenced="c")

    pruned = prune(connection, before=10, max_bytes=ROOMY)

    assert (pruned.aged, pruned.evicted, left(connection)) == (1, 0, "bc")


def test_for_size_the_longest_unused_go_and_no_more_than_needed(connection: sqlite3.Connection) -> None:
    keep(connection, {"a": 3, "b": 1, "c": 4, "d": 2, "e": 5}, referenced="b")
    whole = size(connection)

    pruned = prune(connection, before=0, max_bytes=whole - 60_000)

    assert (pruned.aged, pruned.evicted, left(connection)) == (0, 2, "bce")
    assert pruned.size == size(connection) <= whole - 60_000


def test_what_files_rest_on_stays_over_any_limit(connection: sqlite3.Connection) -> None:
    keep(connection, {"a": 1, "b": 1}, referenced="a")

    pruned = prune(connection, before=100, max_bytes=0)

    assert (pruned.aged, pruned.evicted, left(connection)) == (1, 0, "a")
    assert pruned.size > 0


def test_the_file_gets_smaller(connection: sqlite3.Connection, database: Path) -> None:
    keep(connection, dict.fromkeys("abcdef", 1))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = database.stat().st_size

    prune(connection, before=2, max_bytes=ROOMY)

    assert database.stat().st_size < before / 2
    assert Path(f"{database}-wal").stat().st_size == 0


def test_nothing_to_drop_writes_nothing(connection: sqlite3.Connection, database: Path) -> None:
    keep(connection, {"a": 1, "b": 20}, referenced="a")
    changes = connection.total_changes
    log = Path(f"{database}-wal").read_bytes()

    assert prune(connection, before=10, max_bytes=ROOMY) == Pruned(0, 0, size(connection))
    assert Path(f"{database}-wal").read_bytes() == log
    assert connection.total_changes - changes <= 1  # the list of what is referenced, in memory
    assert connection.execute("SELECT count(*) FROM sqlite_temp_master").fetchone() == (0,)
