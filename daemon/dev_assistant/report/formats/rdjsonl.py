"""Reviewdog's diagnostics, one a line.

Columns are left out: theirs count bytes of UTF-8 and ours code points, and only the source could tell. Of a
fix we know that there is one and not its text, so it stands in the message and not among the suggestions.
"""

from __future__ import annotations

from typing import Final

from dev_assistant.model import Severity
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.formats.contents import TOOL, Doubt, Listed, doubts, findings, positive

_SOURCE: Final = {"name": TOOL}
_SEVERITIES: Final = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def rdjsonl(document: CheckDocument) -> bytes:
    """What is not proved as errors, then findings."""
    diagnostics = [*map(_doubt, doubts(document)), *map(_diagnostic, findings(document))]
    return b"".join(encode(diagnostic) + b"\n" for diagnostic in diagnostics)


def _diagnostic(each: Listed) -> dict[str, object]:
    finding = each.finding
    start = positive(finding.line)
    span = {"start": {"line": start}, "end": {"line": max(start, finding.end_line)}}
    return {
        "message": finding.message + (" (the tool can fix it)" if finding.fixable else ""),
        "location": {"path": each.path, "range": span},
        "severity": _SEVERITIES[finding.severity],
        "source": _SOURCE,
        "code": {"value": finding.rule},
        "original_output": finding.id,
    }


def _doubt(doubt: Doubt) -> dict[str, object]:
    return {
        "message": doubt.reason,
        "location": {"path": doubt.path},
        "severity": "ERROR",
        "source": _SOURCE,
        "code": {"value": doubt.rule},
    }
