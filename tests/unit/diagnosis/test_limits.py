from __future__ import annotations

from typing import Any

import pytest

from dev_assistant.diagnosis.case import Attendance
from dev_assistant.diagnosis.limits import descriptors


@pytest.mark.parametrize(
    ("soft", "used", "level"),
    [("1024", 20, "ok"), ("200", 20, "warning"), ("1024", 1020, "problem"), ("50", 2, "problem")],
)
def test_the_limit_of_the_daemon_that_runs(ward: Any, only: Any, soft: str, used: int, level: str) -> None:
    (ward.proc / "7" / "fd").mkdir(parents=True)
    (ward.proc / "7" / "limits").write_text(f"Limit  Soft  Hard\nMax open files   {soft}   4096   files\n")
    for number in range(used):
        (ward.proc / "7" / "fd" / str(number)).touch()
    case = ward.case(proc=ward.proc, attendance=Attendance(status={"pid": 7}))
    found = only(descriptors(case), level)
    assert found.value == f"{int(soft):,} for the daemon, {used:,} in use"


def test_no_limit_is_enough(ward: Any, only: Any) -> None:
    (ward.proc / "7" / "fd").mkdir(parents=True)
    (ward.proc / "7" / "limits").write_text("Max open files   unlimited   unlimited   files\n")
    case = ward.case(proc=ward.proc, attendance=Attendance(status={"pid": 7}))
    assert only(descriptors(case), "ok").value == "unlimited for the daemon, 0 in use"


def test_without_a_daemon_the_limit_here_counts(ward: Any) -> None:
    (found,) = descriptors(ward.case(proc=ward.proc, attendance=Attendance(status={"pid": 7})))
    assert found.value.endswith("for what is started here")
