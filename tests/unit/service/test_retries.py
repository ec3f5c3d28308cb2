"""When what failed for want of something is tried again; that it helps is shown by tests/faults."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev_assistant.model import FileState, RelPath
from dev_assistant.service.retries import Retries
from dev_assistant.service.state import passes
from flows.world import World


def test_shortages_pass_and_mistakes_do_not() -> None:
    assert passes(f"/w/a.py: {os.strerror(24)}")
    assert not passes("Permission denied")
    assert not passes("ruff: invalid configuration")


def test_nothing_is_tried_again_while_nothing_has_failed(tmp_path: Path) -> None:
    world = World(tmp_path).start()
    assert Retries(world.coordinator._parts).deadline(world.time) is None


def test_pauses_grow_while_it_goes_on_and_shrink_when_it_is_over(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write("a.py", "x = 1\n", kind=None)
    world.start()
    (state,) = world.coordinator._parts.states.values()
    retries = Retries(world.coordinator._parts)
    pauses = []
    now = world.time
    for _ in range(8):
        state.strained = True
        at = retries.deadline(now)
        assert at is not None
        pauses.append(at - now)
        retries.fire(at)
        now = at
    assert pauses == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    world.settle()
    retries.fire(now)
    state.strained = True
    assert retries.deadline(now) == pytest.approx(now + 1.0)
    record = state.files.get(RelPath("a.py"))
    assert record is not None and record.state is FileState.FRESH
