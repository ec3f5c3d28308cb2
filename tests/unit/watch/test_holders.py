"""Watches counted from a /proc that the test has made, and from the real one."""

import os
import sys
from pathlib import Path

import pytest

from dev_assistant.ports import Holder
from dev_assistant.watch.holders import holders


def process(proc: Path, pid: int, name: str, instances: list[int], others: int = 1) -> None:
    home = proc / str(pid)
    (home / "fd").mkdir(parents=True)
    (home / "fdinfo").mkdir()
    (home / "comm").write_text(name + "\n")
    for number in range(others):
        (home / "fd" / str(number)).symlink_to("/dev/null")
        (home / "fdinfo" / str(number)).write_text("pos:\t0\ninotify is only in the text\n")
    for number, watches in enumerate(instances, start=others):
        (home / "fd" / str(number)).symlink_to("anon_inode:inotify")
        lines = "".join(f"inotify wd:{wd:x} ino:1 sdev:1 mask:fc6\n" for wd in range(watches))
        (home / "fdinfo" / str(number)).write_text("pos:\t0\n" + lines)


def test_most_first_over_all_instances(tmp_path: Path) -> None:
    process(tmp_path, 10, "small", [1])
    process(tmp_path, 11, "great", [2, 3])
    process(tmp_path, 12, "none", [])
    (tmp_path / "sys").mkdir()
    assert holders(proc=str(tmp_path)) == (Holder(11, "great", 5), Holder(10, "small", 1))
    assert holders(proc=str(tmp_path), limit=1) == (Holder(11, "great", 5),)


def test_what_cannot_be_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "13").mkdir()
    assert holders(proc=str(tmp_path)) == ()
    assert holders(proc=str(tmp_path / "missing")) == ()


@pytest.mark.skipif(sys.platform != "linux", reason="needs inotify")
def test_this_process(tmp_path: Path) -> None:
    from dev_assistant.watch.inotify_calls import Inotify  # noqa: PLC0415  exists on Linux only

    inotify = Inotify()
    inotify.add(str(tmp_path))
    mine = [holder for holder in holders(limit=100_000) if holder.pid == os.getpid()]
    inotify.close()
    assert mine and mine[0].watches >= 1 and mine[0].name
