"""``doctor`` where something is really wrong: short limits, small and read-only disks, permissions, ruff."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faults.namespace import Inside, inside
from faults.venv import Bench
from system.daemon_process import Desk, desk

pytestmark = pytest.mark.linux

CAPABILITIES = "-dac_override,-dac_read_search"
WATCHES = 6
Found = dict[str, list[dict[str, Any]]]


class Short(Inside):
    """Its commands may have few files open."""

    def command(self, *arguments: str) -> list[str]:
        return ["prlimit", "--nofile=200:200", *super().command(*arguments)]


def examined(place: Desk, *, status: int) -> Found:
    """What doctor says, by check; everything above ok has a way out."""
    document = place.document("doctor", status=(status,))
    assert document["passed"] == (status == 0)
    found: Found = {}
    for check in document["checks"]:
        assert set(check) == {"name", "level", "what", "where", "value", "advice"}
        assert bool(check["advice"]) == (check["level"] != "ok"), check
        found.setdefault(check["name"], []).append(check)
    return found


def worst(found: Found) -> dict[str, str]:
    """The level of each check that is not ok."""
    return {name: told[0]["level"] for name, told in found.items() if told[0]["level"] != "ok"}


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Inside]:
    with inside(tmp_path, make=Short) as place:
        place.move_into("size=3m,nr_inodes=40")
        place.project("app")
        for number in range(WATCHES):
            place.write(f"app/d{number}/a.py")
        yield place


def test_short_limits_and_a_small_disk(place: Inside) -> None:
    place.namespace.limit("max_inotify_watches", WATCHES)
    place.namespace.limit("max_inotify_instances", 0)
    found = examined(place, status=1)
    assert worst(found) == {
        "disk": "problem",
        "watches": "warning",
        "instances": "warning",
        "open files": "warning",
    }
    assert "3 MB and" in found["disk"][0]["value"] and "inodes free" in found["disk"][0]["value"]
    assert found["watches"][0]["value"] == f"{WATCHES} allowed, 0 in use, {WATCHES + 1} needed"
    assert found["watches"][0]["advice"] == "sudo sysctl user.max_inotify_watches=524288"
    assert found["instances"][0]["advice"] == "sudo sysctl user.max_inotify_instances=512"
    assert found["open files"][0]["value"].startswith("200 ")

    place.namespace.remount(place.base / "work", "ro")
    text = place.run("doctor")
    assert text.returncode == 1
    assert "Traceback" not in text.stdout + text.stderr
    assert re.search(r"\nproblem +permissions +is on a read-only file system .*\n +→ mount it", text.stdout)


class Unprivileged(Desk):
    """Its commands may not override permissions."""

    def command(self, *arguments: str) -> list[str]:
        drop = ("setpriv", f"--bounding-set={CAPABILITIES}", f"--inh-caps={CAPABILITIES}")
        return [*(drop if os.geteuid() == 0 else ()), *super().command(*arguments)]


def test_what_may_not_be_read_or_written(tmp_path: Path) -> None:
    with desk(tmp_path, make=Unprivileged) as place:
        place.project("app")
        place.project("closed")
        if place.run("--version").returncode:
            pytest.skip("setpriv cannot give up capabilities here")
        (place.root / "app" / "RUNS").mkdir(mode=0o555)
        (place.root / "closed").chmod(0)
        try:
            found = examined(place, status=3)
        finally:
            (place.root / "closed").chmod(0o755)
        told = {(each["where"], each["what"]) for each in found["permissions"]}
        assert (str(place.root / "app" / "RUNS"), "cannot be written") in told
        assert (str(place.root / "closed"), "cannot be listed: Permission denied") in told
        assert found["cache"][0]["level"] == found["evidence"][0]["level"] == "unknown"
        assert found["cache"][0]["where"].startswith(f"{place.root}/closed/RUNS")


def test_a_ruff_that_does_not_work(tmp_path: Path) -> None:
    place = Bench(tmp_path)
    place.install('case "$*" in *--stdin-filename*) exit 0;; esac')
    found = examined(place, status=1)
    assert worst(found) == {"ruff": "problem"}
    assert "ruff does not work" in found["ruff"][0]["what"]
    assert "pip install" in found["ruff"][0]["advice"]


def test_beside_a_daemon_that_is_well(tmp_path: Path) -> None:
    with desk(tmp_path) as place:
        place.project("app")
        place.write("app/a.py", "import os\n")
        place.start()
        before = sorted(place.root.rglob("*"))
        found = examined(place, status=0)
        assert worst(found) == {}
        assert found["daemon"][0]["value"] == f"pid {place.status()['pid']}, idle"
        assert "for the daemon" in found["open files"][0]["value"]
        assert found["evidence"][0]["value"] != "0 lines looked at"
        assert found["clock"][0]["value"] == "1 compared"
        assert sorted(place.root.rglob("*")) == before
