r"""From ruff's two ways of telling a finding to one.

The living server writes rules of a project in preview by name and appends help to the message; the batch does
neither. Both come through here, so that a file has the same findings whichever way judged it.
"""

from __future__ import annotations

import functools
import operator
import os
import re
from collections.abc import Iterable

import msgspec

from dev_assistant.model import Category, Checked, Finding, Severity
from dev_assistant.verify import categories

_PLACE = operator.attrgetter("line", "column", "rule", "end_line", "end_column", "message")
_ADVICE = re.compile(r"\n\n(?:help|info|note): ")


class Position(msgspec.Struct, frozen=True, gc=False):
    """Line and column in code points, both from 1."""

    row: int
    column: int


def finding(rule: str, message: str, start: Position, end: Position, *, fixable: bool) -> Finding:
    """One finding; ``message`` is cut where advice follows it."""
    kind, severity = _kind(rule)
    return Finding(
        rule,
        kind,
        severity,
        start.row,
        start.column,
        end.row,
        end.column,
        _ADVICE.split(message, 1)[0] if "\n\n" in message else message,
        fixable,
    )


def portable(message: str, path: str, *, root: str) -> str:
    """The message with ``path`` (absolute, of the file) as seen from ``root``.

    ruff names a file so only below the directory that it runs in. The same findings have to read the same
    wherever the tree lies, for they are remembered by what is in it.
    """
    return message.replace(path, os.path.relpath(path, root)) if path in message else message


@functools.lru_cache(maxsize=4096)
def _kind(rule: str) -> tuple[Category, Severity]:
    return categories.category(rule), categories.severity(rule)


def checked(findings: Iterable[Finding]) -> Checked:
    """The verdict, its findings in the order of the file: the two ways do not agree on another."""
    return Checked(tuple(sorted(findings, key=_PLACE)))
