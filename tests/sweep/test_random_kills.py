"""``kill -9`` at any moment while a tree is being changed, also while the daemon starts."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable
from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from sweep.mortal import MortalDesk, mortal_desk
from system.daemon_process import found, ruff
from system.test_daemon_storm import operate

pytestmark = pytest.mark.linux

LONGEST = 1.5
"""Seconds that a daemon lives at most; it is ready after a third of them."""

PACE = 0.01
JUDGED_EVERY = 5
BATCH = 50
"""Kills in one test, so that processes of pytest can share them."""


def live_and_die(place: MortalDesk, choose: random.Random) -> None:
    """Change the tree from the daemon's start until it is killed."""
    os.close(place.spawn())
    assert place.daemon is not None
    death = threading.Timer(choose.uniform(0, LONGEST), place.daemon.kill)
    death.start()
    number = 0
    while place.daemon.returncode is None:
        operate(choose, place.projects["app"] / "src", number := number + 1)
        try:
            place.daemon.wait(PACE)
        except TimeoutExpired:
            continue
    death.join()


def kill_at_random(base: Path, *, seed: int, kills: int) -> None:
    choose = random.Random(seed)
    with mortal_desk(base / "desk") as place:
        place.project("app")
        place.write("app/src/a/m0.py", "import os\n")
        for number in range(1, kills + 1):
            live_and_die(place, choose)
            if number % JUDGED_EVERY == 0:
                place.revive()
                body = place.judge()
                assert found(body, "app") == ruff(place.projects["app"])
                assert place.end() == 0


@pytest.mark.sweep
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(4))
def test_two_hundred_kills(tmp_path: Path, seed: int, record_property: Callable[[str, object], None]) -> None:
    kill_at_random(tmp_path, seed=seed, kills=BATCH)
    record_property("kills", BATCH)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("seed", range(100, 120))
def test_a_thousand_kills(tmp_path: Path, seed: int, record_property: Callable[[str, object], None]) -> None:
    kill_at_random(tmp_path, seed=seed, kills=BATCH)
    record_property("kills", BATCH)
