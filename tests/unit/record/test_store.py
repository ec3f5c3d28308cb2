import logging
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from conftest import Clock
from dev_assistant.model import Digest, Failed, FileRecord, RelPath, Verdict
from dev_assistant.record.reader import VerdictReader
from dev_assistant.record.secret import UserSecret
from dev_assistant.record.store import SqliteVerdictStore, StoreUnavailable
from fakes.points import armed
from fakes.record import checked, digest, fresh, full_disk

DAY = 86_400
A, B = RelPath("src/a.py"), RelPath("src/b.py")
K, L = digest("k"), digest("l")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / ".cache" / "verification.db"


@pytest.fixture
def store(database: Path, clock: Clock) -> Iterator[SqliteVerdictStore]:
    with closing(SqliteVerdictStore(database, now=clock, days=30)) as store:
        yield store


def asides(database: Path) -> list[str]:
    return sorted(path.name for path in database.parent.glob("*.corrupt-?"))


def writes(database: Path) -> int:
    """Grows with every transaction that changes something."""
    return Path(f"{database}-wal").stat().st_size


def damage(database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[100:] = b"\xa5" * (len(data) - 100)
    database.write_bytes(data)


def test_what_was_saved_outlives_the_store(database: Path, store: SqliteVerdictStore) -> None:
    store.save({A: fresh(K)}, {K: checked(1)}, head="abc")
    store.close()

    with closing(SqliteVerdictStore(database)) as again:
        assert (again.load(), again.find([K]), again.head()) == ({A: fresh(K)}, {K: checked(1)}, "abc")


def test_a_closed_store_opens_again(store: SqliteVerdictStore) -> None:
    store.save({A: fresh(K)}, {})
    store.close()

    assert store.load() == {A: fresh(K)}


def test_the_head_is_kept_alone_or_with_a_save(store: SqliteVerdictStore) -> None:
    assert store.head() is None
    store.set_head("one")
    assert store.head() == "one"
    store.save({}, {}, head="two")
    store.save({}, {})

    assert store.head() == "two"


def test_text_that_is_not_unicode_does_not_stop_a_save(store: SqliteVerdictStore) -> None:
    store.save({}, {K: Failed("cannot read \udcff.py")})

    assert store.find([K]) == {K: Failed("cannot read \\xff.py")}


def test_looking_writes_nothing(store: SqliteVerdictStore, database: Path, clock: Clock) -> None:
    store.save({A: fresh(K)}, {K: checked()})
    before = writes(database)
    clock.advance(3 * DAY)
    store.load()
    store.find([K, L])
    store.head()
    store.prune()

    assert writes(database) == before


def test_a_verdict_that_was_looked_up_counts_as_used_with_the_next_save(
    store: SqliteVerdictStore, clock: Clock
) -> None:
    store.save({}, {K: checked(), L: checked()})
    clock.advance(29 * DAY)
    store.find([K])
    store.save({A: fresh(digest("other"))}, {})
    clock.advance(10 * DAY)

    assert store.prune().aged == 1
    assert store.find([K, L]) == {K: checked()}


def test_a_verdict_is_kept_for_days_after_its_last_file_left_it(
    store: SqliteVerdictStore, clock: Clock
) -> None:
    store.save({A: fresh(K), B: fresh(L)}, {K: checked(), L: checked()})
    clock.advance(100 * DAY)
    assert store.prune().aged == 0
    store.save({A: fresh(digest("next")), B: None}, {})
    clock.advance(30 * DAY)
    assert store.prune().aged == 0
    clock.advance(DAY)

    assert store.prune().aged == 2
    assert store.find([K, L]) == {}


def test_the_size_is_bounded(database: Path, clock: Clock) -> None:
    with closing(SqliteVerdictStore(database, now=clock, max_mb=0.3)) as store:
        store.save({A: fresh(digest(0))}, {digest(number): checked(200) for number in range(40)})
        pruned = store.prune()

        assert 0 < pruned.evicted < 40
        assert pruned.size == database.stat().st_size <= 300_000
        assert store.find([digest(0)]) == {digest(0): checked(200)}


def test_clearing_forgets_all_but_the_head(store: SqliteVerdictStore, database: Path) -> None:
    store.save({A: fresh(K)}, {K: checked()}, head="abc")
    Path(f"{database}.corrupt-1").touch()
    store.clear()

    assert (store.load(), store.find([K]), store.head(), store.epoch) == ({}, {}, "abc", 0)
    assert asides(database) == []


@pytest.mark.parametrize("content", [b"not a database", b"SQLite format 3\x00" + b"\xff" * 5000])
def test_what_is_no_database_is_moved_aside(
    store: SqliteVerdictStore, database: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    database.parent.mkdir()
    database.write_bytes(content)

    assert store.load() == {}
    assert Path(f"{database}.corrupt-1").read_bytes() == content
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    store.save({A: fresh(K)}, {})
    assert store.load() == {A: fresh(K)}


def test_another_programs_database_is_moved_aside_whole(store: SqliteVerdictStore, database: Path) -> None:
    database.parent.mkdir()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE theirs (x)")

    assert store.load() == {}
    with closing(sqlite3.connect(f"{database}.corrupt-1")) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]


def test_damage_during_work_is_moved_aside_and_the_save_is_not_lost(
    store: SqliteVerdictStore, database: Path
) -> None:
    store.save({A: fresh(K)}, {digest(number): checked(50) for number in range(100)})
    with closing(sqlite3.connect(database)) as other:
        other.execute("DROP TABLE verdicts")
    store.save({B: fresh(L)}, {L: checked(1)})

    assert (store.load(), store.find([L])) == ({B: fresh(L)}, {L: checked(1)})
    assert (store.epoch, asides(database)) == (1, ["verification.db.corrupt-1"])


def test_a_row_that_does_not_hold_what_was_written_is_damage(
    store: SqliteVerdictStore, database: Path
) -> None:
    store.save({A: fresh(K, checked(3))}, {K: checked(3)})
    with closing(sqlite3.connect(database)) as other, other:
        other.execute("UPDATE files SET record = zeroblob(80)")

    assert store.load() == {}
    assert asides(database) == ["verification.db.corrupt-1"]


def test_at_most_two_are_kept_aside(store: SqliteVerdictStore, database: Path) -> None:
    for _ in range(4):
        store.save({A: fresh(K)}, {})
        store.close()
        damage(database)
        assert store.load() == {}

    assert asides(database) == ["verification.db.corrupt-3", "verification.db.corrupt-4"]


def test_a_deleted_database_is_begun_anew(store: SqliteVerdictStore, database: Path) -> None:
    store.save({A: fresh(K)}, {})
    for name in os.listdir(database.parent):
        (database.parent / name).unlink()
    database.parent.rmdir()
    store.save({B: fresh(L)}, {})

    assert (store.load(), store.epoch) == ({B: fresh(L)}, 1)
    store.close()
    assert store.load() == {B: fresh(L)}


def test_a_locked_database_refuses_saves_is_empty_to_reads_and_comes_back(
    store: SqliteVerdictStore, database: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store.save({A: fresh(K)}, {K: checked()})
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        store.close()
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        for _ in range(2):
            with pytest.raises(StoreUnavailable, match="locked"):
                store.save({B: fresh(L)}, {})
        assert (store.load(), store.find([K])) == ({}, {})
        assert len(caplog.records) == 1
    store.save({B: fresh(L)}, {})

    assert (store.load(), store.find([K])) == ({A: fresh(K), B: fresh(L)}, {K: checked()})
    assert (store.epoch, asides(database)) == (0, [])


def test_a_full_disk_refuses_the_whole_save(store: SqliteVerdictStore, database: Path) -> None:
    store.save({A: fresh(K)}, {K: checked()})
    with full_disk(writes(database) + 10_000), pytest.raises(StoreUnavailable):
        store.save({A: None, B: fresh(L)}, {L: checked(20_000)})

    assert (store.load(), store.find([K, L])) == ({A: fresh(K)}, {K: checked()})
    assert (store.epoch, asides(database)) == (0, [])


def test_a_project_that_is_gone_refuses(tmp_path: Path) -> None:
    with closing(SqliteVerdictStore(tmp_path / "gone" / ".cache" / "verification.db")) as store:
        assert store.load() == {}
        with pytest.raises(StoreUnavailable):
            store.save({A: fresh(K)}, {})
    assert not (tmp_path / "gone").exists()


def test_the_store_belongs_to_the_thread_that_used_it_first(
    store: SqliteVerdictStore, database: Path
) -> None:
    store.save({A: fresh(K)}, {})
    raised: list[BaseException] = []

    def trespass() -> None:
        try:
            store.load()
        except sqlite3.ProgrammingError as error:
            raised.append(error)

    thread = threading.Thread(target=trespass)
    thread.start()
    thread.join(10)

    assert len(raised) == 1
    assert (store.load(), asides(database)) == ({A: fresh(K)}, [])


FILES: dict[RelPath, FileRecord] = {RelPath(f"src/{n}.py"): fresh(digest(n)) for n in range(120)}
VERDICTS: dict[Digest, Verdict] = {digest(n): checked(n % 7) for n in range(120)}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A database in use: part of it is in the file, part in the write-ahead log."""
    database = tmp_path_factory.mktemp("sound") / "verification.db"
    half = list(FILES)[:60]
    with closing(SqliteVerdictStore(database)) as store:
        store.save({path: FILES[path] for path in half}, VERDICTS)
    with closing(SqliteVerdictStore(database)) as store:
        store.save({path: record for path, record in FILES.items() if path not in half}, {}, head="abc")
        return {suffix: Path(f"{database}{suffix}").read_bytes() for suffix in ("", "-wal")}


def mutated(data: bytes, chance: random.Random) -> bytes:
    match chance.randrange(5):
        case 0:
            return data[: chance.randrange(len(data))]
        case 1:
            return b""
        case 2:
            start = chance.randrange(len(data))
            return data[:start] + chance.randbytes(chance.randrange(1, 5000)) + data[start:]
        case 3:
            start = chance.randrange(len(data))
            return data[:start] + bytes(chance.randrange(1, 5000)) + data[start + 4096 :]
    damaged = bytearray(data)
    for _ in range(chance.choice([1, 1, 3, 50])):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def assert_true_and_usable(database: Path) -> None:
    """Nothing is told that was not written, and what is written now is told."""
    with closing(SqliteVerdictStore(database)) as store, closing(store.reader()) as reader:
        for files, verdicts in (
            (reader.load(), reader.find(list(VERDICTS))),
            (store.load(), store.find(list(VERDICTS))),
        ):
            assert files.items() <= FILES.items()
            assert verdicts.items() <= VERDICTS.items()
        assert store.head() in {"abc", None}
        save_all(store)
        assert (store.load(), store.find([K]), store.head()) == (
            FILES | {A: fresh(K)},
            {K: checked(9)},
            "new",
        )


def save_all(store: SqliteVerdictStore) -> None:
    """As an owner does: when damage shows on the way, all that is known is saved again."""
    epoch = None
    while epoch != store.epoch:
        epoch = store.epoch
        store.save(FILES | {A: fresh(K)}, VERDICTS | {K: checked(9)}, head="new")
        store.prune()
        store.load()


@pytest.mark.sweep
def test_no_damage_of_a_thousand_is_believed_or_fatal(
    sound: dict[str, bytes], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    for seed in range(1000, 2000):
        directory = tmp_path / str(seed)
        directory.mkdir()
        test_no_damage_is_believed_or_fatal(seed, sound, directory)
        shutil.rmtree(directory)
    record_property("faults", 1000)


def test_a_directory_in_its_place_is_moved_aside(store: SqliteVerdictStore, database: Path) -> None:
    (database / "inside").mkdir(parents=True)

    store.save({A: fresh(K)}, {})

    assert store.load() == {A: fresh(K)}
    assert asides(database) == ["verification.db.corrupt-1"]


@pytest.mark.parametrize("seed", range(200))
def test_no_damage_is_believed_or_fatal(seed: int, sound: dict[str, bytes], tmp_path: Path) -> None:
    chance = random.Random(seed)
    victim = chance.choice(["", "", "-wal"])
    for suffix, data in sound.items():
        Path(f"{tmp_path / 'verification.db'}{suffix}").write_bytes(
            mutated(data, chance) if suffix == victim else data
        )

    assert_true_and_usable(tmp_path / "verification.db")


@pytest.mark.parametrize(
    "point", ["store.mkdir", "store.open", "store.create", "store.begin", "store.commit"]
)
def test_what_the_system_refuses_is_no_damage_and_passes(
    database: Path, store: SqliteVerdictStore, point: str
) -> None:
    with armed(f"{point}=error:EIO@1"), pytest.raises(StoreUnavailable, match="Input/output"):
        store.save({A: fresh(K)}, {K: checked(1)})
    assert store.load() == {}
    store.save({A: fresh(K)}, {K: checked(1)})
    assert (store.find([K]), asides(database), store.epoch) == ({K: checked(1)}, [], 0)


@pytest.mark.parametrize("lose", [True, False], ids=["lost", "kept"])
def test_a_lost_secret_is_a_lost_cache(database: Path, tmp_path: Path, lose: bool) -> None:
    key = tmp_path / "state" / "cache.key"
    with closing(SqliteVerdictStore(database, secret=UserSecret(key, environ={}))) as store:
        store.save({A: fresh(K)}, {K: checked(1)})
    if lose:
        key.unlink()
    kept = {} if lose else {K: checked(1)}
    again = UserSecret(key, environ={})
    with closing(VerdictReader(database, secret=again)) as reader:
        assert reader.find([K]) == kept
    with closing(SqliteVerdictStore(database, secret=again)) as store:
        assert store.find([K]) == kept
        assert store.epoch == lose
        store.save({}, {L: checked(2)})
        assert store.find([K, L]) == kept | {L: checked(2)}
