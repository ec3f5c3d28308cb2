from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.logs.lines import Entry
from dev_assistant.logs.repeats import Repeats


def entry(event: str, time: float = 0.0, **fields: object) -> Entry:
    return Entry(time, "info", "watch", event, fields)


def test_the_first_few_are_written_and_the_rest_is_counted() -> None:
    repeats = Repeats(window=10, burst=3)

    admitted = [repeats.admit(entry("a", time=at), now=at) for at in range(8)]

    assert admitted == [True] * 3 + [False] * 5
    assert repeats.pop_due(now=9.9) == []
    assert repeats.pop_due(now=10) == [entry("a", time=7, repeated=5)]
    assert repeats.admit(entry("a"), now=10)


def test_a_line_is_the_same_only_with_all_its_fields() -> None:
    repeats = Repeats(burst=1)

    lines = [entry("a"), entry("b"), entry("a", n=1), entry("a", n=2), entry("a")._replace(level="error")]

    assert all(repeats.admit(line, now=0) for line in lines)
    assert not any(repeats.admit(line, now=0) for line in lines)


def test_what_never_repeated_is_not_told_again() -> None:
    repeats = Repeats(window=10, burst=3)
    repeats.admit(entry("a"), now=0)

    assert repeats.pop_due(now=100) == []


def test_a_bounded_number_of_lines_is_remembered() -> None:
    repeats = Repeats(window=10, burst=1, keys=2)
    for _ in range(3):
        repeats.admit(entry("a"), now=0)
    for number in range(2):
        repeats.admit(entry("b", n=number), now=0)

    assert repeats.pop_due(now=0) == [entry("a", repeated=2)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 5)), max_size=60))
def test_no_line_is_lost_from_the_count(steps: list[tuple[str, float]]) -> None:
    repeats, now = Repeats(window=7, burst=2), 0.0
    told = {"a": 0, "b": 0, "c": 0}
    for event, step in steps:
        now += step
        for due in repeats.pop_due(now=now):
            told[due.event] += int(str(due.fields["repeated"]))
        told[event] += repeats.admit(entry(event), now=now)
    for due in repeats.pop_due(now=float("inf")):
        told[due.event] += int(str(due.fields["repeated"]))

    assert told == {name: sum(event == name for event, _ in steps) for name in "abc"}
