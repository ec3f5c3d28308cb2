from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.verify.findings import Position
from dev_assistant.verify.positions import positions


def test_columns_count_code_points_and_not_bytes():
    data = "é😀x\ny".encode()
    assert positions(data, [0, 2, 6, 7, 8]) == {
        0: Position(1, 1),
        2: Position(1, 2),
        6: Position(1, 3),
        7: Position(1, 4),
        8: Position(2, 1),
    }


def test_every_kind_of_line_end_ends_one_line():
    assert positions(b"a\r\nb\rc\nd", [3, 5, 7]) == {
        3: Position(2, 1),
        5: Position(3, 1),
        7: Position(4, 1),
    }


def test_beyond_the_end_is_the_end():
    assert positions(b"ab", [9, 2]) == {9: Position(1, 3), 2: Position(1, 3)}
    assert positions(b"", [0]) == {0: Position(1, 1)}


@given(st.text(alphabet="aé😀\n\r", max_size=40))
def test_every_offset_is_where_the_text_before_it_ends(text):
    offsets = {len(text[:index].encode()): index for index in range(len(text) + 1)}
    for offset, place in positions(text.encode(), offsets).items():
        before = text[: offsets[offset]]
        if before.endswith("\r") and text[offsets[offset] :].startswith("\n"):
            continue  # within a line end
        lines = before.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert place == Position(len(lines), len(lines[-1]) + 1)


@given(st.binary(max_size=40), st.lists(st.integers(-5, 60), max_size=6))
def test_any_bytes_have_positions(data, offsets):
    places = positions(data, offsets)
    assert set(places) == set(offsets)
    assert all(place.row >= 1 and place.column >= 1 for place in places.values())
