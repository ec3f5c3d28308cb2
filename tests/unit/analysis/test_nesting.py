"""Depth of brackets, without recursion."""

import re

from dev_assistant.analysis.nesting import too_deep

STRINGS = re.compile(r'"[^"]*"')


def test_the_bracket_that_is_one_too_many() -> None:
    assert too_deep("[{[]}]", STRINGS, deepest=3) is None
    assert too_deep("[{[]}]", STRINGS, deepest=2) == 2
    assert too_deep("[][][][]", STRINGS, deepest=2) is None


def test_brackets_in_literals_do_not_count() -> None:
    assert too_deep('["[[[[", []]', STRINGS, deepest=2) is None
    assert too_deep('["]]]]", [[]]]', STRINGS, deepest=2) == 10


def test_a_bomb() -> None:
    assert too_deep("[" * 100_000, STRINGS, deepest=200) == 200
