"""A rule of ours: what it is called, what it costs, and what is said to explain it.

Ids are ``DA`` and three digits, and never change their meaning: 1xx structure of Python, 2xx any text,
3xx data, 4xx style sheets, 5xx markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dev_assistant.model import Category, Finding, Severity


class Span(NamedTuple):
    """From ``line`` and ``column`` up to ``end_line`` and ``end_column``; counted from 1, in code points."""

    line: int
    column: int
    end_line: int
    end_column: int


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

    def at(self, span: Span, message: str) -> Finding:
        """A finding of this rule."""
        return Finding(self.id, self.category, self.severity, *span, message, fixable=False)
