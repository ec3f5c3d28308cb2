"""Evidence that was torn, changed or lost: ``evidence verify`` tells where, and the daemon goes on."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev_assistant.record.chain import day_files
from system.daemon_process import Desk, Document, desk

pytestmark = pytest.mark.linux

Fault = Callable[[Path], None]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app")
        for number in range(4):
            place.write(f"app/m{number}.py", f"import os\n\nN = {number}\n")
        yield place


def newest(place: Desk) -> Path:
    return day_files(place.root / "app" / "RUNS" / "evidence")[-1]


def verified(place: Desk, *options: str, status: int) -> Document:
    (project,) = place.document("evidence", "verify", *options, status=[status])["projects"]
    row: Document = project
    return row


def places(project: Document) -> list[tuple[int, str]]:
    return [(one["line"], one["kind"]) for one in project["breaks"]]


def torn(file: Path) -> None:
    with open(file, "ab") as handle:
        handle.write(b'{"schema":"dev-assistant/evi')


def cut(file: Path) -> None:
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[:-1]))


def lost(file: Path) -> None:
    file.unlink()


def nonsense(file: Path) -> None:
    file.write_bytes(b"\0" * 5000 + b"[" * 100_000 + b'\n{"a":NaN}\n')


def changed(file: Path) -> None:
    first, *rest = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([first.replace(b'"findings"', b'"passed"', 1), *rest]))


def test_a_torn_line_of_a_crash_is_no_tampering_and_is_mended(place: Desk) -> None:
    started = place.start()
    os.kill(started["meta"]["pid"], signal.SIGKILL)
    place.assert_nothing_runs()
    torn(newest(place))
    assert places(verified(place, status=0)) == [(5, "torn")]

    place.write("app/m0.py", "N = 0\n")
    place.start()

    project = verified(place, "--rerun", status=0)
    assert (project["whole"], project["breaks"]) == (True, [])
    assert "28 bytes of unfinished lines were cut off after crashes" in project["notes"][0]
    assert project["rerun"] == {"matched": 4, "differed": [], "not_compared": []}


@pytest.mark.parametrize(
    "fault",
    [cut, pytest.param(lost, marks=pytest.mark.sweep), pytest.param(nonsense, marks=pytest.mark.sweep)],
)
def test_evidence_that_is_lost_under_a_running_daemon_is_told_and_gone_on_with(
    place: Desk, fault: Fault
) -> None:
    place.start()
    fault(newest(place))

    place.write("app/m0.py", "import re\n")
    place.settle()

    assert place.status()["state"] == "idle"
    project = verified(place, status=1)
    assert "gap" in [one["kind"] for one in project["breaks"]]
    assert place.document("evidence", "verify", "--rerun", status=[1])["projects"][0]["rerun"]["matched"] >= 1
    place.agree()


def test_a_verdict_that_was_changed_shows_in_the_chain_and_when_it_is_derived_again(place: Desk) -> None:
    place.start()
    place.run("stop")
    changed(newest(place))

    project = verified(place, "--rerun", status=1)

    assert places(project) == [(2, "broken")]
    assert "does not follow" in project["breaks"][0]["what"]
    (difference,) = project["rerun"]["differed"]
    assert (difference["line"], difference["told"]) == (1, "passed, 1 findings")
    place.start()
    place.agree()
    assert verified(place, status=1)["breaks"] == project["breaks"]


def test_a_files_history_is_told_newest_last(place: Desk) -> None:
    place.start()
    place.write("app/m0.py", "N = 0\n")
    place.settle()

    shown = place.run("evidence", "show", "app/m0.py")

    assert [line.split()[3] for line in shown.stdout.splitlines()] == ["findings", "passed"]
    unknown = place.run("evidence", "show", "app/none.py")
    assert unknown.returncode == 5
    assert unknown.stdout.startswith(f"nothing is known of {place.root / 'app' / 'none.py'}")
    assert place.run("evidence", "show", "app/none.py", "--json").stdout == ""
    assert place.run("evidence", "show", "/elsewhere.py").returncode == 2
