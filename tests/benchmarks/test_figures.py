"""What is derived from samples, and goals."""

import math

import pytest

from figures import Goal, Row, distribution, faster, percentile, ratio


def test_a_distribution() -> None:
    found = distribution([float(number) for number in range(100, -1, -1)])

    assert (found.count, found.min, found.max) == (101, 0.0, 100.0)
    assert (found.mean, found.p50, found.p95, found.p99) == (50.0, 50.0, 95.0, 99.0)
    assert found.stddev == pytest.approx(29.3, abs=0.01)


def test_one_sample_is_its_own_percentile() -> None:
    assert percentile([7.0], 95) == 7.0
    assert distribution([7.0]).stddev == 0.0


def test_goals_are_reached_at_most_or_at_least() -> None:
    assert Goal("", 4.0, 4.0).reached
    assert not Goal("", 4.1, 4.0).reached
    assert Goal("", 2.0, 2.0, least=True).reached
    assert not Goal("", 1.9, 2.0, least=True).reached


def test_ratios_are_of_medians() -> None:
    assert ratio("", [3.0, 1.0, 100.0], [1.0, 2.0, 3.0], 1.5).value == 1.5
    assert faster("", [1.0, 2.0, 3.0], [3.0, 1.0, 100.0], 2.0).value == 1.5


def test_what_could_not_be_measured_is_missed() -> None:
    assert not ratio("", [], [1.0], 9.0).reached
    assert not faster("", [1.0], [], 0.0).reached
    assert math.isnan(Row("", "ms", ()).median)
