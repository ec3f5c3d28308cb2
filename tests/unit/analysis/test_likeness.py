from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.likeness import Sketch, likeness, sketch_of
from dev_assistant.model import Digest


def text(*numbers: int) -> bytes:
    return "".join(f"line {number}\n" for number in numbers).encode()


def test_equal_bytes_are_entirely_alike_also_without_lines():
    assert likeness(sketch_of(b""), sketch_of(b"")) == 1.0
    assert likeness(sketch_of(text(1, 2)), sketch_of(text(1, 2))) == 1.0


def test_what_shares_no_line_is_not_alike():
    assert likeness(sketch_of(text(1, 2)), sketch_of(text(3, 4))) == 0.0
    assert likeness(sketch_of(b""), sketch_of(b"\n")) == 0.0


def test_indentation_blank_lines_and_line_ends_do_not_count():
    assert likeness(sketch_of(b"a\nb\n"), sketch_of(b"\r\n    a\r\n\tb\r\n")) == 1.0


def test_few_lines_are_compared_exactly():
    assert likeness(sketch_of(text(1, 2, 3)), sketch_of(text(2, 3, 4))) == 0.5


def test_of_many_lines_the_share_is_estimated():
    assert abs(likeness(sketch_of(text(*range(1000))), sketch_of(text(*range(250, 1250)))) - 0.6) < 0.25


def test_a_sketch_is_small_whatever_the_text():
    assert len(sketch_of(text(*range(10_000))).lines) == 256


@given(st.text(), st.text())
def test_a_foreign_sketch_is_only_compared(one: str, other: str):
    alike = likeness(Sketch(Digest("1"), one), Sketch(Digest("2"), other))
    assert 0.0 <= alike <= 1.0
