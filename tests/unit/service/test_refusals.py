from __future__ import annotations

from conftest import Clock
from dev_assistant.service.refusals import Refusals

WHAT = "verdicts"


def test_nothing_is_refused_at_first(clock: Clock) -> None:
    refusals = Refusals(now=clock, wall=clock)
    assert (refusals.told(), refusals.due(WHAT), refusals.pause(WHAT)) == ("", True, 0.0)
    refusals.accepted(WHAT)
    assert refusals.told() == ""


def test_each_attempt_waits_twice_as_long_up_to_a_limit(clock: Clock) -> None:
    refusals = Refusals(now=clock, wall=clock)
    pauses = []
    for _ in range(8):
        refusals.refused(WHAT, "disk full")
        assert not refusals.due(WHAT)
        pauses.append(refusals.pause(WHAT))
        clock.advance(pauses[-1])
        assert refusals.due(WHAT)
    assert pauses == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0, 5.0, 5.0]


def test_a_long_refusal_is_no_overflow(clock: Clock) -> None:
    refusals = Refusals(now=clock, wall=clock)
    for _ in range(5_000):
        refusals.refused(WHAT, "disk full")
    assert refusals.pause(WHAT) == 5.0


def test_it_tells_the_beginning_and_the_last_reason_until_it_is_over(clock: Clock) -> None:
    refusals = Refusals(now=clock, wall=lambda: 0.0)
    refusals.refused(WHAT, "disk full")
    clock.advance(60)
    refusals.refused(WHAT, "read-only")
    assert refusals.told() == (
        "verdicts: not written since 1970-01-01 00:00:00 UTC, kept in memory and tried again: read-only"
    )
    refusals.refused("another", "disk full")
    refusals.accepted(WHAT)
    assert refusals.told().startswith("another: ")


def test_a_rest_is_no_refusal_and_is_not_prolonged(clock: Clock) -> None:
    refusals = Refusals(now=clock, wall=clock)
    refusals.rest(WHAT, 2.0)
    clock.advance(1.0)
    refusals.rest(WHAT, 2.0)
    assert (refusals.told(), refusals.due(WHAT), refusals.pause(WHAT)) == ("", False, 1.0)
    clock.advance(1.0)
    assert refusals.due(WHAT)
    refusals.accepted(WHAT)
    refusals.rest(WHAT, 2.0)
    assert not refusals.due(WHAT)
