"""A rule of ours: what it is called, what it costs, and what is said to explain it.

Ids are ``DA`` and three digits, and never change their meaning: 1xx structure of Python, 2xx any text,
3xx data, 4xx style sheets, 5xx markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dev_assistant.model import Category, Finding, Measure, Severity

LONGEST_NAME = 120
"""Characters of a function's name, with those of its classes."""


class Span(NamedTuple):
    """From ``line`` and ``column`` up to ``end_line`` and ``end_column``; counted from 1, in code points."""

    line: int
    column: int
    end_line: int
    end_column: int


def measured(function: str, value: int, *, limit: int) -> Measure:
    """A measure under a name that a page can hold; its end tells more than its beginning."""
    name = function if len(function) <= LONGEST_NAME else f"…{function[1 - LONGEST_NAME :]}"
    return Measure(name, value, limit)


@dataclass(frozen=True, slots=True)
class Rule:
    """``rationale`` says why it matters, ``example`` is source that breaks it, ``hint`` the way out."""

    id: str
    name: str
    category: Category
    severity: Severity
    rationale: str
    example: str
    hint: str

    def at(self, span: Span, message: str, measure: Measure | None = None) -> Finding:
        """A finding of this rule."""
        return Finding(self.id, self.category, self.severity, *span, message, fixable=False, measure=measure)
