"""Cognitive complexity of every function, as complexipy counts it.

The measure is that of G. Ann Campbell, "Cognitive Complexity: a new way of measuring understandability"
(SonarSource, 2017): what breaks the flow counts, and counts more the deeper it is nested. A function within
another counts for the outer one. Comments that tell complexipy to leave a function out hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from dev_assistant.analysis.rules import Rule, Span, measured
from dev_assistant.model import Category, Finding, Severity

LIMIT: Final = 15
"""SonarSource's threshold for a function, the default of its rule S3776."""

COGNITIVE: Final = Rule(
    id="DA120",
    name="cognitive-complexity",
    category=Category.DESIGN,
    severity=Severity.WARNING,
    rationale="Each branch within a branch has to be kept in mind at once; there changes go wrong.",
    example="""def paid(orders):
    for order in orders:
        if order.open:
            for item in order:
                if item.price and item.count:
                    while item.due:
                        item.pay()
""",
    hint="Return early, and give the inner blocks names of their own.",
)

_MOST: Final = 500  # findings in one file
_LONGEST_LINE: Final = 20_000
"""Characters. complexipy takes quadratic time for statements on one line: 0.2 s for 160,000 characters."""
_DEFINED = re.compile(r"[ \t\f]*(?:async[ \t]+)?def[ \t]+(\w+)")


class Function(NamedTuple):
    """``name`` is qualified by its classes, ``line`` is that of ``def``; lines count from 1."""

    name: str
    line: int
    end_line: int
    complexity: int


def functions(data: bytes) -> list[Function]:
    """Every function of a module and its classes, in the order of the file.

    None of a file that is not UTF-8, cannot be parsed, is nested more than some 200 levels deep, or has a
    line of more than 20,000 characters.
    """
    return [function for function, _ in _measured(data)]


def check(data: bytes) -> Iterator[Finding]:
    """A finding at the name of each function over ``LIMIT``, 500 at most and one that tells of the rest."""
    over = _measured(data, above=LIMIT)
    for function, span in over[:_MOST]:
        measure = measured(function.name, function.complexity, limit=LIMIT)
        yield COGNITIVE.at(span, f"cognitive complexity {measure.value} is over {LIMIT}", measure)
    if len(over) > _MOST:
        rest = len(over) - _MOST
        yield COGNITIVE.at(over[_MOST][1], f"cognitive complexity of {rest} more functions is over {LIMIT}")


def _measured(data: bytes, *, above: int = -1) -> list[tuple[Function, Span]]:
    """Functions of a complexity above that, and where their names stand."""
    from complexipy import code_complexity  # noqa: PLC0415  only here: it is a large library

    try:
        text = data.decode("utf-8-sig")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if max(map(len, lines)) > _LONGEST_LINE:
            return []
        measured = code_complexity(text, with_plans=False).functions
    except ValueError:  # not UTF-8, no Python, or nested too deeply
        return []
    return [
        _placed(lines, found.name, found.line_start, found.line_end, found.complexity)
        for found in measured
        if found.complexity > above
    ]


def _placed(lines: list[str], name: str, first: int, last: int, complexity: int) -> tuple[Function, Span]:
    """Where the name stands; ``first`` is the line of the first decorator."""
    own = name.rpartition("::")[2]
    line, column = first, 1
    for number in range(first, last + 1):
        found = _DEFINED.match(lines[number - 1])
        if found and found[1] == own:
            line, column = number, found.start(1) + 1
            break
    span = Span(line, column, line, column + len(own))
    return Function(name.replace("::", "."), line, last, complexity), span
