"""The daemon runs out of descriptors: clients are told, nothing spins, and all is made good afterwards."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from system.daemon_process import Desk, desk, until

pytestmark = pytest.mark.linux


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app")
        place.write("app/a.py", "import os\n")
        place.start()
        yield place


_LONGEST_PAUSES = 150.0
"""Seconds for two of the longest pauses of ``service/retries.py``, to which a slow machine may have come."""

_A_SERVER = 6
"""Descriptors of a server and a connection that may have been away when it was counted."""


@contextlib.contextmanager
def descriptors(pid: int, more: int) -> Iterator[None]:
    """The process may open so many descriptors more than it has (fewer than none: 0)."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    limit = len(os.listdir(f"/proc/{pid}/fd")) + more
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, hard))
    yield
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.timeout(300)  # what failed is tried again after pauses that double, once for each round
def test_clients_are_told_and_what_was_missed_is_made_good(place: Desk) -> None:
    daemon = psutil.Process(place.status()["pid"])
    starve(place, daemon, 1)
    place.write("app/a.py", "import os, sys\n")  # judged by a living server, which may have been given up
    place.settle()
    held = daemon.num_fds()  # by now the database is open everywhere
    for number in (2, 3):
        starve(place, daemon, number)
    until(lambda: daemon.num_fds() <= held + _A_SERVER)


def starve(place: Desk, daemon: psutil.Process, number: int) -> None:
    spent = sum(daemon.cpu_times()[:2])
    with descriptors(daemon.pid, more=-3):
        place.write("app/a.py", f"import os, sys\n{number}\n")
        place.write(f"app/new{number}/b.py", "import re\n")
        refused = [place.run("status") for _ in range(3)]
        assert {done.returncode for done in refused} <= {0, 3}, refused
        assert all(done.stderr for done in refused if done.returncode), refused
    assert sum(daemon.cpu_times()[:2]) - spent < 2.0
    until(lambda: place.check()["summary"]["fresh"] == 1 + number)
    place.agree()
    assert place.status()["pid"] == daemon.pid


@pytest.mark.timeout(300)
def test_a_file_that_no_descriptor_was_left_for_is_tried_again_by_itself(place: Desk) -> None:
    pid = place.status()["pid"]
    with descriptors(pid, more=1):
        place.write("app/a.py", "import os, sys\n")
        place.write("app/new/b.py", "import re\n")
        done = place.run("wait")
        assert done.returncode == 3, (done.stdout, done.stderr)
    until(lambda: place.status()["projects"][0]["findings"] == 4, patience=_LONGEST_PAUSES)
    assert place.status()["degraded"] == []
    place.agree()
