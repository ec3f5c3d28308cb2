"""Text from bytes, and places in it."""

import pytest

from dev_assistant.analysis.source_lines import SourceLines, decode, excerpt


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\xff\xfeb", "a\ufffd\ufffdb"),
        (b"\xef\xbb\xbfa", "a"),
        ("é".encode("utf-16"), "é"),
        (b"\xff\xfea", "\ufffd"),
        (b"", ""),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    assert decode(data) == text


def test_lines_end_as_in_an_editor() -> None:
    lines = SourceLines("a\r\nb\rc\nd\fe")
    assert [lines.place(offset) for offset in (0, 3, 5, 7, 9, 99)] == [
        (1, 1),
        (2, 1),
        (3, 1),
        (4, 1),
        (4, 3),
        (4, 4),
    ]


def test_an_offset_is_the_way_back_from_a_place() -> None:
    lines = SourceLines("a\r\nb\rc")
    assert [lines.offset(*lines.place(offset)) for offset in (0, 3, 5)] == [0, 3, 5]


def test_stretch_stays_in_its_line() -> None:
    lines = SourceLines("abc\r\nde")
    assert lines.stretch(1, 2, 99) == (1, 2, 1, 4)
    assert lines.stretch(2, 1, 99) == (2, 1, 2, 3)


def test_span_may_cross_lines() -> None:
    assert SourceLines("abc\nde").span(1, 5) == (1, 2, 2, 2)


def test_excerpt_is_one_visible_line() -> None:
    assert excerpt("a\n\tb\x00c") == "a b\\x00c"
    assert excerpt("x" * 100, 10) == "x" * 9 + "…"
    assert len(excerpt("\u202e" * 100)) == 60
