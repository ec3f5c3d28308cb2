from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import Category, Severity
from dev_assistant.verify.findings import Position, checked, finding, portable

START, END = Position(3, 5), Position(4, 1)


def test_advice_behind_the_message_is_cut():
    advised = finding("I001", "Unsorted\n\nhelp: Organize\nhelp: imports", START, END, fixable=True)
    assert advised == finding("I001", "Unsorted", START, END, fixable=True)


def test_a_message_of_several_lines_stays():
    assert finding("SIM108", "Use `a\n\nb`", START, END, fixable=False).message == "Use `a\n\nb`"


def test_category_severity_and_range_are_filled_in():
    found = finding("S101", "m", START, END, fixable=False)
    assert (found.category, found.severity) == (Category.SECURITY, Severity.WARNING)
    assert (found.line, found.column, found.end_line, found.end_column) == (3, 5, 4, 1)


_FOUND = st.builds(
    finding,
    st.sampled_from(["F401", "S101"]),
    st.text(max_size=3),
    st.builds(Position, st.integers(1, 3), st.integers(1, 3)),
    st.builds(Position, st.integers(1, 3), st.integers(1, 3)),
    fixable=st.booleans(),
)


@given(st.lists(_FOUND, max_size=6), st.randoms())
def test_the_order_of_arrival_does_not_matter_but_for_twins(found, dice):
    """Findings that differ in nothing but ``fixable`` keep their order; ruff has no such twins."""
    distinct = list(
        {(f.line, f.column, f.rule, f.end_line, f.end_column, f.message): f for f in found}.values()
    )
    shuffled = dice.sample(distinct, len(distinct))
    assert checked(shuffled) == checked(distinct)
    assert [f.line for f in checked(distinct).findings] == sorted(f.line for f in distinct)


def test_a_message_names_the_file_as_seen_from_the_root():
    assert portable("File `/w/lib/b.py` is", "/w/lib/b.py", root="/w/proj") == "File `../lib/b.py` is"
    assert portable("File `b.py` is", "/w/proj/b.py", root="/w/proj") == "File `b.py` is"
