"""JSON values with lines, and keys that are given twice."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.errors import Problem
from dev_assistant.workspace.json_text import JsonDocument, KeyPath, parse_json, spelled


def document(text: str) -> JsonDocument:
    parsed = parse_json(text.encode(), file="f")
    assert isinstance(parsed, JsonDocument)
    return parsed


def leaves(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path, value


_keys = st.text(st.sampled_from('ab,:{}[]"\\\n é'), max_size=5)
_shapes = st.recursive(
    st.none() | st.booleans() | _keys,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_keys, inner, max_size=4),
    max_leaves=20,
)


def numbered(shape: object, numbers: Iterator[int]) -> object:
    """The same shape with each null replaced by a number that occurs once in the text."""
    if isinstance(shape, dict):
        return {key: numbered(item, numbers) for key, item in shape.items()}
    if isinstance(shape, list):
        return [numbered(item, numbers) for item in shape]
    return next(numbers) if shape is None else shape


@given(_shapes, st.sampled_from([None, 0, 1]), st.sampled_from(["\n", "\r\n"]))
def test_every_number_is_on_its_line(shape: object, indent: int | None, ending: str) -> None:
    value = numbered(shape, iter(range(1_000_001, 2_000_000)))
    text = json.dumps(value, indent=indent).replace("\n", ending)
    known = document(text)
    assert known.value == value
    assert known.repeated == ()
    rows = text.split(ending)
    for path, leaf in leaves(value):
        assert path in known.lines or path == ()
        if isinstance(leaf, int) and leaf > 1 and path:
            assert str(leaf) in rows[known.lines[path] - 1]


def test_a_key_that_is_given_twice_is_told_with_its_second_line() -> None:
    known = document('{"a": 1,\n "b": [{"c": 1,\n  "c": 2}],\n "a": 3}')
    assert known.repeated == ((("b", 0, "c"), 3), (("a",), 4))


def test_the_same_key_in_two_objects_is_not_twice() -> None:
    assert document('[{"a": 1}, {"a": {"a": 2}}]').repeated == ()


def test_a_key_that_is_spelled_with_an_escape_is_the_same_key() -> None:
    assert document('{"a": 1, "\\u0061": 2}').repeated == ((("a",), 1),)


@pytest.mark.parametrize(
    ("data", "line", "part"),
    [
        (b'{"a": 1,\n "b" 2}', 2, "column 6"),
        (b"", 1, "not JSON"),
        (b'{"a": 1}\n\nx', 3, "Extra data"),
        (b'{"a":\n "\xff"}', 2, "not UTF-8 at byte 8"),
        (b'{"a": NaN}', None, "NaN is not a JSON number"),
        (b"[" * 100_000, None, "not JSON"),
        (b"[" * 40 + b"]" * 40, None, "nested more than 32 levels deep"),
        (b"9" * 5000, None, "not JSON"),
    ],
)
def test_syntax(data: bytes, line: int | None, part: str) -> None:
    problem = parse_json(data, file="f")
    assert isinstance(problem, Problem)
    assert problem.line == line
    assert part in problem.message


@given(st.binary(max_size=60) | st.text(st.sampled_from('a[]{}",:\n1 '), max_size=40).map(str.encode))
def test_nothing_makes_it_raise(data: bytes) -> None:
    assert isinstance(parse_json(data, file="f"), JsonDocument | Problem)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert document("\ufeff[1]").value == [1]


def test_the_place_of_what_is_not_there_is_the_value_around_it() -> None:
    known = document('{\n"a": [\n{}]}')
    assert known.place(("a", 0, "name")) == ("a[0].name", 3)
    assert known.place(("b",)) == ("b", None)


def test_odd_keys_are_quoted() -> None:
    assert spelled(("$schema", 1, "a b\x1b")) == '$schema[1]."a b\\u001b"'
