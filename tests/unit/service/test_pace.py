from __future__ import annotations

import logging

import pytest

from conftest import Clock
from dev_assistant.service.pace import WINDOW, Pace
from dev_assistant.timings import SAVE, Timings


@pytest.fixture
def timings() -> Timings:
    return Timings()


@pytest.fixture
def pace(timings: Timings, clock: Clock) -> Pace:
    return Pace(timings, limit=lambda: 5.0, threads=lambda stage: 2 if stage == "deep" else 1, now=clock)


def test_each_stage_has_its_own_summary(pace: Pace, timings: Timings) -> None:
    timings.add("scan", 1.0)
    timings.add("ruff", 0.5)
    timings.add("ruff", 0.25)
    pace.look()
    assert {stage: (s.count, s.total_s) for stage, s in pace.summaries.items()} == {
        "ruff": (2, 0.75),
        "scan": (1, 1.0),
    }


def test_the_stage_that_is_busy_is_named_with_advice_and_forgotten(
    pace: Pace, timings: Timings, clock: Clock
) -> None:
    for _ in range(30):
        timings.add("deep", 3.2)
        timings.add("record", 0.4)
        clock.advance(2.0)
        pace.look()
    assert pace.bottleneck is not None
    stage, share, advice = pace.bottleneck
    assert (stage, round(share, 2)) == ("deep", 0.8)  # of two workers
    assert 'deep = "critical"' in advice
    clock.advance(WINDOW)
    pace.look()
    assert pace.bottleneck is None
    pace.look()


def test_a_stage_that_is_seldom_at_work_holds_up_nobody(pace: Pace, timings: Timings) -> None:
    timings.add("scan", 10.0)
    pace.look()
    assert pace.bottleneck is None


def test_one_piece_of_work_is_not_busier_than_the_window(pace: Pace, timings: Timings) -> None:
    timings.add("scan", 1000.0)
    pace.look()
    assert pace.bottleneck is not None
    assert pace.bottleneck.share == 1.0


def test_saves_are_waiting_and_not_work(
    pace: Pace, timings: Timings, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        timings.add(SAVE, 50.0)
        pace.look()
    assert pace.bottleneck is None
    assert caplog.records == []
    assert pace.summaries[SAVE].count == 1


def test_what_takes_too_long_is_warned_of_once_a_minute(
    pace: Pace, timings: Timings, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    def warnings() -> int:
        with caplog.at_level(logging.WARNING, "dev_assistant.daemon"):
            timings.add("scan", 5.1, "/w/app")
            timings.add("scan", 5.2, "/w/app")
            timings.add("ruff", 5.0)
            pace.look()
        return len(caplog.records)

    assert warnings() == 1
    assert caplog.records[0].getMessage().startswith("slow operation ")
    clock.advance(59.0)
    assert warnings() == 1
    clock.advance(1.0)
    assert warnings() == 2


def test_latency_of_saves_is_that_of_the_last_ten_minutes(pace: Pace, timings: Timings, clock: Clock) -> None:
    for milliseconds in range(1, 10):
        timings.add(SAVE, milliseconds / 1000)
    pace.look()
    assert pace.save_p95_ms is None  # too few to say anything
    for _ in range(91):
        timings.add(SAVE, 0.2)
    pace.look()
    assert pace.save_p95_ms == 200.0
    clock.advance(600.1)
    assert pace.save_p95_ms is None
