"""What every ``VerdictStore`` promises."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dev_assistant.model import Appraisal, Digest, Failed, FileRecord, FileState, RelPath, Skipped, Verdict
from dev_assistant.ports import VerdictStore
from dev_assistant.record.store import SqliteVerdictStore
from dev_assistant.record.volatile import VolatileStore
from fakes.record import MemoryVerdictStore, checked, digest, fresh

A, B = RelPath("src/a.py"), RelPath("src/b.py")
K, L = digest("k"), digest("l")


def open_store(kind: str, directory: Path) -> VerdictStore:
    match kind:
        case "sqlite":
            return SqliteVerdictStore(directory / ".cache" / "verification.db")
        case "volatile":
            return VolatileStore()
        case _:
            return MemoryVerdictStore()


@pytest.fixture(params=["sqlite", "volatile", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VerdictStore]:
    store = open_store(request.param, tmp_path)
    yield store
    store.close()


def test_a_new_store_is_empty(store: VerdictStore) -> None:
    assert store.load() == {}
    assert store.find([K]) == {}


def test_what_was_saved_is_there(store: VerdictStore) -> None:
    store.save({A: fresh(K), B: FileRecord(FileState.PENDING)}, {K: checked(2)})

    assert store.load() == {A: fresh(K), B: FileRecord(FileState.PENDING)}
    assert store.find([K, L]) == {K: checked(2)}


@pytest.mark.parametrize("verdict", [checked(), checked(3), Skipped("generated"), Failed("timed out")])
def test_every_verdict_comes_back_as_what_it_was(store: VerdictStore, verdict: Verdict) -> None:
    store.save({}, {K: verdict})

    assert store.find([K]) == {K: verdict}


def test_appraisals_are_of_files_in_the_view(store: VerdictStore) -> None:
    one, two = (Appraisal(digest(name), ("hmac",), digest("sought"), "blob", 7) for name in "xy")
    store.save({A: fresh(K), B: fresh(K)}, {}, {A: one, B: one})
    store.save({A: fresh(L), B: None}, {}, {A: two})
    assert store.appraisals() == {A: two}
    store.save({A: fresh(K), B: fresh(K)}, {})
    assert store.appraisals() == {A: two}


def test_saving_replaces_and_none_removes(store: VerdictStore) -> None:
    store.save({A: fresh(K), B: fresh(K)}, {K: checked(1)})
    store.save({A: fresh(L), B: None}, {K: checked(2)})

    assert store.load() == {A: fresh(L)}
    assert store.find([K]) == {K: checked(2)}


def test_removing_what_is_not_there_changes_nothing(store: VerdictStore) -> None:
    store.save({A: fresh(K)}, {})
    store.save({B: None}, {})

    assert store.load() == {A: fresh(K)}


def test_names_that_are_not_utf8_come_back(store: VerdictStore) -> None:
    names = [RelPath("src/\udcff.py"), RelPath("../ü/'\n.py"), RelPath("\\xff.py")]
    store.save({name: fresh(digest(number)) for number, name in enumerate(names)}, {})

    assert store.load() == {name: fresh(digest(number)) for number, name in enumerate(names)}


def test_many_keys_at_once(store: VerdictStore) -> None:
    verdicts: dict[Digest, Verdict] = {digest(number): checked(number % 3) for number in range(1_100)}
    store.save({}, verdicts)

    assert store.find([*verdicts, K]) == verdicts
    assert store.find([]) == {}


def test_what_load_gave_belongs_to_the_caller(store: VerdictStore) -> None:
    store.save({A: fresh(K)}, {})
    store.load().clear()

    assert store.load() == {A: fresh(K)}


def test_closing_twice_is_closing_once(store: VerdictStore) -> None:
    store.close()
    store.close()


paths = st.sampled_from([RelPath(f"{name}.py") for name in "abc"])
records = st.none() | st.integers(0, 5).map(lambda number: fresh(digest(number)))
saves = st.lists(
    st.tuples(
        st.dictionaries(paths, records),
        st.dictionaries(st.integers(0, 5).map(digest), st.integers(0, 3).map(checked)),
    ),
    max_size=6,
)


@pytest.mark.parametrize("kind", ["sqlite", "volatile", "memory"])
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(saves)
def test_a_store_is_the_sum_of_its_saves(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    steps: list[tuple[dict[RelPath, FileRecord | None], dict[Digest, Verdict]]],
) -> None:
    store = open_store(kind, tmp_path_factory.mktemp("store"))
    files: dict[RelPath, FileRecord | None] = {}
    verdicts: dict[Digest, Verdict] = {}
    for new_files, new_verdicts in steps:
        store.save(new_files, new_verdicts)
        files |= new_files
        verdicts |= new_verdicts

    assert store.load() == {path: record for path, record in files.items() if record is not None}
    assert store.find([digest(number) for number in range(6)]) == verdicts
    store.close()
