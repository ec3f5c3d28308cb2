import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.model import RelPath
from dev_assistant.record.reader import VerdictReader
from dev_assistant.record.store import SqliteVerdictStore
from fakes.record import checked, digest, fresh

A = RelPath("src/a.py")
K, L = digest("k"), digest("l")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / ".cache" / "verification.db"


@pytest.fixture
def store(database: Path) -> Iterator[SqliteVerdictStore]:
    with closing(SqliteVerdictStore(database)) as store:
        yield store


@pytest.fixture
def reader(database: Path) -> Iterator[VerdictReader]:
    with closing(VerdictReader(database)) as reader:
        yield reader


def test_without_a_database_there_is_nothing_and_none_is_made(reader: VerdictReader, tmp_path: Path) -> None:
    assert (reader.find([K]), reader.load(), reader.head()) == ({}, {}, None)
    assert list(tmp_path.iterdir()) == []


def test_it_sees_what_was_saved_as_soon_as_it_was(store: SqliteVerdictStore, reader: VerdictReader) -> None:
    assert reader.find([K]) == {}
    store.save({A: fresh(K)}, {K: checked(1)}, head="one")
    assert (reader.find([K]), reader.load(), reader.head()) == ({K: checked(1)}, {A: fresh(K)}, "one")
    store.save({A: None}, {L: checked(2)})

    assert (reader.find([K, L]), reader.load()) == ({K: checked(1), L: checked(2)}, {})


def test_it_serves_another_thread_while_the_store_is_used_in_this_one(store: SqliteVerdictStore) -> None:
    found: list[object] = []

    def look() -> None:
        with closing(store.reader()) as reader:
            found.append(reader.find([K]))

    store.save({}, {K: checked(1)})
    thread = threading.Thread(target=look)
    thread.start()
    store.save({}, {L: checked(2)})
    thread.join(10)

    assert found == [{K: checked(1)}]


def test_it_follows_when_the_database_is_replaced(
    store: SqliteVerdictStore, reader: VerdictReader, database: Path
) -> None:
    store.save({}, {K: checked(1)})
    assert reader.find([K])
    database.rename(database.with_name("kept"))
    assert reader.find([K]) == {}
    store.save({}, {L: checked(2)})

    assert reader.find([K, L]) == {L: checked(2)}


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_what_cannot_be_read_is_not_there_and_stays_as_it_is(
    reader: VerdictReader, database: Path, content: bytes
) -> None:
    database.parent.mkdir()
    database.write_bytes(content)

    assert (reader.find([K]), reader.load(), reader.head()) == ({}, {}, None)
    assert database.read_bytes() == content


def test_a_damaged_verdict_is_left_out(
    store: SqliteVerdictStore, reader: VerdictReader, database: Path
) -> None:
    store.save({}, {K: checked(1), L: checked(1, message="flipped here")})
    store.close()
    database.write_bytes(database.read_bytes().replace(b"flipped here", b"flopped here"))

    assert reader.find([K, L]) == {K: checked(1)}


def test_closing_ends_nothing_for_good(store: SqliteVerdictStore, reader: VerdictReader) -> None:
    store.save({}, {K: checked(1)})
    reader.find([K])
    reader.close()
    reader.close()

    assert reader.find([K]) == {K: checked(1)}
