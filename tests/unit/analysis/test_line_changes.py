"""Changed lines: what git counts where nothing moved, and never more."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.line_changes import LARGEST, changed_lines


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"", b"", 0),
        (b"", b"a\nb\n", 2),
        (b"a\nb\n", b"", 2),
        (b"a\nb\n", b"a\nc\n", 2),
        (b"a\n", b"a", 2),
        (b"a\na\n", b"a\n", 1),
        (b"a\nb\nc\n", b"c\na\nb\n", 0),
        (b"a\r\nb\r\n", b"a\nb\n", 0),
        (b"a\nb", b"a\r\nb", 0),
        (b"a \n", b"a\n", 2),
        (b"\xff\n", b"\xfe\n", 2),
    ],
)
def test_lines_removed_and_added(old: bytes, new: bytes, expected: int) -> None:
    assert changed_lines(old, new) == expected


def test_nothing_is_said_of_what_has_no_lines() -> None:
    assert changed_lines(b"a\0", b"a") is None
    assert changed_lines(b"a", b"a\0") is None
    assert changed_lines(b"", b"\n" * (LARGEST + 1)) is None
    assert changed_lines(b"", b"\n" * LARGEST) == LARGEST


LINES = st.lists(st.sampled_from([b"a\n", b"b\n", b"c\r\n", b"\n"]), max_size=12)
EACH_ONCE = st.lists(st.integers(0, 30), unique=True, max_size=12).map(sorted)


def by_order(old: list[bytes], new: list[bytes]) -> int:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return len(old) + len(new) - 2 * sum(block.size for block in matcher.get_matching_blocks())


@given(LINES, LINES)
def test_never_more_than_a_diff_in_order_counts(old: list[bytes], new: list[bytes]) -> None:
    found = changed_lines(b"".join(old), b"".join(new))
    assert found is not None
    assert abs(len(old) - len(new)) <= found <= by_order(old, new)


@given(EACH_ONCE, EACH_ONCE)
def test_equal_to_a_diff_where_nothing_moved(old: list[int], new: list[int]) -> None:
    before, after = ([b"%d\n" % number for number in lines] for lines in (old, new))
    assert changed_lines(b"".join(before), b"".join(after)) == by_order(before, after)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_both_directions_are_the_same(old: bytes, new: bytes) -> None:
    assert changed_lines(old, new) == changed_lines(new, old)
