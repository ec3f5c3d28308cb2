"""Figures over days as SVG: a line with a dot a day, dashed where no day is known."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from dev_assistant.report.markup import Markup, element, joined, picture

_WIDTH, _HEIGHT = 560.0, 230.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 62.0, 14.0, 34.0
_STEPS = 4
_DATES = 4
_NEARLY = 1e-6
"""Of a step: 9.1 / 0.1 is a little less than 91."""

_SPARK = (120.0, 28.0)


class Dot(NamedTuple):
    """The value of a day."""

    date: dt.date
    value: float


class Scale(NamedTuple):
    """From days and values to places, in a field of this size."""

    first: dt.date
    days: int
    low: float
    high: float
    field: tuple[float, float, float, float]

    def place(self, dot: Dot) -> tuple[float, float]:
        left, top, width, height = self.field
        share = (dot.date - self.first).days / self.days if self.days else 0.5
        return left + share * width, top + (self.high - dot.value) / (self.high - self.low) * height


def timeline(
    dots: Sequence[Dot], *, key: str, title: str, shown: Callable[[float], str], most: float | None = None
) -> Markup:
    """A chart of at least one day; no tick lies above ``most``."""
    field = (_LEFT, _TOP, _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM)
    ticks = _ticks([dot.value for dot in dots], most)
    scale = Scale(dots[0].date, (dots[-1].date - dots[0].date).days, ticks[0], ticks[-1], field)
    return picture(
        *(_rule(scale, tick, shown) for tick in ticks),
        *_dates(scale),
        *_segments(dots, scale),
        *(_mark(dot, scale, shown) for dot in dots),
        _last(dots[-1], scale, shown),
        key=key,
        title=title,
        description=_told(dots, shown),
        width=_WIDTH,
        height=_HEIGHT,
    )


def sparkline(dots: Sequence[Dot], *, key: str, title: str, shown: Callable[[float], str]) -> Markup:
    """The same in the height of a line."""
    width, height = _SPARK
    values = [dot.value for dot in dots]
    low, high = min(values), max(values)
    middle = 0.5 if high == low else 0.0
    field = (4.0, 5.0, width - 8, height - 10)
    scale = Scale(dots[0].date, (dots[-1].date - dots[0].date).days, low - middle, high + middle, field)
    x, y = scale.place(dots[-1])
    return picture(
        *_segments(dots, scale),
        element("circle", cx=x, cy=y, r=3.0, class_="dot"),
        key=key,
        title=title,
        description=_told(dots, shown),
        width=width,
        height=height,
        class_="spark",
    )


def _told(dots: Sequence[Dot], shown: Callable[[float], str]) -> str:
    first, last = dots[0], dots[-1]
    if len(dots) == 1:
        return f"{shown(first.value)} on {first.date}, the only day that is known."
    return f"{shown(first.value)} on {first.date}, {shown(last.value)} on {last.date}; {len(dots)} days."


def _ticks(values: Sequence[float], most: float | None) -> list[float]:
    """Round numbers below, between and above the values."""
    low, high = min(values), max(values)
    step = _round_step((high - low) / _STEPS or abs(high) / 10 or 1.0)
    first = math.floor(low / step + _NEARLY)
    last = max(math.ceil(high / step - _NEARLY), first + 1)
    if most is not None and last * step > most:
        last = round(most / step)
        first = min(first, last - 1)
    return [round(number * step, 6) for number in range(first, last + 1)]


def _round_step(rough: float) -> float:
    """The next of 1, 2 and 5 with any power of ten."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


def _rule(scale: Scale, tick: float, shown: Callable[[float], str]) -> Markup:
    left, _, width, _ = scale.field
    _, y = scale.place(Dot(scale.first, tick))
    line = element("line", x1=left, y1=y, x2=left + width, y2=y, class_="rule")
    return joined(line, element("text", shown(tick), x=left - 8, y=y + 4, text_anchor="end"))


def _dates(scale: Scale) -> list[Markup]:
    count = min(_DATES, scale.days + 1)
    days = [round(number * scale.days / max(1, count - 1)) for number in range(count)]
    labels = []
    for place, day in enumerate(days):
        date = scale.first + dt.timedelta(days=day)
        x, _ = scale.place(Dot(date, scale.low))
        anchor = "middle" if 0 < place < count - 1 or count == 1 else "start" if place == 0 else "end"
        labels.append(element("text", f"{date:%b} {date.day}", x=x, y=_HEIGHT - 10, text_anchor=anchor))
    return labels


def _segments(dots: Sequence[Dot], scale: Scale) -> list[Markup]:
    """Runs of days that follow one another as one line each, and dashes over what lies between."""
    runs: list[list[Dot]] = [[dots[0]]]
    for before, after in pairwise(dots):
        if (after.date - before.date).days == 1:
            runs[-1].append(after)
        else:
            runs.append([after])
    gaps = [[before[-1], after[0]] for before, after in pairwise(runs)]
    lines = [_line(gap, scale, "line gap") for gap in gaps]
    return lines + [_line(run, scale, "line") for run in runs if len(run) > 1]


def _line(dots: Sequence[Dot], scale: Scale, class_: str) -> Markup:
    places = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(scale.place, dots))
    return element("polyline", points=places, class_=class_)


def _mark(dot: Dot, scale: Scale, shown: Callable[[float], str]) -> Markup:
    """What the pointer meets is larger than what is seen."""
    x, y = scale.place(dot)
    return element(
        "g",
        element("title", f"{dot.date}: {shown(dot.value)}"),
        element("circle", cx=x, cy=y, r=9.0, class_="target"),
        element("circle", cx=x, cy=y, r=2.5, class_="dot"),
    )


def _last(dot: Dot, scale: Scale, shown: Callable[[float], str]) -> Markup:
    x, y = scale.place(dot)
    ring = element("circle", cx=x, cy=y, r=5.0, class_="dot now")
    return joined(ring, element("text", shown(dot.value), x=x + 10, y=y + 4, class_="value"))
