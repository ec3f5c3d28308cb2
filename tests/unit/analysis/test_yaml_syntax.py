"""YAML by events: nothing is constructed, nothing is expanded."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.yaml_syntax import yaml_findings


def told(text: str) -> list[tuple[int, int, str]]:
    return [(found.line, found.column, found.message) for found in yaml_findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1\nb: [a, {a: 1}]\n---\na: 2\n",
        "Bucket: !Ref Other\nName: !Sub '${A}'\n? [a]\n: 1\n? [a]\n: 2\n",
        "x: &a {k: 1}\ny:\n  <<: *a\n  <<: *a\n",
        "1: a\n'1': b\n",
        "!!python/object/apply:os.system ['false']",
        "%YAML 1.2\n---\na: 1\n",
    ],
)
def test_valid(text: str) -> None:
    assert told(text) == []


def test_the_place_of_a_mistake() -> None:
    assert told("é: 1\nb: c: d\n") == [(2, 5, "not YAML: mapping values are not allowed in this context")]
    assert told("a:\n\t- b\n")[0][:2] == (2, 1)
    assert told("a: 1\nb: \x01\n") == [(2, 4, "not YAML: this character is not allowed")]
    assert told("a: *b\n") == [(1, 4, "not YAML: this alias names an anchor that is not above it")]
    assert told("x: &b 1\n---\na: *b\n")[0][:2] == (3, 4)


def test_both_places_of_a_key_that_is_given_twice() -> None:
    text = 'a:\n  b: 1\n  c: [{b: 1}, {b: 2}]\n  "b": 2\n*x : 1\na: 3\n'
    assert told(f"- &x k\n- {text}".replace("\n", "\n  ").replace("- &x k\n  -", "- &x k\n-")) == [
        (5, 5, '"b" is given twice, first on line 3, column 5'),
        (7, 3, '"a" is given twice, first on line 2, column 3'),
    ]


def test_what_was_found_before_the_mistake_is_kept() -> None:
    assert [line for line, *_ in told("a: 1\na: 2\nb: [\n")] == [2, 4]


@pytest.mark.parametrize("bomb", ["[" * 100_000, "{a: " * 100_000, "- " * 100_000, "? " * 100_000])
def test_a_bomb_is_a_finding(bomb: str) -> None:
    ((line, _, message),) = told(bomb)
    assert (line, message) == (1, "nested more than 200 levels deep: not read")


def test_directives_that_take_the_parser_quadratic_time_are_not_read() -> None:
    few = "".join(f"%TAG !a{n}! x\n" for n in range(1000))
    assert told(f"{few}---\na: 1\n") == []
    assert told(few * 2) == [(1, 1, "not YAML: more than 1000 %TAG directives: not read")]


def test_laughing_aliases_cost_their_text_alone() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 50)]
    assert told("\n".join(lines)) == []


@settings(max_examples=40)
@given(st.text("ab:-[]{}#&*!|>'\"%?,\n\t 1\x85\u2028é\x01", max_size=30))
def test_any_text_is_judged_as_the_parser_does(text: str) -> None:
    try:
        list(yaml.parse(text, Loader=yaml.CSafeLoader))
        valid = True
    except yaml.YAMLError:
        valid = False
    found = told(text)
    broken = [message for *_, message in found if message.startswith("not YAML") and "alias" not in message]
    assert bool(broken) is not valid
    assert all(message.isprintable() for *_, message in found)
