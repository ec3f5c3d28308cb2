"""The kernel gives too few watches, or none at all: what is not watched is polled, and all of it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.namespace import Inside, inside
from system.daemon_process import until

pytestmark = pytest.mark.linux

DIRECTORIES = 60
LIMIT = 40


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Inside]:
    with inside(tmp_path) as place:
        place.project("app")
        place.configure(
            {"projects": [{"name": "app", "path": "./app"}], "settings": {"poll_interval_sec": 0.2}}
        )
        yield place


def spread(place: Inside, directories: range) -> None:
    for number in directories:
        place.write(f"app/src/d{number}/a.py", "import os\n")


def test_what_is_above_the_limit_is_polled_and_told(place: Inside) -> None:
    spread(place, range(DIRECTORIES))
    place.namespace.limit("max_inotify_watches", LIMIT)
    place.start()

    until(lambda: place.status()["watch"]["holders"] != [])
    status = place.status()
    uncovered = status["watch"]["uncovered"]
    assert status["watch"]["backend"] == "inotify"
    assert status["watch"]["polled"] == len(uncovered) > DIRECTORIES - LIMIT
    assert status["projects"][0]["state"] == "degraded"
    assert {"pid": status["pid"], "watches": LIMIT}.items() <= status["watch"]["holders"][0].items()
    told = "\n".join(status["degraded"])
    assert f"the limit of {LIMIT} inotify watches is reached" in told
    assert "sudo sysctl user.max_inotify_watches=524288" in told
    assert f"(pid {status['pid']}) {LIMIT}" in told
    before = status["projects"][0]["findings"]
    polled = [at for each in uncovered if place.root in (at := Path(each["directory"])).parents]
    (polled[-1] / "a.py").write_text("import os\nimport sys\n")
    until(lambda: place.status()["projects"][0]["findings"] == before + 1)
    assert status["watch"]["directories"] > DIRECTORIES
    place.agree()
    for page in (
        place.root / "RUNS/stats/workspace_dashboard.md",
        place.root / "app/RUNS/stats/team_dashboard.md",
    ):
        assert f"No watch on `{polled[0]}`: `the limit of {LIMIT} inotify" in page.read_text()
    shown = place.run("status").stdout
    assert re.search(r"not watched: and \d+ directories more", shown)


@pytest.mark.sweep
def test_the_limit_is_reached_later_and_raised(place: Inside) -> None:
    spread(place, range(5))
    place.namespace.limit("max_inotify_watches", LIMIT)
    place.start()
    assert place.status()["degraded"] == []

    spread(place, range(5, DIRECTORIES))
    until(lambda: place.status()["watch"]["polled"] > 0)
    place.agree()

    place.namespace.limit("max_inotify_watches", 10 * LIMIT)
    page = place.root / "RUNS/stats/workspace_dashboard.md"
    until(lambda: place.status()["degraded"] == [] and "No watch on" not in page.read_text())
    status = place.status()
    assert (status["watch"]["polled"], status["watch"]["uncovered"]) == (0, [])
    assert status["watch"]["directories"] > DIRECTORIES
    assert status["projects"][0]["state"] == "watching"
    before = status["projects"][0]["findings"]
    place.write("app/src/d59/a.py", "import os\nimport sys\n")
    until(lambda: place.status()["projects"][0]["findings"] == before + 1)
    place.agree()


@pytest.mark.sweep
def test_directories_that_go_make_room_for_others(place: Inside) -> None:
    spread(place, range(DIRECTORIES))
    place.namespace.limit("max_inotify_watches", LIMIT)
    place.start()
    assert place.status()["watch"]["polled"] > 0

    for number in range(LIMIT):
        (place.root / f"app/src/d{number}/a.py").unlink()
        (place.root / f"app/src/d{number}").rmdir()

    until(lambda: place.status()["degraded"] == [])
    assert place.status()["watch"]["uncovered"] == []
    place.agree()


def test_without_an_instance_everything_is_polled_until_there_is_one(place: Inside) -> None:
    spread(place, range(3))
    place.namespace.limit("max_inotify_instances", 0)
    place.start()

    status = place.status()
    assert status["watch"]["backend"] == "polling"
    assert "the limit of 0 inotify instances is reached" in status["degraded"][0]
    assert "sudo sysctl user.max_inotify_instances=512" in status["degraded"][0]
    before = status["projects"][0]["findings"]
    place.write("app/src/d1/a.py", "import os\nimport sys\n")
    until(lambda: place.status()["projects"][0]["findings"] == before + 1)
    place.agree()

    place.namespace.limit("max_inotify_instances", 128)
    until(lambda: place.status()["watch"]["backend"] == "inotify")
    place.settle()
    status = place.status()
    assert (status["degraded"], status["projects"][0]["state"]) == ([], "watching")
    assert (status["watch"]["polled"], status["watch"]["uncovered"]) == (0, [])
    place.write("app/src/d1/a.py", "import os\n")
    place.agree()
