"""At most so many findings of one rule in one file: the rest is counted, and told in a last one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from dev_assistant.model import Finding

LIMIT = 200
"""Findings of one rule in one file. Nobody reads more; a minified bundle can give 100,000."""


def within_quota(findings: Iterable[Finding], limit: int = LIMIT) -> Iterator[Finding]:
    """The first ``limit`` findings of each rule; the last of these says how many more there were."""
    counts: Counter[str] = Counter()
    last: dict[str, Finding] = {}
    for finding in findings:
        counts[finding.rule] += 1
        if counts[finding.rule] < limit:
            yield finding
        elif counts[finding.rule] == limit:
            last[finding.rule] = finding
    for rule, finding in last.items():
        yield _telling(finding, counts[rule] - limit)


def _telling(finding: Finding, left_out: int) -> Finding:
    if not left_out:
        return finding
    return msgspec.structs.replace(finding, message=f"{finding.message} ({left_out} more are not listed)")
