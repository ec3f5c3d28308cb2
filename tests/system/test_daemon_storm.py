"""More changes at once than the kernel keeps: the loss is told, and made good."""

from __future__ import annotations

import itertools
import os
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, found, ruff, until

pytestmark = pytest.mark.linux

CREATED = 20_000
QUEUED = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text() if sys.platform == "linux" else 0)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        place.project("app")
        place.write("app/src/a.py", "import os\n")
        place.write("app/src/a", "")
        place.write("app/src/b", "")
        place.start()
        yield place


def test_random_operations(place: Desk) -> None:
    """The same ones every time; the tree has few names, so that they meet."""
    choose = random.Random(7)
    app = place.projects["app"]
    for _ in range(4):
        for number in range(150):
            operate(choose, app / "src", number)
        body = place.agree()
        assert found(body, "app") == ruff(app)
    place.assert_chains()


def operate(choose: random.Random, root: Path, number: int) -> None:
    one, other = some(choose, root), some(choose, root)
    match choose.randrange(6):
        case 0 | 1:
            one.mkdir(parents=True, exist_ok=True)
            (one / f"m{choose.randrange(4)}.py").write_text(f"import os\n\nN = {number}\n")
        case 2 if one.is_dir():
            for file in itertools.islice(one.glob("*.py"), 2):
                file.unlink()
        case 3 if one.is_dir() and not other.exists() and one not in other.parents:
            other.parent.mkdir(parents=True, exist_ok=True)
            one.rename(other)
        case 4 if one.is_dir() and not other.exists() and one not in other.parents:
            shutil.copytree(one, other)
        case 5 if one.is_dir() and choose.random() < 0.3:
            shutil.rmtree(one)


def some(choose: random.Random, root: Path) -> Path:
    return root.joinpath(*choose.choices("xyz", k=choose.randint(1, 3)))


def test_an_overflow_is_told_and_made_good(place: Desk) -> None:
    src = place.root / "app" / "src"
    with place.suspended():
        for number in range(QUEUED + 1):
            os.utime(src / "ab"[number % 2], (number, number))  # in turn: equal events in a row are one
        place.write("app/src/a.py", "import re\nimport sys\n")
        place.write("app/src/new/b.py", "import os\n")

    until(lambda: place.status()["watch"]["overflows"] >= 1)  # a survey may be over before it is read
    body = place.agree()

    assert body["summary"]["fresh"] == 2
    assert body["summary"]["findings"] == 3
    assert "overflow" in (place.root / "RUNS/stats/workspace_dashboard.md").read_text()
    place.assert_chains()


@pytest.mark.sweep
def test_more_new_files_than_the_kernel_keeps(place: Desk) -> None:
    made = place.root / "app" / "src" / "made"
    made.mkdir()
    place.settle()
    with place.suspended():
        for number in range(CREATED):
            (made / f"m{number}.py").touch()
        place.write("app/src/a.py", "import re\nimport sys\n")

    body = place.agree()

    assert place.status()["watch"]["overflows"] >= 1
    assert body["summary"]["fresh"] == CREATED + 1
    assert body["summary"]["findings"] == 2
    place.assert_chains()


@pytest.mark.sweep
def test_many_overflows_in_a_row_share_walks_and_none_is_lost(
    place: Desk, record_property: Callable[[str, object], None]
) -> None:
    made = place.root / "app" / "src" / "made"
    made.mkdir()
    place.settle()
    for turn in range(3):
        with place.suspended():
            for number in range(CREATED):
                (made / f"m{number}.py").write_text("" if number else f"import os\n# {turn}\n")

    body = place.agree()

    overflows = place.status()["watch"]["overflows"]
    assert overflows >= 2
    assert body["summary"]["findings"] == 2
    log = (place.root / "RUNS" / "logs" / "daemon.log").read_text()
    assert log.count("events are lost again and again") <= overflows
    record_property("overflows", overflows)
