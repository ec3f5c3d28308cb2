from __future__ import annotations

import pytest

from conftest import Clock
from dev_assistant.service.memory import CALM_SECONDS, NEVER, PAUSE, Governor, Reaction, Restarts

LIMIT = 1000


@pytest.fixture
def governor(clock: Clock) -> Governor:
    return Governor(limit=lambda: LIMIT, restarts=NEVER, now=clock)


def test_below_the_limit_nothing_is_done(governor: Governor) -> None:
    assert [governor.weigh(mb) for mb in (1, 500, LIMIT)] == [None, None, None]
    assert governor.note == ""
    assert governor.reacted == ()


def test_stages_follow_one_another_with_time_to_work(governor: Governor, clock: Clock) -> None:
    told = []
    for _ in range(3):
        told.append(governor.weigh(LIMIT + 1))
        assert governor.weigh(LIMIT + 1) is None
        clock.advance(PAUSE)
    assert told == list(Reaction)
    assert [reacted.before for reacted in governor.reacted] == [LIMIT + 1] * 3
    assert "restarting did not help" in governor.note


def test_a_stage_that_helped_is_the_first_again_only_after_calm(governor: Governor, clock: Clock) -> None:
    assert governor.weigh(LIMIT + 1) is Reaction.CACHES
    clock.advance(PAUSE)
    assert governor.weigh(500) is None
    clock.advance(CALM_SECONDS / 2)
    assert governor.weigh(LIMIT + 1) is Reaction.TOOLS
    clock.advance(CALM_SECONDS)
    assert governor.weigh(500) is None
    assert governor.weigh(LIMIT + 1) is Reaction.CACHES


def test_just_below_the_limit_is_not_calm(governor: Governor, clock: Clock) -> None:
    assert governor.weigh(LIMIT + 1) is Reaction.CACHES
    clock.advance(2 * CALM_SECONDS)
    assert governor.weigh(0.9 * LIMIT) is None
    assert governor.weigh(LIMIT + 1) is Reaction.TOOLS


def test_restarts_that_do_not_help_become_rare(clock: Clock) -> None:
    restarts, waited = NEVER, []
    for _ in range(5):
        governor = Governor(limit=lambda: LIMIT, restarts=restarts, now=clock)
        began = clock()
        while governor.weigh(LIMIT + 1) is not Reaction.RESTART:
            clock.advance(PAUSE)
        waited.append(clock() - began)
        restarts = governor.restarts
    assert waited[0] == 2 * PAUSE
    assert waited[1:] == [600, 1200, 2400, 4800]


def test_a_restart_that_held_is_not_counted_on() -> None:
    assert Restarts(3, at=0.0).next(2401.0).count == 4
    assert Restarts(3, at=0.0).next(4801.0).count == 1
