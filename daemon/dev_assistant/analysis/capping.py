"""No rule says more than a person reads: findings beyond a number are counted, and told in a last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from dev_assistant.model import Finding

MOST = 100
"""Findings of one rule in one file."""

COUNTED = 10_000
"""Findings of one rule after which a file is not read on."""

LONGEST_MESSAGE = 200
"""Characters."""


def capped(findings: Iterable[Finding], *, most: int = MOST, counted: int = COUNTED) -> Iterator[Finding]:
    """The first ``most`` findings of each rule; the last one says how many more there are.

    At the ``counted``-th of a rule the rest of ``findings`` is not asked for, and that is said as well.
    """
    seen: Counter[str] = Counter()
    held: dict[str, Finding] = {}
    for finding in findings:
        seen[finding.rule] += 1
        if seen[finding.rule] < most:
            yield finding
        elif seen[finding.rule] == most:
            held[finding.rule] = finding
        elif seen[finding.rule] >= counted:
            break
    for rule, finding in held.items():
        yield _last(finding, seen[rule] - most, is_all=seen[rule] < counted)


def _last(finding: Finding, left_out: int, *, is_all: bool) -> Finding:
    if not left_out:
        return finding
    tail = f" (and {left_out} more of this rule)" if is_all else f" (and {left_out} or more: not read on)"
    message = finding.message[: LONGEST_MESSAGE - len(tail)] + tail
    return msgspec.structs.replace(finding, message=message)
