"""JSON: strict, or with comments."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.json_syntax import json_findings, plain


def told(text: str, *, comments: bool = False) -> list[tuple[int, int, str]]:
    return [(found.line, found.column, found.message) for found in json_findings(text, comments=comments)]


def test_the_place_of_a_mistake() -> None:
    assert told('{"é": 1,\r\n "b" 2}') == [(2, 6, "not JSON: Expecting ':' delimiter")]
    assert told("") == [(1, 1, "not JSON: Expecting value")]
    assert told('{"a": 1} x')[0][:2] == (1, 10)


@pytest.mark.parametrize("text", ["{'a': 1}", "[1,]", "[1] // no", "{a: 1}", '"\t"', "[01]", "[1", '"\\x"'])
def test_what_is_not_json(text: str) -> None:
    assert len(told(text)) == 1


def test_numbers_that_only_python_knows() -> None:
    assert told('["NaN", NaN,\n-Infinity]') == [
        (1, 9, "not JSON: NaN is no number of JSON"),
        (2, 1, "not JSON: -Infinity is no number of JSON"),
    ]
    assert told("[" + "9" * 5000 + "]") == []


def test_both_places_of_a_key_that_is_given_twice() -> None:
    text = '{"a": {"b": 1, "c": "b\\"{"},\n "b": 2, "x": [{"b": 3}],\n  "\\u0061": 3, "b": 4}'
    assert told(text) == [
        (3, 3, '"a" is given twice, first on line 1, column 2'),
        (3, 16, '"b" is given twice, first on line 2, column 2'),
    ]


def test_a_key_is_shown_on_one_short_line() -> None:
    (found,) = json_findings(
        '{"\\u001b\\n' + "k" * 500 + '": 1, "\\u001b\\n' + "k" * 500 + '": 2}', comments=False
    )
    assert found.message.isprintable()
    assert len(found.message) < 150


def test_a_bomb_is_a_finding() -> None:
    for bomb in ("[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000):
        assert [message for *_, message in told(bomb)] == ["nested more than 200 levels deep: not read"]
    assert told("[" * 200 + "]" * 200) == []
    assert told('["' + "[" * 100_000 + '"]') == []


def test_comments_and_last_commas() -> None:
    text = '// head\n{"a": [1, /* , */ 2,], // "\n "b": "// /* ,]",\n}\n/* end */'
    assert told(text, comments=True) == []
    assert json.loads(plain(text)) == {"a": [1, 2], "b": "// /* ,]"}
    assert told('{"a": 1, // a\n/*\n*/ "a": 2}', comments=True) == [
        (3, 4, '"a" is given twice, first on line 1, column 2')
    ]


@pytest.mark.parametrize("text", ["[1,,]", "[1 /* open", "[,]", "[1] /", "/*/ [1]"])
def test_comments_do_not_excuse_everything(text: str) -> None:
    assert len(told(text, comments=True)) == 1


@settings(max_examples=40)
@given(st.text('[]{}",:1 \n\\/*abu', max_size=40))
def test_any_text_is_judged_as_the_parser_does(text: str) -> None:
    try:
        json.loads(text)
        valid = True
    except ValueError:
        valid = False
    broken = [message for *_, message in told(text) if message.startswith("not JSON")]
    assert bool(broken) is not valid
    assert len(plain(text)) == len(text)


LEAVES = st.none() | st.integers() | st.text(max_size=5)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=6
)


@settings(max_examples=20)
@given(TREES)
def test_what_is_written_by_a_program_is_fine(value: object) -> None:
    assert told(json.dumps(value)) == []
    assert told(json.dumps(value, indent=1, ensure_ascii=False), comments=True) == []
