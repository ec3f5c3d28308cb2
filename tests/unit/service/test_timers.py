"""A machine that slept, or whose clock was set, is audited at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.service.timers import Timers
from flows.world import World

HOUR = 3600.0
YEAR = 365 * 24 * HOUR


class Sleeper:
    """Timers over a quiet world, with a wall clock of their own."""

    def __init__(self, root: Path) -> None:
        self.world = World(root).start()
        self.now = self.world.time
        self.wall = 1_700_000_000.0
        self.timers = Timers(
            self.world.coordinator._parts,
            report=lambda: None,
            now=self.now,
            wall=lambda: int(self.wall * 1e9),
        )

    def pass_time(self, seconds: float, *, wall: float | None = None) -> None:
        self.now += seconds
        self.wall += seconds if wall is None else wall
        self.timers.fire(self.now)


@pytest.fixture
def sleeper(tmp_path: Path) -> Sleeper:
    return Sleeper(tmp_path)


def test_time_that_passes_as_planned_brings_no_audit(sleeper: Sleeper) -> None:
    for _ in range(5):
        sleeper.timers.deadline(sleeper.now)
        sleeper.pass_time(10.0)
    assert sleeper.timers.last_audit is None


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEAR, -YEAR])
def test_a_wall_clock_that_jumps_brings_one_audit(sleeper: Sleeper, jump: float) -> None:
    sleeper.pass_time(1.0, wall=jump)
    assert sleeper.timers.last_audit == sleeper.now
    audited = sleeper.now
    sleeper.pass_time(1.0)
    assert sleeper.timers.last_audit == audited


def test_a_process_that_was_stopped_beyond_its_deadline_audits(sleeper: Sleeper) -> None:
    due = sleeper.timers.deadline(sleeper.now)
    sleeper.pass_time(due - sleeper.now + 25.0)
    assert sleeper.timers.last_audit == sleeper.now
