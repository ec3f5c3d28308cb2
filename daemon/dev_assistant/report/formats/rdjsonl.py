"""Reviewdog's diagnostics, one a line.

Columns of findings are left out: theirs count bytes of UTF-8 and ours code points, and only the source could
tell. Suggestions know theirs.
"""

from __future__ import annotations

from typing import Final

from dev_assistant.model import Severity
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument, SuggestedRow, Suggestion
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
    told: dict[str, object] = {
        "message": finding.message + (" (the tool can fix it)" if finding.fixable else ""),
        "location": {"path": each.path, "range": span},
        "severity": _SEVERITIES[finding.severity],
        "source": _SOURCE,
        "code": {"value": finding.rule},
        "original_output": finding.id,
    }
    if isinstance(finding, SuggestedRow):
        told["suggestions"] = [_suggestion(finding.suggestion)]
    return told


def _suggestion(each: Suggestion) -> dict[str, object]:
    start = {"line": each.line, "column": each.column}
    end = {"line": each.end_line, "column": each.end_column}
    return {"range": {"start": start, "end": end}, "text": each.text}


def _doubt(doubt: Doubt) -> dict[str, object]:
    return {
        "message": doubt.reason,
        "location": {"path": doubt.path},
        "severity": "ERROR",
        "source": _SOURCE,
        "code": {"value": doubt.rule},
    }
