"""A clock that jumps, times of files that cannot be true, and a daemon that stood still for a while."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from system.daemon_process import Desk, desk, until

pytestmark = pytest.mark.linux

YEAR = 365 * 24 * 3600
FUTURE = 4_000_000_000


class Elsewhen(Desk):
    """Its commands take the wall-clock time from a file, as an offset in seconds; durations stay true."""

    def __init__(self, base: Path) -> None:
        super().__init__(base)
        self.offset = base / "offset"
        self.set_clock(0)
        self.environ |= {
            "LD_PRELOAD": library(),
            "FAKETIME_TIMESTAMP_FILE": str(self.offset),
            "FAKETIME_CACHE_DURATION": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set_clock(self, seconds: int) -> None:
        """New processes see it at once, those that run within a second."""
        self.offset.with_suffix(".new").write_text(f"{seconds:+d}\n")
        os.replace(self.offset.with_suffix(".new"), self.offset)

    def year(self) -> int:
        code = "import time; print(time.gmtime().tm_year)"
        done = subprocess.run(
            [sys.executable, "-c", code], env=self.environ, capture_output=True, text=True, check=True
        )
        return int(done.stdout)


def library() -> str:
    """libfaketime as PyPI's package of that name carries it. Skips where it is not, or is of no use."""
    spec = importlib.util.find_spec("libfaketime")
    if spec is None or spec.origin is None:
        pytest.skip("the package libfaketime is not installed (pip install libfaketime)")
    found = sorted(Path(spec.origin).parent.rglob("libfaketime.so.1"))
    if not found:
        pytest.skip("the package libfaketime has no library for this platform")
    return str(found[0])


@pytest.fixture
def elsewhen(tmp_path: Path) -> Iterator[Elsewhen]:
    with desk(tmp_path, make=Elsewhen) as place:
        assert isinstance(place, Elsewhen)
        now = place.year()
        place.set_clock(3 * YEAR)
        if place.year() != now + 3:
            pytest.skip("libfaketime has no effect on this machine")
        place.set_clock(0)
        fill(place, log_retention_days=1000)
        yield place


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        fill(place)
        yield place


def fill(place: Desk, **settings: object) -> None:
    place.project("app", **settings)
    for name in ("a", "b", "c"):
        place.write(f"app/{name}.py", "import os\n")


def audits(place: Desk) -> int:
    log = (place.root / "RUNS" / "logs" / "daemon.log").read_text()
    return log.count("the machine slept or its clock was set")


@pytest.mark.sweep
@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_a_clock_that_jumps_under_a_running_daemon_and_back(elsewhen: Elsewhen, jump: int) -> None:
    elsewhen.start()
    for seconds in (jump, 0):
        before = audits(elsewhen)
        elsewhen.set_clock(seconds)
        elsewhen.write("app/a.py", f"import os\nimport re\nN = {seconds}\n")
        elsewhen.agree()
        until(lambda before=before: bool(elsewhen.run("wait")) and audits(elsewhen) == before + 1)  # type: ignore[misc]
        elsewhen.agree()
        assert elsewhen.status()["state"] == "idle"
        assert 0 <= elsewhen.status()["uptime_s"] < 600
    elsewhen.assert_chains()
    assert len(elsewhen.verified("app")) == 5  # three, and two that were edited


@pytest.mark.sweep
@pytest.mark.parametrize("jump", [-YEAR, YEAR])
def test_a_clock_that_was_set_between_two_runs(elsewhen: Elsewhen, jump: int) -> None:
    elsewhen.start()
    elsewhen.run("stop")
    elsewhen.set_clock(jump)
    elsewhen.write("app/a.py", "import os\nimport re\n")
    elsewhen.start()
    elsewhen.agree()
    elsewhen.write("app/b.py", "import os\nimport re\n")
    elsewhen.agree()
    elsewhen.run("stop")
    elsewhen.set_clock(0)
    elsewhen.start()
    elsewhen.agree()
    elsewhen.assert_chains()
    assert len(elsewhen.verified("app")) == 5


@pytest.mark.sweep
@pytest.mark.parametrize("stamp", [0, FUTURE, -FUTURE])
def test_files_from_the_beginning_and_the_end_of_time(place: Desk, stamp: int) -> None:
    for name in ("a", "b"):
        os.utime(place.root / "app" / f"{name}.py", (stamp, stamp))
    os.utime(place.root / "app" / "pyproject.toml", (stamp, stamp))
    place.start()
    place.agree()
    place.write("app/a.py", "import re\n")  # of the same length
    os.utime(place.root / "app" / "a.py", (stamp, stamp))
    place.settle()
    body = place.agree()
    (found,) = [f["findings"] for f in body["files"] if f["path"] == "a.py"]
    assert "`re`" in found[0]["message"]
    place.write("app/pyproject.toml", '[tool.ruff]\nlint.select = ["E"]\n')
    os.utime(place.root / "app" / "pyproject.toml", (stamp, stamp))
    place.settle()
    assert place.agree()["summary"]["findings"] == 0


@pytest.mark.sweep
def test_a_daemon_that_stood_still_catches_up(place: Desk) -> None:
    place.start()
    daemon = psutil.Process(place.status()["pid"])
    daemon.suspend()
    try:
        place.write("app/a.py", "import re\n")
        (place.root / "app" / "b.py").unlink()
        place.write("app/new/d.py", "import os\n")
        (place.root / "app" / "c.py").rename(place.root / "app" / "e.py")
    finally:
        daemon.resume()
    place.settle()
    body = place.agree()
    assert [f["path"] for f in body["files"] if f["path"].endswith(".py")] == ["a.py", "e.py", "new/d.py"]
    until(lambda: place.status()["state"] == "idle")
    assert place.status()["stuck"] == []
