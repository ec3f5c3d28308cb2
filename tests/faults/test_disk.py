"""The disk is full, read-only or rationed: verdicts go on, old artefacts stay whole, and it heals."""

from __future__ import annotations

import errno
import itertools
import json
import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.namespace import Inside, inside
from system.daemon_process import Desk, desk, until

pytestmark = pytest.mark.linux

ROOM = "size=3m"
CYCLES = 200
CHUNK = b"x" * 4096


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Inside]:
    """A workspace on a small disk of its own."""
    with inside(tmp_path) as place:
        place.move_into(ROOM)
        place.project("app")
        place.write("app/a.py", "import os\n")
        place.start()
        yield place


def fill(place: Desk) -> None:
    """Take all that is left of the disk."""
    with (
        open(place.root / "junk", "ab", buffering=0) as junk,
        pytest.raises(OSError, match=os.strerror(errno.ENOSPC)),
    ):
        junk.writelines(itertools.repeat(CHUNK))


def free(place: Desk) -> None:
    (place.root / "junk").unlink()


def edit(place: Desk, text: str) -> None:
    """Write in place: the file has its block already, so that a full disk takes it."""
    with open(place.root / "app/a.py", "r+") as file:
        file.write(text)
        file.truncate()


def findings(place: Desk) -> int:
    return int(place.status()["projects"][0]["findings"])


def artefacts(place: Desk) -> list[Path]:
    return sorted(path for stats in place.root.glob("**/RUNS/stats") for path in stats.iterdir())


def temporaries(place: Desk) -> list[Path]:
    return [path for path in artefacts(place) if path.suffix == ".tmp"]


def assert_whole(place: Desk) -> None:
    """Every artefact parses, and nothing temporary is left once the daemon's writing has ended."""
    until(lambda: not temporaries(place))
    paths = [path for path in artefacts(place) if path.suffix != ".tmp"]  # another writing may have begun
    assert len(paths) >= 7
    for path in paths:
        assert path.suffix in {".json", ".md"}, path
        text = path.read_text()
        assert text.endswith("\n")
        if path.suffix == ".json":
            json.loads(text)


def healed(place: Desk) -> bool:
    return place.status()["degraded"] == []


def told(place: Desk) -> str:
    return "\n".join(place.status()["degraded"])


def dashboard(place: Desk) -> str:
    return (place.root / "RUNS/stats/workspace_dashboard.md").read_text()


def fresh(place: Desk) -> tuple[str, int]:
    """State and findings of the module, as ``check`` tells them."""
    (file,) = (each for each in place.check()["files"] if each["path"] == "a.py")
    return file["state"], len(file["findings"])


def test_a_full_disk_costs_no_verdict(place: Inside) -> None:
    before = {path: path.read_bytes() for path in artefacts(place)}
    fill(place)
    edit(place, "import os, sys\n")
    place.settle()

    assert fresh(place) == ("fresh", 3)
    assert findings(place) == 3
    for what in ("verdicts and evidence of app: not written since", "statistics and dashboards: not written"):
        assert what in told(place)
    assert "No space left on device" in told(place)
    assert {path: path.read_bytes() for path in artefacts(place)} == before

    free(place)
    until(lambda: healed(place) and "not written" not in dashboard(place))
    assert_whole(place)
    place.agree()
    place.assert_chains()
    assert place.evidence("app")[-1]["counts"]["lint"] == 3
    log = (place.root / "RUNS/logs/daemon.log").read_text().splitlines()
    assert sum('"write failed"' in line for line in log) <= 2
    assert sum('"written again"' in line for line in log) == 2


@pytest.mark.sweep
def test_a_full_log_disk_is_told_and_lines_come_back(place: Inside) -> None:
    fill(place)
    with open(place.root / "RUNS/logs/daemon.log", "ab", buffering=0) as log:
        size = os.fstat(log.fileno()).st_size
        log.write(b" " * (4096 - size % 4096 - 1) + b"\n")  # the last block has no room either
    edit(place, "import sys\n")
    until(lambda: "the log: not written since" in told(place))
    free(place)
    until(lambda: healed(place))
    assert '"lines were dropped"' in (place.root / "RUNS/logs/daemon.log").read_text()


@pytest.mark.sweep
@pytest.mark.timeout(1200)
def test_filled_and_freed_again_and_again(
    place: Inside, record_property: Callable[[str, object], None]
) -> None:
    for number in range(CYCLES):
        fill(place)
        edit(place, f"import os\n{number}\n" + "import re\n" * (number % 3))
        if number % 2:
            place.settle()
        assert_whole(place)
        free(place)
        if number % 20 == 0:
            until(lambda: healed(place))
            place.agree()
    until(lambda: healed(place))
    place.agree()
    place.assert_chains()
    record_property("faults", CYCLES)


def test_a_workspace_that_turns_read_only_and_back(place: Inside) -> None:
    before = {path: path.read_bytes() for path in artefacts(place)}
    disk = place.base / "work"
    place.write("app/b.py", "import os\nimport sys\n")
    place.settle()
    place.run("stop")
    place.namespace.remount(disk, "ro")

    place.start()
    assert findings(place) == 3
    assert "Read-only file system" in told(place)
    assert set(artefacts(place)) == set(before)
    live, once = place.check(), place.check("--no-cache")
    assert live == once

    place.namespace.remount(disk, "rw")
    until(lambda: healed(place))
    place.write("app/b.py", "import os\n")
    place.agree()
    place.assert_chains()


@pytest.fixture
def rationed(tmp_path: Path) -> Iterator[Desk]:
    """A daemon that may write no file larger than 64 KiB."""
    with desk(tmp_path, make=Rationed) as place:
        place.project("app")
        place.write("app/a.py", "import os\n")
        yield place


class Rationed(Desk):
    """Its daemon starts under RLIMIT_FSIZE, which everybody may raise up to the hard limit again."""

    def command(self, *arguments: str) -> list[str]:
        limit = ("prlimit", f"--fsize={64 << 10}:unlimited") if "start" in arguments else ()
        return [*limit, *super().command(*arguments)]


@pytest.mark.sweep
def test_a_limit_on_the_size_of_files_is_survived(rationed: Desk) -> None:
    rationed.start()
    pid = rationed.status()["pid"]
    for number in range(8):
        rationed.write(f"app/m{number}.py", "import os\n" * 200)
    rationed.settle(status=(0, 3))
    assert "not written since" in told(rationed)
    assert findings(rationed) == fresh_process_findings(rationed)

    resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    until(lambda: healed(rationed))
    assert rationed.status()["pid"] == pid
    rationed.agree()
    rationed.assert_chains()


def fresh_process_findings(place: Desk) -> int:
    command = [*Desk.command(place, "check", "--no-cache", "--json")]
    done = subprocess.run(command, cwd=place.root, env=place.environ, capture_output=True, check=False)
    return int(json.loads(done.stdout)["summary"]["findings"])
