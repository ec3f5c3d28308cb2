"""A cache, or a file for people, that is damaged, locked or gone: it costs time and no verdict."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, until

pytestmark = pytest.mark.linux

Fault = Callable[[Path], None]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app")
        for number in range(4):
            place.write(f"app/m{number}.py", f"import os\n\nN = {number}\n")
        yield place


def database(place: Desk) -> Path:
    return place.root / "app" / "RUNS" / ".cache" / "verification.db"


def warnings(place: Desk) -> list[str]:
    text = (place.root / "RUNS" / "logs" / "daemon.log").read_text()
    return [line for line in text.splitlines() if "the cache" in line and '"warning"' in line]


def flipped(file: Path) -> None:
    data = bytearray(file.read_bytes())
    for at in range(100, len(data), 97):
        data[at] ^= 16
    file.write_bytes(data)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def garbage(file: Path) -> None:
    file.write_bytes(b"no database " * 5000)


def newer(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 99")


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


def deleted(file: Path) -> None:
    file.unlink()


FAULTS = [
    flipped,
    *(
        pytest.param(f, marks=pytest.mark.sweep)
        for f in (empty, truncated, garbage, newer, directory, deleted)
    ),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_cache_that_was_damaged_between_two_runs_costs_time_alone(place: Desk, fault: Fault) -> None:
    place.start()
    place.run("stop")
    fault(database(place))

    place.start()

    place.agree()
    place.assert_chains()
    assert len(warnings(place)) <= 1
    place.run("stop")
    before = len(place.verified("app"))
    place.start()
    assert len(place.verified("app")) == before  # what was begun anew holds again
    place.agree()


@pytest.mark.parametrize(
    "fault", [deleted, *(pytest.param(f, marks=pytest.mark.sweep) for f in (garbage, directory))]
)
def test_a_cache_that_is_damaged_under_a_running_daemon_is_begun_anew(place: Desk, fault: Fault) -> None:
    place.start()
    fault(database(place))

    place.write("app/m0.py", "import re\n")
    place.settle()

    place.agree()
    place.run("stop")
    place.start()
    place.agree()
    assert place.status()["projects"][0]["fresh"] == 4


def test_a_cache_that_somebody_locks_is_written_when_it_is_free(place: Desk) -> None:
    place.start()
    with contextlib.closing(sqlite3.connect(database(place), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        place.write("app/m0.py", "import re\n")
        place.settle(status=(0, 3))
        (saved,) = [file for file in place.check()["files"] if file["path"] == "m0.py"]
        assert saved["state"] != "fresh" or saved["findings"]
        assert place.status()["degraded"]
        other.execute("ROLLBACK")

    until(lambda: not place.status()["degraded"])
    place.settle()
    place.agree()


def test_files_for_people_are_written_anew_and_never_believed(place: Desk) -> None:
    place.start()
    stats = place.root / "app" / "RUNS" / "stats"
    for file in stats.iterdir():
        file.write_bytes(b"[" * 200_000)
    (stats / "trends.json").unlink()
    os.mkfifo(stats / "trends.json")

    place.write("app/m0.py", "import re\n")
    place.settle()

    place.agree()
    assert place.status()["degraded"] == []
    assert (stats / "trends.json").is_file()
    assert (stats / "team_dashboard.md").read_text().startswith("#")


@pytest.mark.sweep
def test_while_somebody_locks_the_cache_new_files_are_judged_all_the_same(place: Desk) -> None:
    place.start()
    with contextlib.closing(sqlite3.connect(database(place), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        place.write("app/new.py", "import os\nimport re\n")
        place.write("app/clean.py", "N = 1\n")
        place.settle()
        assert place.check() == place.check("--no-cache")
        other.execute("ROLLBACK")
    until(lambda: not place.status()["degraded"])
    place.agree()


@pytest.mark.sweep
def test_a_check_without_a_daemon_while_somebody_keeps_the_cache_to_himself(place: Desk) -> None:
    place.check()
    with contextlib.closing(sqlite3.connect(database(place), isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        place.write("app/new.py", "import os\nimport re\n")
        assert place.check() == place.check("--no-cache")
        other.execute("ROLLBACK")
    assert place.check() == place.check("--no-cache")
