from __future__ import annotations

import datetime as dt
import re

import pytest

from dev_assistant.report.timeline import Dot, sparkline, timeline

FIRST = dt.date(2026, 3, 1)


def dots(**values):
    return [Dot(FIRST + dt.timedelta(days=int(day[1:])), value) for day, value in values.items()]


def shown(value):
    return f"{value:g}"


def chart(*given, most=None):
    return timeline(list(given), key="k", title="T", shown=shown, most=most)


def ticks(svg):
    return [float(tick) for tick in re.findall(r'text-anchor="end">([\d.]+)</text>', svg)]


def test_days_that_are_not_known_are_dashed():
    svg = chart(*dots(d0=1, d1=2, d5=3, d6=4))
    assert svg.count('class="line"') == 2
    assert svg.count('class="line gap"') == 1
    assert "1 on 2026-03-01, 4 on 2026-03-07; 4 days." in svg


def test_every_day_can_be_pointed_at():
    assert "<title>2026-03-02: 2</title>" in chart(*dots(d0=1, d1=2))


def test_one_day_is_a_dot():
    svg = chart(*dots(d0=5))
    assert "polyline" not in svg
    assert "the only day that is known" in svg


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0, 10, [0, 5, 10]), (9.1, 9.4, [9.1, 9.2, 9.3, 9.4]), (7, 7, [7, 8]), (0, 0, [0, 1])],
)
def test_ticks_are_round_and_enclose_the_values(low, high, expected):
    assert ticks(chart(*dots(d0=low, d1=high), most=None)) == expected


def test_no_tick_is_above_the_most():
    assert ticks(chart(*dots(d0=10), most=10.0)) == [9, 10]
    assert max(ticks(chart(*dots(d0=9.7, d1=10), most=10.0))) == 10


def test_higher_values_stand_higher():
    places = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="9"', chart(*dots(d0=1, d2=2, d4=1.5)))
    xs, ys = zip(*((float(x), float(y)) for x, y in places), strict=True)
    assert xs[0] < xs[1] < xs[2]
    assert ys[1] < ys[2] < ys[0]
    assert xs[1] == pytest.approx((xs[0] + xs[2]) / 2, abs=0.1)


def test_a_sparkline_is_the_same_in_small():
    svg = sparkline(dots(d0=1, d1=1), key="s", title="T", shown=shown)
    assert 'class="spark"' in svg
    assert svg.count("<polyline") == 1
