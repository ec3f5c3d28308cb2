"""Length, parameters and nesting of functions."""

import pytest

from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.rules import (
    DEEP_NESTING,
    LONG_FUNCTION,
    MANY_PARAMETERS,
    MAX_LINES,
)
from dev_assistant.model import Measure


def told(text: str) -> list[tuple[str, int, str]]:
    return [(each.rule, each.line, each.message) for each in analyse(text.encode(), {}).findings]


def test_blank_lines_comments_and_docstring_are_no_code() -> None:
    spared = '    """A\n\n    b."""\n\n    # why\n'
    assert told(f"def f():\n{spared}" + "    x()\n" * (MAX_LINES - 1)) == []
    ((rule, line, message),) = told(f"def f():\n{spared}" + "    x()\n" * MAX_LINES)
    assert (rule, line) == (LONG_FUNCTION.id, 1)
    assert "101 lines" in message


def test_a_long_function_is_measured_under_its_whole_name() -> None:
    text = "class A:\n    def f():\n" + "        x()\n" * (MAX_LINES + 4)
    (found,) = analyse(text.encode(), {}).findings
    assert found.measure == Measure("A.f", MAX_LINES + 5, MAX_LINES)
    (nested,) = analyse(MANY_PARAMETERS.example.encode(), {}).findings
    assert nested.measure is None


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ("a, b, c, d, e, f, g, h", "8"),
        ("a, b, c, d, e, f, g, h,", "8"),
        ("a: Dict[str, int] = {1: 2, 3: 4}, b=(1, 2), c=lambda x, y: x, d=0, e=0, f=0, g=0, h=0", "8"),
        ("a, b, c, d, /, e, f, *args, g, h, i, j, **kwargs", "8"),
        ("a, b, c, d, e, f, *, g, h, i", "7.5"),
    ],
)
def test_parameters_are_counted(parameters: str, count: str) -> None:
    ((rule, _, message),) = told(f"def f({parameters}):\n    return a\n")
    assert rule == MANY_PARAMETERS.id
    assert f"takes {count} parameters" in message


@pytest.mark.parametrize(
    "header",
    [
        "def f(a, b, c, d, e, f, g):",
        "def f(a, *args, b, c, d, e, f, g, h, i, j, k, **kwargs):",
        "def f(a, b=lambda c, d, e, f, g, h, i: c):",
        "def f[T: (int, str)](a, b, c, d, e, f, g):",
    ],
)
def test_seven_parameters_pass(header: str) -> None:
    assert told(f"{header}\n    return a\n") == []


def test_the_bound_parameter_is_none() -> None:
    assert told("class A:\n    def f(self, a, b, c, d, e, f, g):\n        return a\n") == []


def test_the_place_is_the_deepest_block() -> None:
    text = "def f(x):\n" + "".join(f"{'    ' * level}if x:\n" for level in range(1, 7)) + "    " * 7 + "y\n"
    ((rule, line, message),) = told(text)
    assert (rule, line) == (DEEP_NESTING.id, 7)
    assert "6 blocks" in message


def test_other_branches_and_inner_functions_do_not_nest() -> None:
    chain = "    if x:\n        y\n" + "    elif z:\n        y\n" * 9 + "    else:\n        y\n"
    assert told(f"def f(x):\n{chain}") == []
    blocks = "".join(f"{'    ' * level}for _ in x:\n" for level in range(1, 5))
    inner = (
        blocks
        + "    " * 5
        + "def g():\n"
        + "    " * 6
        + "if x:\n"
        + "    " * 7
        + "if x:\n"
        + "    " * 8
        + "y\n"
    )
    assert told(f"def f(x):\n{inner}") == []


@pytest.mark.parametrize(
    ("line", "deep"), [("match x:", True), ("match = x[1:]", False), ("match(x)", False)]
)
def test_match_is_a_block_and_a_name(line: str, deep: bool) -> None:
    blocks = "".join(f"{'    ' * level}if x:\n" for level in range(1, 6))
    inner = f"{'    ' * 6}{line}\n" + (f"{'    ' * 7}case 1: pass\n" if deep else "")
    assert [rule for rule, _, _ in told(f"def f(x):\n{blocks}{inner}")] == [DEEP_NESTING.id] * deep
