from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.timings import Histogram, Timed, Timings

DURATIONS = st.lists(st.floats(min_value=0, max_value=1e5, allow_nan=False), min_size=1, max_size=60)


@given(DURATIONS, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_at_most_a_bucket_above_the_exact_one(seconds: list[float], share: float) -> None:
    histogram = Histogram()
    for each in seconds:
        histogram.add(each)
    rank = max(1, -int(-share * len(seconds) // 1))
    exact = min(sorted(seconds)[rank - 1], 2.0**33 / 1e6)
    assert exact * 0.999999 <= histogram.quantile(share) + 1e-12
    assert histogram.quantile(share) <= max(exact * 2**0.25, 1e-6) * 1.000001 or share == 1.0
    assert histogram.quantile(share) <= max(seconds)


def test_a_summary_says_how_many_how_long_and_how_bad() -> None:
    histogram = Histogram()
    for milliseconds in range(1, 101):
        histogram.add(milliseconds / 1000)
    summary = histogram.summary()
    assert (summary.count, summary.total_s, summary.max_ms) == (100, 5.05, 100.0)
    assert 50 <= summary.p50_ms <= 50 * 1.19
    assert 95 <= summary.p95_ms <= summary.p99_ms <= 100.0


def test_nothing_took_no_time() -> None:
    assert Histogram().quantile(0.5) == 0.0


@pytest.mark.parametrize("seconds", [0.0, -1.0, 1e-9, 1e9])
def test_what_is_out_of_all_bounds_is_counted_too(seconds: float) -> None:
    histogram = Histogram()
    histogram.add(seconds)
    assert histogram.summary().count == 1


def test_what_threads_hand_over_is_taken_once_and_in_order() -> None:
    timings = Timings()
    threads = [
        threading.Thread(target=lambda: [timings.add("a", 1.0, "x") for _ in range(100)]) for _ in "123"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    timings.add("b", 2.0)
    taken = timings.take()
    assert len(taken) == 301
    assert taken[-1] == Timed("b", "", 2.0)
    assert timings.take() == []


def test_what_nobody_takes_is_bounded_and_the_newest_stay() -> None:
    timings = Timings()
    for each in range(40_000):
        timings.add("a", float(each))
    taken = timings.take()
    assert len(taken) < 20_000
    assert taken[-1].seconds == 39_999.0


def test_a_block_is_timed_also_when_it_fails() -> None:
    timings = Timings()
    with pytest.raises(KeyError), timings.of("answer", "status"):
        raise KeyError
    ((stage, subject, seconds),) = timings.take()
    assert (stage, subject) == ("answer", "status")
    assert seconds >= 0
