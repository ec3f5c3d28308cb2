"""Room is provoked in tests/faults/test_doctor.py, on a small disk."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.diagnosis.case import by_device
from dev_assistant.diagnosis.disk import clock, room


def test_a_disk_with_room_says_how_much(ward: Any, only: Any) -> None:
    found = only(room(ward.case(attendance=ward.case().attendance)), "ok")
    assert " free" in found.value


@pytest.mark.parametrize(("off", "told"), [(3600.0, "behind"), (-3600.0, "ahead of")])
def test_clocks_that_differ_are_told(ward: Any, only: Any, off: float, told: str) -> None:
    ward.runs.prepare()
    first, second = clock(ward.case(wall=lambda: time.time() + off))
    found = only([first], "warning")
    assert told in found.what
    assert 3590 < float(found.value.removesuffix(" s")) < 3610
    assert found.where == str(ward.runs.root)
    assert second.level == "ok"


def test_clocks_that_agree_leave_nothing_behind(ward: Any, only: Any) -> None:
    ward.runs.prepare()
    before = sorted(ward.runs.root.iterdir())
    assert only(clock(ward.case()), "ok").value == "1 compared"
    assert sorted(ward.runs.root.iterdir()) == before


def test_no_runs_is_made_to_compare_clocks(ward: Any, only: Any) -> None:
    assert "not compared" in only(clock(ward.case()), "ok").what
    (ward.app / "RUNS").symlink_to("/tmp")
    assert "not compared" in only(clock(ward.case()), "ok").what


def test_one_place_on_each_file_system(tmp_path: Path) -> None:
    assert by_device([tmp_path, tmp_path / "none", tmp_path.parent]) == [tmp_path]
