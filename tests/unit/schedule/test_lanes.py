from __future__ import annotations

import itertools

import pytest

from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.lanes import Entry, Lane, Lanes, magnitude_of, rank_of


def entry(name: str, lane: str = "a", rank: int = 0) -> Entry[str]:
    return Entry(name, name, Lane(lane, ""), rank, at=0.0)


def drawn(lanes: Lanes[str], rank: int, lane: str, count: int) -> list[str]:
    return [entry.item for entry in lanes.draw(rank, Lane(lane, ""), count)]


def anything(_rank: int, _lane: Lane) -> bool:
    return True


def test_interactive_goes_before_bulk_and_then_by_priority() -> None:
    ranks = list(itertools.starmap(rank_of, itertools.product(Urgency, Priority)))
    assert ranks == [0, 1, 2, 3, 4, 5]


def test_the_best_class_is_next_and_lanes_take_turns() -> None:
    lanes = Lanes[str]()
    for name, lane, rank in (("1", "a", 4), ("2", "a", 1), ("3", "a", 1), ("4", "b", 1)):
        lanes.add(entry(name, lane, rank))
    order = []
    while place := lanes.next(anything):
        order += [entry.item for entry in lanes.draw(*place, 1)]
    assert order == ["2", "4", "3", "1"]


def test_a_batch_is_filled_with_lesser_classes_of_its_lane_and_urgency() -> None:
    lanes = Lanes[str]()
    for name, lane, rank in (
        ("low", "a", 2),
        ("bulk", "a", 3),
        ("high", "a", 0),
        ("normal", "a", 1),
        ("other", "b", 0),
    ):
        lanes.add(entry(name, lane, rank))
    assert drawn(lanes, 0, "a", 2) == ["high", "normal"]
    assert drawn(lanes, 1, "a", 9) == ["low"]
    assert drawn(lanes, 0, "b", 9) == ["other"]
    assert drawn(lanes, 3, "a", 9) == ["bulk"]
    assert lanes.next(anything) is None


def test_what_is_not_open_is_passed_over() -> None:
    lanes = Lanes[str]()
    for name, lane, rank, at in (("1", "a", 0, 3.0), ("2", "b", 1, 2.0), ("3", "b", 4, 1.0)):
        lanes.add(Entry(name, name, Lane(lane, ""), rank, at))
    assert lanes.next(lambda _, lane: lane.owner == "b") == (1, Lane("b", ""))
    assert lanes.next(lambda rank, _: rank > 1) == (4, Lane("b", ""))
    assert lanes.oldest(lambda rank, _: rank < 4) == (1, Lane("b", ""), 2.0)
    assert lanes.oldest(lambda *_: False) is None


def test_an_entry_can_go_to_the_front_and_be_removed() -> None:
    lanes = Lanes[str]()
    second, first = entry("second"), entry("first")
    lanes.add(second)
    lanes.add(first, first=True)
    lanes.remove(second)
    assert drawn(lanes, 0, "a", 9) == ["first"]
    with pytest.raises(KeyError):
        lanes.remove(second)


def test_a_draw_ends_with_the_item_that_fills_the_time() -> None:
    lanes = Lanes[str]()
    for name in ("1", "22", "333", "4444"):
        lanes.add(entry(name))
    lane = Lane("a", "")

    def draw(seconds: float) -> list[str]:
        return [each.item for each in lanes.draw(0, lane, 9, weigh=len, seconds=seconds)]

    assert (draw(2.5), draw(1.0), draw(9.0)) == (["1", "22"], ["333"], ["4444"])


@pytest.mark.parametrize(("seconds", "magnitude"), [(0.0, 0), (0.3, 0), (0.31, 1), (2.4, 3), (2.5, 4)])
def test_the_magnitude_tells_how_often_an_item_exceeds_a_batch(seconds: float, magnitude: int) -> None:
    assert magnitude_of(seconds, batch=0.3) == magnitude
