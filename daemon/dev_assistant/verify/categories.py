"""What a ruff rule counts as in the quality score.

By prefix of the code, so that a rule of a later ruff falls into its family; a rule without a code is lint.
"""

from __future__ import annotations

import re

from dev_assistant.model import Category, Severity

SYNTAX = "invalid-syntax"

_FAMILIES = (
    (Category.SECURITY, ("S",)),  # flake8-bandit
    # How much is in one place and what reaches into what: McCabe, pylint's too-many-*, nested blocks,
    # boolean traps in signatures, access to private members of others.
    (Category.DESIGN, ("C90", "PLR09", "PLR1702", "FBT", "SLF")),
    (Category.UNFINISHED, ("FIX", "TD")),  # marks of unfinished work; commented-out code (ERA) is mere litter
)
_PATTERNS = tuple(
    (category, re.compile("|".join(rf"{prefix}\d*" for prefix in prefixes)))
    for category, prefixes in _FAMILIES
)


def category(rule: str) -> Category:
    """The category of a rule's code (``S101``) or, where ruff gives it none, of its name."""
    for found, pattern in _PATTERNS:
        if pattern.fullmatch(rule):
            return found
    return Category.LINT


def severity(rule: str) -> Severity:
    """An error keeps the file from being understood at all; everything else is a warning."""
    return Severity.ERROR if rule == SYNTAX else Severity.WARNING
