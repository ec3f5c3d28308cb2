"""A finding's name across runs: the same for the same mistake, wherever in the file it has moved to.

Lines and columns are no part of it; equal mistakes in one file are told apart by their order.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable

from dev_assistant.model import Finding
from dev_assistant.report.canonical import encode, text

_NUMBER = re.compile(r"(`[^`]*`)|\b\d+\b")
_DIGIT = re.compile(r"\d")
_KNOWN = 4096
"""Messages whose normal form is remembered: most of a run's are the same few."""


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """By place, then by rule; a total order, so that every run lists them alike."""
    return sorted(findings, key=_place)


def finding_ids(findings: Iterable[Finding], *, project: str, path: str) -> list[str]:
    """16 hex digits for each finding of one file, which must be in the order of ``ordered``."""
    seen: dict[tuple[str, str], int] = {}
    begun = hashlib.blake2b(encode([text(project), text(path)])[:-1] + b",", digest_size=8)
    ids = []
    for finding in findings:
        kind = (finding.rule, normalised(finding.message))
        ordinal = seen.get(kind, 0)
        seen[kind] = ordinal + 1
        state = begun.copy()
        state.update(b'%s,"%d"]' % (_encoded(*kind), ordinal))
        ids.append(state.hexdigest())
    return ids


@functools.lru_cache(maxsize=_KNOWN)
def _encoded(rule: str, message: str) -> bytes:
    """As members of a list in JSON."""
    return encode([text(rule), text(message)])[1:-1]


@functools.lru_cache(maxsize=_KNOWN)
def normalised(message: str) -> str:
    """The message without numbers outside of code spans ("from line 12", "13 > 10") and in single spaces."""
    if _DIGIT.search(message):
        message = _NUMBER.sub(lambda match: match.group(1) or "#", message)
    return " ".join(message.split())


def _place(finding: Finding) -> tuple[object, ...]:
    return (
        finding.line,
        finding.column,
        finding.rule,
        finding.message,
        finding.end_line,
        finding.end_column,
        finding.category.value,
        finding.severity.value,
        finding.fixable,
    )
