from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.model import FileRecord, FileState, Part, RelPath, summarize
from dev_assistant.record.forgetting import Forgotten, forget, forget_head
from dev_assistant.record.store import SqliteVerdictStore
from fakes.record import checked, digest

A, B = RelPath("src/a.py"), RelPath("tests/b.py")
KEYS = {(path, tool): digest(f"{path}{tool}") for path in (A, B) for tool in ("ruff", "deep")}
OLD = digest("older bytes")


def judged(path: RelPath) -> FileRecord:
    parts = tuple(Part(tool, KEYS[path, tool], summarize(checked())) for tool in ("deep", "ruff"))
    return FileRecord(FileState.FRESH, None, parts)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / ".cache" / "verification.db"
    with closing(SqliteVerdictStore(path)) as store:
        verdicts = dict.fromkeys([*KEYS.values(), OLD], checked())
        store.save({A: judged(A), B: judged(B)}, verdicts, head="abc")
    return path


def left(database: Path) -> tuple[set[RelPath], set[str], str | None]:
    """The files of which something is known still, the verdicts, and the head of the evidence."""
    with closing(SqliteVerdictStore(database)) as store:
        known = {path for path, record in store.load().items() if record.state is not FileState.PENDING}
        return known, set(store.find([*KEYS.values(), OLD])), store.head()


def test_the_verdicts_of_one_verifier_go_with_those_of_older_bytes(database: Path) -> None:
    gone = forget(database, verifiers={"ruff"}, matches=lambda _: True)
    assert (gone.files, gone.verdicts, gone.older) == (2, 3, 1)
    files, verdicts, head = left(database)
    assert files == set()
    assert verdicts == {KEYS[A, "deep"], KEYS[B, "deep"]}  # found again under their keys
    assert head == "abc"


def test_the_names_stay_of_files_that_nobody_knows_any_more(database: Path) -> None:
    forget(database, verifiers={"ruff"}, matches=lambda path: path == A)
    with closing(SqliteVerdictStore(database)) as store:
        records = store.load()
    assert (records[A].state, records[A].fingerprint, records[A].parts) == (FileState.PENDING, None, ())
    assert records[B] == judged(B)
    assert forget(database, verifiers={"ruff"}, matches=lambda path: path == A).files == 0


def test_only_files_that_match_lose_anything(database: Path) -> None:
    gone = forget(database, verifiers={"ruff", "deep"}, matches=lambda path: path.startswith("src/"))
    assert (gone.files, gone.verdicts) == (1, 3)
    files, verdicts, _ = left(database)
    assert files == {B}
    assert verdicts == {KEYS[B, "ruff"], KEYS[B, "deep"]}


def test_a_dry_run_says_the_same_and_does_nothing(database: Path) -> None:
    before = left(database)
    planned = forget(database, verifiers={"ruff"}, matches=lambda _: True, dry_run=True)
    assert left(database) == before
    done = forget(database, verifiers={"ruff"}, matches=lambda _: True)
    assert planned[:3] == done[:3]


def test_a_cache_without_anything_loses_nothing(tmp_path: Path) -> None:
    database = tmp_path / ".cache" / "verification.db"
    assert forget(database, verifiers={"ruff"}, matches=lambda _: True) == Forgotten()


def test_the_head_of_the_evidence_goes_alone(database: Path) -> None:
    files, verdicts, _ = left(database)
    forget_head(database)
    assert left(database) == (files, verdicts, None)


@pytest.mark.parametrize("data", [b"", b"no database at all" * 100])
def test_a_cache_that_is_none_is_the_users_to_delete(database: Path, data: bytes) -> None:
    database.write_bytes(data)
    for path in database.parent.glob("*-wal"):
        path.unlink()
    if data:
        with pytest.raises(UserError, match=r"verification\.db"):
            forget(database, verifiers={"ruff"}, matches=lambda _: True)
        with pytest.raises(UserError, match=r"verification\.db"):
            forget_head(database)
    else:
        assert forget(database, verifiers={"ruff"}, matches=lambda _: True) == Forgotten()
