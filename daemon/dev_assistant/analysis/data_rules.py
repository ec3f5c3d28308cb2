"""What is wrong with JSON, TOML and YAML, as rules: DA301 to DA303, and how their findings are worded."""

from __future__ import annotations

from dev_assistant.analysis.locate import Locator
from dev_assistant.analysis.rules import Rule, Span
from dev_assistant.escape import visible
from dev_assistant.model import Category, Finding, Severity

DEEPEST = 200
"""Levels of nesting: parsers recurse, and a hundred thousand brackets take them down."""

_LONGEST_KEY = 60
_LONGEST_MESSAGE = 150

SYNTAX = Rule(
    "DA301",
    "data-syntax",
    Category.LINT,
    Severity.ERROR,
    rationale="Parsers of the format refuse the file: whatever reads it fails, or falls back to defaults.",
    example='{"port": 8080,}',
    hint="Correct the place that is named; what is wrong is often just before it.",
)
DUPLICATE_KEY = Rule(
    "DA302",
    "duplicate-key",
    Category.LINT,
    Severity.ERROR,
    rationale="Of a key given twice most parsers keep the last value without a word, others the first.",
    example='{"port": 8080, "host": "a", "port": 9090}',
    hint="Keep one of them, or merge their values.",
)
TOO_DEEP = Rule(
    "DA303",
    "nested-too-deep",
    Category.LINT,
    Severity.ERROR,
    rationale="Parsers recurse once a level: such a file crashes some of them, and nobody can read it.",
    example="[" * 9 + " and so on",
    hint="Keep flat lists with references instead of trees in trees.",
)
RULES = (SYNTAX, DUPLICATE_KEY, TOO_DEEP)


def not_parsed(what: str, message: str, line: int, column: int) -> Finding:
    """The parser of ``what`` stopped at a place, for a reason that may quote the file."""
    told = visible(" ".join(message.split()))[:_LONGEST_MESSAGE]
    return SYNTAX.at(Span(line, column, line, column), f"not {what}: {told}")


def given_twice(locator: Locator, key: str, first: int, second: int, end: int) -> Finding:
    """A key at the offset ``second``, up to ``end``, that is at ``first`` in the same mapping."""
    line, column = locator.place(first)
    shown = visible(key[:_LONGEST_KEY])[:_LONGEST_KEY] + "…" * (len(key) > _LONGEST_KEY)
    message = f'"{shown}" is given twice, first on line {line}, column {column}'
    return DUPLICATE_KEY.at(locator.span(second, end), message)


def nested_too_deep(locator: Locator, offset: int, deepest: int) -> Finding:
    """More than ``deepest`` levels are open at ``offset``."""
    return TOO_DEEP.at(locator.span(offset, offset + 1), f"nested more than {deepest} levels deep: not read")
