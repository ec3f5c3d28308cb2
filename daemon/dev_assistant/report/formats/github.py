"""Annotations of GitHub Actions, as workflow commands: the gravest first, since a step shows ten of a kind.

The runner decodes five characters and no others: what else could move a cursor is shown as an escape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dev_assistant.escape import visible
from dev_assistant.model import Severity
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.formats.contents import Doubt, Listed, doubts, findings, gravest, positive

LIMIT: Final = 1_000
"""Annotations in one output: of more than some tens none is shown outside of the log."""

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_LINE_END: Final = re.compile(r"([\r\n])")
_DATA: Final = {"\r": "%0D", "\n": "%0A"}


def github(document: CheckDocument) -> bytes:
    """Errors for what is not proved, then findings by severity; what is cut is told in the last line."""
    unproved = [_doubt(doubt) for doubt in doubts(document)]
    listed = [_annotation(each) for each in gravest(findings(document))]
    lines = [*unproved, *listed]
    if len(lines) > LIMIT:
        rest = f"{len(lines) - LIMIT + 1:,} of {len(lines):,} annotations are left out"
        lines[LIMIT - 1 :] = [f"::notice title=dev-assistant::{data(rest)}"]
    return "".join(f"{line}\n" for line in lines).encode()


def _doubt(doubt: Doubt) -> str:
    file = f"file={value(doubt.path)}," if doubt.path else ""
    return f"::error {file}title={value(doubt.rule)}::{data(doubt.reason)}"


def _annotation(each: Listed) -> str:
    finding = each.finding
    properties = ",".join(f"{name}={value(text)}" for name, text in _properties(each))
    message = f"{finding.rule} {finding.message}{' (fixable)' if finding.fixable else ''}"
    return f"::{_LEVELS[finding.severity]} {properties}::{data(message)}"


def _properties(each: Listed) -> Iterator[tuple[str, str]]:
    finding = each.finding
    yield "file", each.path
    yield "line", str(positive(finding.line))
    yield "endLine", str(finding.end_line)
    if finding.line == finding.end_line:  # columns of a range of lines are refused
        yield "col", str(finding.column)
        yield "endColumn", str(finding.end_column)
    yield "title", f"{finding.rule} {finding.id}"


def data(text: str) -> str:
    """A message of a command: one line, from which the runner reads the text again."""
    parts = _LINE_END.split(text.replace("%", "%25"))
    return "".join(_DATA.get(part) or visible(part) for part in parts)


def value(text: str) -> str:
    """A property of a command: as a message, without what would end it."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
