from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.likeness import sketch_of
from dev_assistant.report.moves import moves


def sketches(**texts: str):
    return {("p", path): sketch_of(text.encode()) for path, text in texts.items()}


def lines(*numbers: int) -> str:
    return "".join(f"line {number}\n" for number in numbers)


def test_equal_bytes_win_over_alike_ones():
    gone = sketches(a=lines(1, 2, 3, 4), b=lines(1, 2, 3))
    new = sketches(c=lines(1, 2, 3))
    assert moves(gone, new) == {("p", "c"): ("p", "b")}


def test_an_edited_file_is_recognised_from_half_of_its_lines():
    gone = sketches(a=lines(1, 2, 3))
    assert moves(gone, sketches(b=lines(2, 3, 4))) == {("p", "b"): ("p", "a")}
    assert moves(gone, sketches(b=lines(3, 4, 5))) == {}


def test_empty_files_are_alike_by_their_digest():
    assert moves(sketches(a=""), sketches(b="")) == {("p", "b"): ("p", "a")}


def test_the_same_name_in_another_directory_comes_first():
    gone = {("p", "x/one.py"): sketch_of(b"a\n"), ("p", "x/two.py"): sketch_of(b"a\n")}
    new = {("q", "y/two.py"): sketch_of(b"a\n")}
    assert moves(gone, new) == {("q", "y/two.py"): ("p", "x/two.py")}


@given(st.lists(st.lists(st.integers(0, 5), max_size=6), max_size=6), st.permutations(range(6)))
def test_no_file_is_taken_twice_and_order_does_not_matter(contents: list[list[int]], order: list[int]):
    gone = {("p", f"old{n}"): sketch_of(lines(*content).encode()) for n, content in enumerate(contents)}
    new = {("p", f"new{n}"): sketch_of(lines(*content).encode()) for n, content in enumerate(contents)}
    found = moves(gone, new)
    assert len(set(found.values())) == len(found) == len(contents)
    turned = [list(new.items())[at] for at in order if at < len(new)]
    assert moves(gone, dict(turned)) == found
