"""The controller by itself, and in charge of a machine on paper.

The tasks of the simulation took what ``load.json`` says, recorded with ``benchmarks/record_load.py`` from
batches of 16 files of celery and SQLAlchemy: ruff, deep analysis and our own rules on text. How long a task
waits beside that is the test's to say, from never (a parser) to most of its time (a slow disk, a server).
"""

from __future__ import annotations

import itertools
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.schedule.sizing import (
    CROWDED,
    GROW_AFTER,
    LATE,
    LOOK,
    REFUSED,
    ROOM,
    SHRINK_AFTER,
    Bounds,
    Reading,
    Sizing,
)
from fakes.machine import Machine, Task

BOUNDS = Bounds(2, 2, 6)
BUSY = Reading(waiting=9, oldest_s=5.0, running=2, idle_cores=0.0)
ROOMY = BUSY._replace(idle_cores=0.5)
CROWD = BUSY._replace(crowding=1.0)
DONE = Reading(waiting=0, oldest_s=0.0, running=0, idle_cores=2.0)

RECORDED = [
    batch["processor"]
    for batch in json.loads(Path(__file__).with_name("load.json").read_bytes())["batches"]
    if batch["processor"] > 0
]


def sizes(sizing: Sizing, *readings: Reading, start: float = 0.0) -> list[int]:
    return [sizing.decide(reading, now=start + turn * LOOK).workers for turn, reading in enumerate(readings)]


def grown(to: int, bounds: Bounds = BOUNDS) -> Sizing:
    sizing = Sizing(bounds)
    for _ in range((to - bounds.rest) * GROW_AFTER):
        sizing.decide(ROOMY, now=0.0)
    assert sizing.decision.workers == to
    return sizing


def test_it_grows_by_one_once_two_looks_agree() -> None:
    assert sizes(Sizing(BOUNDS), *[ROOMY] * 5) == [2, 3, 3, 4, 4]
    assert sizes(Sizing(BOUNDS), ROOMY, BUSY, ROOMY, BUSY, ROOMY) == [2] * 5


@pytest.mark.parametrize(
    "reading",
    [
        ROOMY._replace(idle_cores=ROOM - 0.01),
        ROOMY._replace(oldest_s=LATE - 0.01),
        ROOMY._replace(waiting=0),
        ROOMY._replace(own_cores=1.0),
        ROOMY._replace(memory_pressure=True),
    ],
)
def test_it_does_not_grow_without_room_or_need(reading: Reading) -> None:
    assert sizes(Sizing(BOUNDS), *[reading] * 9) == [2] * 9


def test_what_this_interpreter_uses_beyond_one_processor_is_no_reason_to_stay() -> None:
    assert sizes(Sizing(BOUNDS), *[ROOMY._replace(own_cores=1.7)] * 2)[-1] == 3


@pytest.mark.parametrize("reading", [CROWD, ROOMY._replace(memory_pressure=True), DONE])
def test_it_shrinks_by_one_once_three_looks_agree_and_not_below_the_fewest(reading: Reading) -> None:
    assert sizes(grown(4), *[reading] * 9) == [4, 4, 3, 3, 3, 2, 2, 2, 2]


@pytest.mark.parametrize("reading", [CROWD._replace(crowding=CROWDED - 0.01), CROWD._replace(idle_cores=0.1)])
def test_busy_is_not_crowded(reading: Reading) -> None:
    assert sizes(grown(4), *[reading] * 9) == [4] * 9


def test_one_idle_worker_is_kept_and_two_are_too_many() -> None:
    assert sizes(grown(4), *[DONE._replace(running=3)] * 9)[-1] == 4
    assert sizes(grown(4), *[DONE._replace(running=2)] * 3)[-1] == 3


def test_when_all_is_done_it_returns_to_rest_from_below_too() -> None:
    sizing = Sizing(Bounds(1, 3, 6))
    assert sizes(sizing, *[CROWD] * 6)[-1] == 1
    assert sizes(sizing, *[DONE] * 4) == [1, 2, 2, 3]


def test_a_size_that_was_too_large_is_refused_for_a_while() -> None:
    sizing = grown(3)
    assert sizes(sizing, *[CROWD] * SHRINK_AFTER)[-1] == 2
    refused = int(REFUSED / LOOK) - SHRINK_AFTER
    assert set(sizes(sizing, *[ROOMY] * refused, start=2 * LOOK)) == {2}
    assert sizes(sizing, *[ROOMY] * 4, start=REFUSED + 2 * LOOK)[1] == 3


def test_with_a_whole_processor_idle_no_size_is_refused() -> None:
    sizing = grown(3)
    sizes(sizing, *[CROWD] * SHRINK_AFTER)
    assert sizes(sizing, *[ROOMY._replace(idle_cores=1.0)] * 2, start=1.0)[-1] == 3


def test_a_decision_says_why() -> None:
    sizing = Sizing(BOUNDS)
    assert sizing.decision.reason == "nothing waits"
    sizes(sizing, ROOMY, ROOMY)
    assert sizing.decision.reason == "work waits, and processors are idle"
    sizes(sizing, *[CROWD] * 3)
    assert sizing.decision.reason == "the processors have more to do than they can"
    assert Sizing(Bounds(3, 3, 3)).decision == (3, "fixed")


@pytest.mark.parametrize("bounds", [(0, 1, 2), (3, 2, 4), (1, 3, 2)])
def test_bounds_that_make_no_sense_are_refused(bounds: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="workers"):
        Bounds(*bounds)


SHORT = ROOMY._replace(memory_pressure=True)
READINGS = st.lists(st.sampled_from([BUSY, ROOMY, CROWD, DONE, SHORT]), max_size=60)


@given(READINGS.map(lambda readings: [each for each in readings for _ in range(2)]))
def test_whatever_is_read_it_never_flaps(readings: list[Reading]) -> None:
    sizing, before, changed = Sizing(Bounds(1, 2, 6)), 2, -10
    refused: dict[int, float] = {}
    for turn, reading in enumerate(readings):
        now = turn * LOOK
        after = sizing.decide(reading, now=now).workers
        assert 1 <= after <= 6
        if after != before:
            assert abs(after - before) == 1
            assert turn - changed >= (GROW_AFTER if after > before else SHRINK_AFTER)
            changed = turn
        if after > before and reading.waiting:
            assert now >= refused.get(after, 0.0)
        if after < before and (reading.waiting or reading.memory_pressure):
            refused[before] = now + REFUSED
        before = after


def load(seconds: float, waits: float) -> list[Task]:
    """Tasks with so many seconds of processor time together, and ``waits`` times that of waiting."""
    choose = random.Random(1)
    tasks: list[Task] = []
    while seconds > 0:
        processor = choose.choice(RECORDED)
        tasks.append(Task(processor, processor * waits))
        seconds -= processor
    return tasks


PROCESSOR, MIXED, WAITING = 0.0, 1.0, 9.0


def times(cores: int, tasks: list[Task], rest: int) -> tuple[float, dict[int, float]]:
    """Seconds until all is done, by the adaptive pool, and by each fixed size."""

    def run(sizing: Sizing) -> float:
        machine = Machine(cores)
        machine.run(tasks, sizing)
        assert machine.done >= len(tasks)
        return machine.now

    fixed = {size: run(Sizing(Bounds(size, size, size))) for size in range(2, 7)}
    return run(Sizing(Bounds(2, rest, 6))), fixed


@pytest.mark.parametrize(
    ("seconds", "waits"),
    [(40.0, PROCESSOR), (40.0, MIXED), (10.0, WAITING)],
    ids=["processor", "mixed", "waiting"],
)
@pytest.mark.parametrize(("cores", "rest"), [(2, 2), (4, 3)])
def test_on_steady_load_it_is_nearly_as_fast_as_the_best_fixed_size(
    cores: int, rest: int, seconds: float, waits: float
) -> None:
    adaptive, fixed = times(cores, load(seconds, waits), rest)
    assert adaptive <= 1.05 * min(fixed.values())


@pytest.mark.parametrize(("cores", "rest"), [(2, 2), (4, 3)])
def test_on_changing_load_it_is_faster_than_any_fixed_size(cores: int, rest: int) -> None:
    phases = [(40.0, PROCESSOR), (6.0, WAITING), (40.0, PROCESSOR), (6.0, MIXED)]
    adaptive, fixed = times(cores, [task for phase in phases for task in load(*phase)], rest)
    assert adaptive < min(fixed.values())


def test_it_does_not_flap_on_a_steady_load() -> None:
    machine, sizing = Machine(2), Sizing(BOUNDS)
    seen = machine.run(load(60.0, MIXED), sizing)
    turns = [b - a for a, b in itertools.pairwise(seen) if b != a]
    assert sum(a != b for a, b in itertools.pairwise(turns)) <= machine.now / REFUSED * 2
