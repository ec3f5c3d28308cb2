from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Clock
from dev_assistant.machine import Memory
from dev_assistant.service.leaks import EVERY, SETTLING, WINDOW, Leaks, line


class Process:
    """A daemon's memory over time, looked at every two seconds."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.objects = Counter({"builtins.list": 100, "app.Node": 10})
        self.collections = 0
        self.last = Memory(100.0, 50.0)
        self.leaks = Leaks(census=self._census, collect=self._collect, sample=lambda: self.last, now=clock)

    def _census(self) -> Counter[str]:
        self.objects["app.Node"] += 5000
        return Counter(self.objects)

    def _collect(self) -> None:
        self.collections += 1
        self.last = Memory(self.last.own - 1, self.last.children)

    def run(
        self,
        seconds: float,
        own: Callable[[float], float] = lambda _: 100.0,
        tools: Callable[[float], float] = lambda _: 50.0,
        *,
        idle: Callable[[float], bool] = lambda _: True,
        files: Callable[[float], int] = lambda _: 1000,
    ) -> str:
        """The note after so long; the functions take seconds since this call."""
        began = self.clock()
        while (at := self.clock() - began) < seconds:
            self.last = Memory(own(at), tools(at))
            self.leaks.look(self.last, idle=idle(at), files=files(at))
            self.clock.advance(2.0)
        return self.leaks.note


@pytest.fixture
def process(clock: Clock) -> Process:
    return Process(clock)


FULL = WINDOW + 2 * SETTLING + 10 * EVERY


def test_steady_growth_is_suspected(process: Process) -> None:
    note = process.run(FULL, lambda at: 100 + 10 * at / WINDOW)
    assert "the daemon grew by 11 MB (10 %) in 30 min" in note
    assert process.collections == 1
    assert process.leaks.collected is not None
    assert process.leaks.collected.before - process.leaks.collected.after == 1.0


def test_tools_that_grow_are_told_apart(process: Process) -> None:
    assert "its tools grew" in process.run(FULL, tools=lambda at: 50 + 8 * at / WINDOW)


def test_the_type_that_grew_is_named_once_there_are_two_counts(process: Process) -> None:
    first = process.run(FULL, lambda at: 100 + 10 * at / WINDOW)
    assert "app.Node" not in first
    second = process.run(FULL, lambda at: 120 + 10 * at / WINDOW)
    assert "5,000 more objects of type app.Node" in second


def test_a_suspicion_that_does_not_come_true_is_dropped(process: Process) -> None:
    assert process.run(FULL, lambda at: 100 + 10 * at / WINDOW)
    assert process.run(2 * FULL) == ""


@pytest.mark.parametrize(
    "own",
    [
        lambda at: 100.0,
        lambda at: 100 + 4 * at / WINDOW,  # 4 %
        lambda at: 100 + 20 * math.sin(at / 60),  # caches that fill and empty
        lambda at: 100 + (at % 600) / 30,  # a sawtooth of 20 MB
        lambda at: 100 if at < WINDOW / 2 else 115,  # one step up
        lambda at: 100 + (40 if at < 200 else 0),  # what a start leaves behind, given back
        lambda at: 130 - 20 * at / WINDOW,
    ],
)
def test_what_does_not_grow_steadily_is_no_leak(process: Process, own: Callable[[float], float]) -> None:
    assert process.run(3 * FULL, own) == ""
    assert process.collections == 0


def test_a_small_daemon_may_grow_by_a_few_megabytes(process: Process) -> None:
    assert process.run(FULL, lambda at: 20 + 3 * at / WINDOW) == ""


def test_a_scan_is_no_leak(process: Process) -> None:
    assert process.run(FULL, lambda at: 100 + at / 10, idle=lambda at: at > FULL - 60) == ""


def test_a_project_that_grows_is_no_leak(process: Process) -> None:
    assert process.run(2 * FULL, lambda at: 100 + at / 50, files=lambda at: 1000 + int(at / 10)) == ""


def test_after_something_was_dropped_it_is_looked_at_anew(process: Process) -> None:
    process.run(FULL - SETTLING - 60, lambda at: 100 + 10 * at / WINDOW)
    process.leaks.disturbed()
    assert process.run(WINDOW, lambda at: 120 + 10 * at / WINDOW) == ""


@given(
    st.floats(-5, 5), st.floats(0, 1000), st.lists(st.integers(0, 1000), min_size=2, max_size=20, unique=True)
)
def test_a_line_through_points_of_a_line_is_that_line(slope: float, start: float, times: list[int]) -> None:
    samples = [(float(t), start + slope * t) for t in times]
    found, first = line(samples)
    assert found == pytest.approx(slope, abs=1e-6)
    assert first == pytest.approx(samples[0][1], abs=1e-5)
