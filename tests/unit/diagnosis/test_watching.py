"""Limits of a /proc that the test has made; those of a real kernel are met in tests/faults/test_doctor.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dev_assistant.diagnosis.case import Attendance
from dev_assistant.diagnosis.watching import file_systems, instances, queue, watches

pytestmark = pytest.mark.linux

MOUNTS = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n30 22 0:40 / {} rw - {} host:/export rw\n"
GAP = "the limit of 10 inotify watches is reached: sudo sysctl fs.inotify.max_user_watches=524288"


def directories(ward: Any, number: int) -> None:
    for each in range(number):
        (ward.app / f"d{each}").mkdir()


def holder(proc: Path, pid: int, name: str, *, watches: int) -> None:
    process = proc / str(pid)
    (process / "fd").mkdir(parents=True)
    (process / "fdinfo").mkdir()
    (process / "comm").write_text(f"{name}\n")
    (process / "fd" / "3").symlink_to("anon_inode:inotify")
    (process / "fdinfo" / "3").write_text("".join(f"inotify wd:{number}\n" for number in range(watches)))


def test_more_directories_than_watches(ward: Any, only: Any) -> None:
    directories(ward, 9)
    (ward.app / "node_modules" / "x").mkdir(parents=True)
    proc = ward.kernel(max_user_watches=100, max_inotify_watches=9)
    found = only(watches(ward.case(proc=proc)), "warning")
    assert found.value == "9 allowed, 0 in use, 10 needed"
    assert (found.where, found.advice) == (
        "user.max_inotify_watches",
        "sudo sysctl user.max_inotify_watches=524288",
    )


def test_watches_that_others_have_are_not_there_for_us(ward: Any, only: Any) -> None:
    directories(ward, 2)
    proc = ward.kernel(max_user_watches=5)
    holder(proc, 77, "code", watches=2)
    case = ward.case(proc=proc)
    assert only(watches(case), "ok").value == "5 allowed, 2 in use, 3 needed"
    (ward.app / "d0" / "more").mkdir()
    assert "held by code (pid 77) 2" in only(watches(case), "warning").advice


def test_a_daemon_that_runs_is_asked_and_nothing_is_walked(ward: Any, only: Any) -> None:
    proc = ward.kernel(max_user_watches=10)
    watch = {"backend": "inotify", "directories": 12, "polled": 3, "uncovered": []}
    gaps = [{"directory": f"/d{n}", "reason": GAP if n else "Permission denied"} for n in range(3)]
    case = ward.case(proc=proc, attendance=Attendance(status={"watch": watch}))
    assert only(watches(case), "ok").value == "10 allowed, 0 in use, 9 needed"
    holder(proc, 7, "dev-assistant", watches=9)
    assert only(watches(case), "ok").value == "10 allowed, 9 in use, 9 needed"
    watch["uncovered"] = gaps
    case = ward.case(proc=proc, attendance=Attendance(status={"watch": {**watch, "directories": 13}}))
    assert only(watches(case), "warning").value == "10 allowed, 9 in use, 12 needed"


def test_no_limits_where_the_system_tells_none(ward: Any) -> None:
    case = ward.case(proc=ward.proc)
    assert [*watches(case), *instances(case), *queue(case)] == []


def test_a_short_queue(ward: Any, only: Any) -> None:
    case = ward.case(proc=ward.kernel(max_queued_events=100))
    assert only(queue(case), "warning").advice == "sudo sysctl fs.inotify.max_queued_events=16384"
    ward.kernel(max_queued_events=16_384)
    assert only(queue(case), "ok").value == "16,384 events"


@pytest.mark.parametrize("kind", ["nfs4", "9p", "fuse.sshfs"])
@pytest.mark.parametrize("place", ["", "/app/net"])
def test_file_systems_that_tell_nothing(ward: Any, only: Any, kind: str, place: str) -> None:
    table = ward.kernel(max_queued_events=1) / "self" / "mountinfo"
    table.parent.mkdir()
    table.write_text(MOUNTS.format(f"{ward.root}{place}", kind))
    found = only(file_systems(ward.case(proc=ward.proc)), "warning")
    assert found.where == f"{ward.root}/app{'/net' if place else ''}"
    assert kind in found.what
    assert "polled every 2 s" in found.advice


def test_file_systems_that_tell(ward: Any, only: Any) -> None:
    assert only(file_systems(ward.case()), "ok").value == "1 directory"
