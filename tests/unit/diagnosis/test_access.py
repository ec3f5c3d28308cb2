"""What permissions refuse is provoked in tests/faults/test_doctor.py, without privileges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dev_assistant.diagnosis.access import access


def test_what_is_as_it_should_be(ward: Any, only: Any) -> None:
    ward.runs.prepare()
    ward.runs.stats.mkdir()
    assert only(access(ward.case()), "ok").value == "1 directory to read, 2 RUNS/ to write"


@pytest.mark.parametrize("name", ["", ".cache", "evidence", "stats", "logs", ".cookies"])
def test_a_link_in_the_place_of_a_directory(ward: Any, only: Any, tmp_path: Path, name: str) -> None:
    place = ward.app / "RUNS" / name if name else ward.app / "RUNS"
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(tmp_path)
    found = only(access(ward.case()), "problem")
    assert (found.where, found.value) == (str(place), f"leads to {tmp_path}")
    assert found.advice.startswith(f"rm {place}")


def test_a_file_in_the_place_of_a_directory(ward: Any, only: Any) -> None:
    (ward.app / "RUNS").write_text("")
    assert only(access(ward.case()), "problem").what == "is not a directory"


def test_something_else_in_the_place_of_the_database(ward: Any, only: Any) -> None:
    ward.runs.database.parent.mkdir(parents=True)
    ward.runs.database.symlink_to("/etc/passwd")
    assert only(access(ward.case()), "problem").what == "is not a regular file"
