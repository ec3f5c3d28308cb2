"""The daemon killed at every write, rename, sync, commit, send and spawn of a working day, one by one.

After each death it is started again, and has to come to what a fresh check says, with whole chains and
artefacts, a proof for every verdict, no orphans and nothing left over.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from dev_assistant import failpoints
from sweep.mortal import MortalDesk, mortal_desk

pytestmark = pytest.mark.linux

FATAL = (
    "runs.link=kill@1",
    "socket.replace=kill@1",
    "store.create=kill@1",
    "evidence.write=kill@1",
    "store.head=kill@1",
    "store.commit=kill@1",
    "file.replace=kill@2",
    "cookie.unlink=kill@1",
)
"""Where a death would show most: something is half done."""

UNUSED = "import os\n\nA = 1\n"
STRIDES = 8
"""Processes of pytest can share the sweep: each test takes every eighth hit."""


def lay_out(place: MortalDesk) -> None:
    """Two small projects with findings."""
    for name in ("app", "lib"):
        place.project(name)
        for number in range(3):
            place.write(f"{name}/pkg/m{number}.py", f"import os\n\nN = {number}\n")


def two_saves(place: MortalDesk) -> None:
    place.write("app/pkg/m0.py", UNUSED)
    place.write("lib/pkg/m1.py", "N = 'clean'\n")


def renaming(place: MortalDesk) -> None:
    (place.root / "app/pkg/m1.py").rename(place.root / "app/pkg/moved.py")


def deletion(place: MortalDesk) -> None:
    (place.root / "lib/pkg/m2.py").unlink()


def new_directory(place: MortalDesk) -> None:
    place.write("app/new/deep/m.py", UNUSED)


def configuration(place: MortalDesk) -> None:
    place.write("lib/pyproject.toml", '[tool.ruff]\nlint.select = ["E"]\n')


def undoing(place: MortalDesk) -> None:
    """What is known already is not judged again."""
    place.write("app/pkg/m0.py", "import os\n\nN = 0\n")


DAY: tuple[Callable[[MortalDesk], None], ...] = (
    two_saves,
    renaming,
    deletion,
    new_directory,
    configuration,
    undoing,
)


def work(place: MortalDesk, points: str) -> int:
    """A working day with these failpoints; the daemon's exit status. What it does not see happens too."""
    alive = place.launch(points)
    alive = alive and place.settled()
    for step in DAY:
        step(place)
        alive = alive and place.settled()
    return place.end()


def killed(place: MortalDesk, points: str) -> bool:
    """Whether a day with these failpoints killed the daemon; if so, it has come back sound."""
    lay_out(place)
    status = work(place, points)
    assert status in {0, -signal.SIGKILL}, status
    if status == 0:
        return False
    place.revive()
    place.judge()
    assert place.end() == 0
    return True


def sweep(base: Path, numbers: range) -> int:
    """Kill at the hits of these numbers until a day passes without; the number of kills."""
    for kills, number in enumerate(numbers):
        with mortal_desk(base / f"k{number}") as place:
            if not killed(place, f"*=kill@{number}"):
                return kills
        shutil.rmtree(base / f"k{number}")
    raise AssertionError(f"still killed at hit {numbers[-1]}")


def test_killed_in_one_place_after_another(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with mortal_desk(tmp_path / "desk") as place:
        lay_out(place)
        for number, points in enumerate(FATAL):
            place.write("app/pkg/m0.py", f"import os\n\nLIVES = {number}\n")
            assert not (place.launch(points) and place.settled())
            assert place.bury() == -signal.SIGKILL, points
        place.revive()
        place.judge()
        assert place.end() == 0
    record_property("kills", len(FATAL))


@pytest.mark.sweep
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("first", range(1, STRIDES + 1))
def test_killed_at_each_hit(
    tmp_path: Path, first: int, record_property: Callable[[str, object], None]
) -> None:
    record_property("kills", sweep(tmp_path, range(first, 2000, STRIDES)))


@pytest.mark.sweep
@pytest.mark.parametrize(
    "points", ["spawn.output=kill", "spawn.daemon=kill", "spawn.ready=kill", "lock.*=kill"]
)
def test_a_start_that_is_killed_can_be_tried_again(
    tmp_path: Path, points: str, record_property: Callable[[str, object], None]
) -> None:
    with mortal_desk(tmp_path / "desk") as place:
        lay_out(place)
        calm = place.environ
        place.environ = calm | {failpoints.VARIABLE: points}
        assert place.run("start").returncode != 0
        place.environ = calm
        place.start()
        place.judge()
        assert place.run("stop").returncode == 0
    record_property("kills", 1)
