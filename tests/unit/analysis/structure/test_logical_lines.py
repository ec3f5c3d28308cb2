"""Logical lines against CPython's tokenizer, and what is refused."""

import io
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.structure.logical_lines import MAX_LEVELS, Line, NotUnderstoodError, read

STDLIB = Path(tokenize.__file__).parent
MODULES = ("argparse", "dataclasses", "enum", "inspect", "tokenize", "typing", "pydoc", "tarfile")


def lines(text: str) -> list[Line]:
    return read(text.encode()).lines


def told_by_tokenize(data: bytes) -> list[tuple[int, int]]:
    """First and last physical line of each logical one, from 0."""
    found, first = [], 0
    for token in tokenize.tokenize(io.BytesIO(data).readline):
        if token.type == tokenize.NEWLINE:
            found.append((first - 1, token.start[0] - 1))
            first = 0
        elif not first and token.type not in {
            tokenize.COMMENT,
            tokenize.NL,
            tokenize.INDENT,
            tokenize.DEDENT,
            tokenize.ENCODING,
        }:
            first = token.start[0]
    return found


@pytest.mark.parametrize("module", MODULES)
def test_lines_are_those_of_the_tokenizer(module: str) -> None:
    data = (STDLIB / f"{module}.py").read_bytes()
    assert [(line.first, line.last) for line in read(data).lines] == told_by_tokenize(data)


def test_strings_and_comments_are_masked() -> None:
    assert [line.text for line in lines('x = "a # b"  # "c"\ny = \'\'\n')] == [b'x = ""  ', b'y = ""']


def test_a_long_string_keeps_its_lines() -> None:
    (line,) = lines('x = """a\n(\n""" + y\n')
    assert (line.first, line.last) == (0, 2)
    assert line.text == b'x = "\\\n\\\n" + y'


def test_names_in_an_f_string_are_seen() -> None:
    (line,) = lines("x = f'{self.name!r:>{width}} {{not}} {1}'\n")
    assert b"self.name" in line.text
    assert b"width" in line.text
    assert b"not" not in line.text


def test_an_f_string_may_hold_its_own_quote() -> None:
    assert [line.first for line in lines('x = f"{d["a"]}"\ny = 1\n')] == [0, 1]


def test_indentation_counts_tabs_to_eight_and_form_feeds_to_nothing() -> None:
    assert [line.indent for line in lines("if x:\n\ty\n\f\nz\n")] == [0, 8, 0]


def test_line_ends_of_all_systems() -> None:
    assert [line.first for line in read(b"a\r\nb\rc\n").lines] == [0, 1, 2]


def test_a_coding_cookie_is_honoured() -> None:
    assert (
        read("# coding: latin-1\nname = 'é'; é = 1\n".encode("latin-1")).raw[1]
        == "name = 'é'; é = 1".encode()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"x = 'a\n",
        b'x = """a\n"\n',
        b"x = (\n",
        b"x = )\n",
        b"x = 1 \\",
        b"  x\n",
        b"if x:\n    y\n  z\n",
        b"x\0",
        b"\xff\n",
        b"# coding: latin-2000\n\xe9\n",
        b"# coding: punycode\n\xe9\n",
        "é = 1".encode("utf-16"),
    ],
)
def test_what_has_no_logical_lines_is_refused(data: bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        read(data)


def test_indentation_is_as_deep_as_cpython_allows() -> None:
    nested = "".join(" " * level + "if x:\n" for level in range(MAX_LEVELS + 1))
    compile("".join(nested.splitlines(keepends=True)[:15]) + " " * 15 + "y\n", "", "exec")
    with pytest.raises(NotUnderstoodError):
        read(nested.encode())


@given(st.binary())
def test_any_bytes_give_lines_or_are_refused(data: bytes) -> None:
    try:
        source = read(data)
    except NotUnderstoodError:
        return
    places = [number for line in source.lines for number in (line.first, line.last)]
    assert places == sorted(places)
    assert len(source.masked) == len(source.raw) > max(places, default=-1)
