"""GitLab's code quality report: an array of issues, each with a fingerprint that no other one has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final

from dev_assistant.model import Severity
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.formats.contents import Doubt, Listed, doubts, findings, positive

_SEVERITIES: Final = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def gitlab(document: CheckDocument) -> bytes:
    """What is not proved as blockers, then findings. A fingerprint that comes again gets its number."""
    seen: dict[str, int] = {}
    issues = [*map(_doubt, doubts(document)), *map(_issue, findings(document))]
    for issue in issues:
        name = str(issue["fingerprint"])
        times = seen[name] = seen.get(name, 0) + 1
        if times > 1:
            issue["fingerprint"] = f"{name}-{times}"
    return encode(issues, indent=1)


def _issue(each: Listed) -> dict[str, object]:
    finding = each.finding
    begin = positive(finding.line)
    return {
        "description": f"{finding.rule}: {finding.message}",
        "check_name": finding.rule,
        "fingerprint": finding.id,
        "severity": _SEVERITIES[finding.severity],
        "location": {"path": each.path, "lines": {"begin": begin, "end": max(begin, finding.end_line)}},
    }


def _doubt(doubt: Doubt) -> dict[str, object]:
    return {
        "description": doubt.reason,
        "check_name": doubt.rule,
        "fingerprint": hashlib.blake2b("\0".join(_names(doubt)).encode(), digest_size=8).hexdigest(),
        "severity": "blocker",
        "location": {"path": doubt.path or ".", "lines": {"begin": 1}},
    }


def _names(doubt: Doubt) -> Iterator[str]:
    """A file's doubt is the same whatever its reason; those of a run differ by nothing else."""
    yield from (doubt.rule, doubt.project, doubt.path or doubt.reason)
