from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.report.squares import Box, squares

FIELD = Box(3, 4, 600, 400)


def test_the_example_of_the_paper():
    boxes = squares([6, 6, 4, 3, 2, 2, 1], Box(0, 0, 6, 4))
    assert [(box.width, box.height) for box in boxes[:2]] == [(3, 2), (3, 2)]
    assert [box.width * box.height for box in boxes] == pytest.approx([6, 6, 4, 3, 2, 2, 1])


def test_nothing_takes_no_room():
    assert squares([], FIELD) == []


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=80))
def test_areas_are_in_proportion_fill_the_field_and_do_not_overlap(weights):
    weights.sort(reverse=True)
    boxes = squares(weights, FIELD)

    scale = FIELD.width * FIELD.height / sum(weights)
    assert [box.width * box.height for box in boxes] == pytest.approx([scale * each for each in weights])
    for at, box in enumerate(boxes):
        assert box.x >= FIELD.x - 1e-6
        assert box.y >= FIELD.y - 1e-6
        assert box.x + box.width <= FIELD.x + FIELD.width + 1e-6
        assert box.y + box.height <= FIELD.y + FIELD.height + 1e-6
        assert not any(overlap(box, other) for other in boxes[:at])


def overlap(one, other):
    wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    tall = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return wide > 1e-6 and tall > 1e-6
