from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.schedule.debounce import (
    MEMORY,
    QUIET_CAP,
    QUIET_MIN,
    STORM_CAP,
    STORM_PATHS,
    STORM_QUIET,
    Debouncer,
    Due,
)


def release(debouncer: Debouncer[str]) -> tuple[float, list[Due[str]]]:
    deadline = debouncer.next_deadline()
    assert deadline is not None
    return deadline, debouncer.pop_due(now=deadline)


def add_many(debouncer: Debouncer[str], count: int, *, now: float) -> None:
    for number in range(count):
        debouncer.add(f"f{number}", now=now, whole=True)


def test_a_lone_whole_save_is_due_at_once() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("a", now=7.0, whole=True)
    assert debouncer.next_deadline() == 7.0
    assert debouncer.pop_due(now=7.0) == [Due("a", 7.0, storm=False)]
    assert debouncer.next_deadline() is None
    assert debouncer.pop_due(now=100.0) == []


def test_what_is_not_whole_waits_for_a_quiet_window() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("a", now=1.0, whole=False)
    debouncer.add("a", now=1.004, whole=False)
    assert debouncer.next_deadline() == 1.004 + QUIET_MIN
    assert debouncer.pop_due(now=1.008) == []
    assert debouncer.pop_due(now=1.009) == [Due("a", 1.0, storm=False)]


def test_a_save_that_is_touches_and_then_whole_is_due_at_once() -> None:
    debouncer = Debouncer[str]()
    for at in (1.0, 1.001, 1.002):
        debouncer.add("a", now=at, whole=False)
    debouncer.add("a", now=1.003, whole=True)
    assert release(debouncer) == (1.003, [Due("a", 1.0, storm=False)])


def test_a_save_that_ends_is_not_behind_one_that_began_before_it() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("b", now=1.0, whole=False)
    debouncer.add("a", now=1.003, whole=False)
    debouncer.add("a", now=1.004, whole=True)
    assert release(debouncer) == (1.004, [Due("a", 1.003, storm=False)])
    assert release(debouncer) == (1.005, [Due("b", 1.0, storm=False)])


def test_the_window_doubles_with_each_further_save() -> None:
    debouncer = Debouncer[str](quiet_max=0.1)
    waits = []
    now = 0.0
    for _ in range(8):
        debouncer.add("a", now=now, whole=True)
        deadline, _ = release(debouncer)
        waits.append(round(deadline - now, 6))
        now = deadline
    assert waits == [0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.1, 0.1]


def test_the_window_doubles_while_waiting_too() -> None:
    debouncer = Debouncer[str]()
    for _ in range(4):
        debouncer.add("a", now=3.0, whole=True)
    assert debouncer.next_deadline() == 3.0 + 4 * QUIET_MIN


def test_touches_of_one_save_widen_the_window_once() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("a", now=0.0, whole=True)
    release(debouncer)
    for _ in range(5):
        debouncer.add("a", now=0.1, whole=False)
    debouncer.add("a", now=0.1, whole=True)
    assert debouncer.next_deadline() == 0.1 + QUIET_MIN


def test_a_path_that_was_quiet_is_due_at_once_again() -> None:
    debouncer = Debouncer[str]()
    for now in (0.0, 0.5):
        debouncer.add("a", now=now, whole=True)
        release(debouncer)
    debouncer.add("a", now=0.6 + MEMORY, whole=True)
    assert debouncer.next_deadline() == 0.6 + MEMORY


def test_a_program_that_never_pauses_does_not_starve_its_path() -> None:
    debouncer = Debouncer[str]()
    now = 0.0
    while not (due := debouncer.pop_due(now=now)):
        assert now <= QUIET_CAP
        debouncer.add("a", now=now, whole=False)
        now += 0.004
    assert due == [Due("a", 0.0, storm=False)]
    assert now >= QUIET_CAP


def test_paths_do_not_hold_back_one_another() -> None:
    debouncer = Debouncer[str]()
    for _ in range(6):
        debouncer.add("busy", now=0.0, whole=False)
        debouncer.add("busy", now=0.0, whole=True)
    debouncer.add("a", now=0.001, whole=True)
    assert [entry.key for entry in debouncer.pop_due(now=0.001)] == ["a"]
    assert len(debouncer) == 1


def test_without_a_window_everything_is_due_at_once() -> None:
    debouncer = Debouncer[str](quiet_max=0.0)
    add_many(debouncer, STORM_PATHS * 2, now=5.0)
    debouncer.add("f0", now=5.0, whole=False)
    assert debouncer.next_deadline() == 5.0
    assert len(debouncer.pop_due(now=5.0)) == STORM_PATHS * 2


def test_the_window_can_be_set_anew() -> None:
    debouncer = Debouncer[str]()
    debouncer.quiet_max = 0.001
    debouncer.add("a", now=0.0, whole=False)
    assert debouncer.next_deadline() == 0.001


def test_a_storm_is_released_together_after_silence() -> None:
    debouncer = Debouncer[str]()
    add_many(debouncer, STORM_PATHS + 1, now=0.0)
    debouncer.add("late", now=0.4, whole=True)
    assert debouncer.pop_due(now=0.4) == []
    deadline, due = release(debouncer)
    assert deadline == 0.4 + STORM_QUIET
    assert len(due) == STORM_PATHS + 2
    assert all(entry.storm for entry in due)
    assert due[-1] == Due("late", 0.4, storm=True)
    assert not debouncer._heap


def test_as_many_paths_as_allowed_are_no_storm() -> None:
    debouncer = Debouncer[str]()
    add_many(debouncer, STORM_PATHS, now=0.0)
    assert [entry.storm for entry in debouncer.pop_due(now=0.0)] == [False] * STORM_PATHS


def test_released_paths_count_towards_a_storm() -> None:
    debouncer = Debouncer[str]()
    add_many(debouncer, STORM_PATHS, now=0.0)
    debouncer.pop_due(now=0.0)
    debouncer.add("one more", now=0.2, whole=True)
    assert debouncer.next_deadline() == 0.2 + STORM_QUIET


def test_after_a_storm_a_lone_save_is_due_at_once() -> None:
    debouncer = Debouncer[str]()
    add_many(debouncer, STORM_PATHS + 1, now=0.0)
    deadline, _ = release(debouncer)
    debouncer.add("f0", now=deadline + 0.01, whole=True)
    assert release(debouncer) == (deadline + 0.01, [Due("f0", deadline + 0.01, storm=False)])


def test_a_storm_without_silence_is_released_at_the_cap_and_goes_on() -> None:
    debouncer = Debouncer[str]()
    add_many(debouncer, STORM_PATHS + 1, now=0.0)
    now = 0.0
    while now < STORM_CAP:
        debouncer.add("busy", now=now, whole=True)
        assert debouncer.pop_due(now=now) == []
        now += STORM_QUIET / 2
    deadline, due = release(debouncer)
    assert deadline == STORM_CAP
    assert len(due) == STORM_PATHS + 2
    debouncer.add("f0", now=STORM_CAP + 0.1, whole=True)
    assert debouncer.next_deadline() == STORM_CAP + 0.1 + STORM_QUIET


def test_a_hold_delays_and_can_be_renewed() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("a", now=0.0, whole=True)
    debouncer.hold(until=0.05)
    assert debouncer.pop_due(now=0.04) == []
    debouncer.hold(until=0.09)
    assert debouncer.next_deadline() == 0.09
    assert debouncer.pop_due(now=0.05) == []
    assert debouncer.pop_due(now=0.09) == [Due("a", 0.0, storm=False)]


def test_a_hold_never_starves() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("a", now=1.0, whole=True)
    debouncer.hold(until=1e9)
    assert release(debouncer) == (1.0 + STORM_CAP, [Due("a", 1.0, storm=False)])


def test_a_time_that_goes_back_loses_nothing() -> None:
    debouncer = Debouncer[str]()
    debouncer.add("a", now=5.0, whole=True)
    debouncer.add("b", now=4.0, whole=True)
    assert [entry.key for entry in debouncer.pop_due(now=5.0)] == ["a", "b"]


def test_history_is_forgotten() -> None:
    debouncer = Debouncer[str]()
    for number in range(5000):
        debouncer.add(f"f{number}", now=float(number), whole=True)
        debouncer.pop_due(now=float(number))
    assert len(debouncer._released) <= 2
    assert len(debouncer._heap) <= 2


@dataclass
class Oracle:
    """The changes of each path that no release has answered, and every release with what it answered."""

    unanswered: dict[str, list[float]] = field(default_factory=dict)

    def changed(self, key: str, now: float) -> None:
        self.unanswered.setdefault(key, []).append(now)

    def released(self, due: Due[str], now: float, *, cap: float) -> None:
        answered = self.unanswered.pop(due.key)  # KeyError: released twice for one change
        assert due.since == answered[0]
        assert answered[-1] <= now
        assert now - answered[0] <= cap + 1e-9


STEPS = st.lists(
    st.tuples(
        st.one_of(st.integers(0, 3), st.integers(0, 400)),
        st.sampled_from([0.0, 0.0001, 0.003, 0.02, 0.3, 0.6, 2.0]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=60,
)


@given(
    steps=STEPS,
    bulk=st.sampled_from([0, 0, 150, 250]),
    hold=st.sampled_from([None, None, 0.05, 30.0]),
    quiet_max=st.sampled_from([0.0, 0.005, 0.1, 5.0]),
)
def test_nothing_is_lost_starved_or_released_twice(
    steps: list[tuple[int, float, bool, bool]], bulk: int, hold: float | None, quiet_max: float
) -> None:
    debouncer = Debouncer[str](quiet_max=quiet_max)
    oracle = Oracle()
    now = 0.0
    cap = STORM_CAP if hold is not None or bulk else QUIET_CAP

    def run_until(end: float) -> None:
        while (deadline := debouncer.next_deadline()) is not None and deadline <= end:
            at = max(deadline, now)
            due = debouncer.pop_due(now=at)
            assert due, "pop_due at a deadline releases something"
            for entry in due:
                oracle.released(entry, at, cap=cap)

    for number in range(bulk):
        debouncer.add(f"f{number}", now=now, whole=True)
        oracle.changed(f"f{number}", now)
    for key, pause, whole, held in steps:
        run_until(now + pause)
        now += pause
        debouncer.add(f"f{key}", now=now, whole=whole)
        oracle.changed(f"f{key}", now)
        if held and hold is not None:
            debouncer.hold(until=now + hold)
    run_until(float("inf"))
    assert not oracle.unanswered
    assert len(debouncer) == 0


@pytest.mark.parametrize("whole", [True, False])
def test_releases_come_in_the_order_of_deadlines(whole: bool) -> None:
    debouncer = Debouncer[str]()
    for number in range(20):
        debouncer.add(f"f{number}", now=number / 1e4, whole=whole)
    assert [entry.key for entry in debouncer.pop_due(now=1.0)] == [f"f{number}" for number in range(20)]
