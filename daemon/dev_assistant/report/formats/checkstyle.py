"""Checkstyle's report: files with their findings, and what is not proved as errors of its own."""

from __future__ import annotations

from typing import Final
from xml.etree import ElementTree as ET

from dev_assistant.model import Severity
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.formats.contents import TOOL, doubts, findings, positive
from dev_assistant.report.formats.markup import document as xml
from dev_assistant.report.formats.markup import element

_SEVERITIES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


def checkstyle(document: CheckDocument) -> bytes:
    """The file of what concerns the run as a whole is ``.``."""
    files: dict[str, ET.Element] = {}
    for doubt in doubts(document):
        row = _row("error", doubt.reason, doubt.rule)
        _file(files, doubt.path or ".").append(row)
    for listed in findings(document):
        finding = listed.finding
        place = {"line": str(positive(finding.line)), "column": str(positive(finding.column))}
        source = f"{TOOL}.{finding.category}.{finding.rule}"
        row = _row(_SEVERITIES[finding.severity], finding.message, source, place)
        _file(files, listed.path).append(row)
    root = element("checkstyle", {"version": "4.3"})
    root.extend(files.values())
    return xml(root)


def _file(files: dict[str, ET.Element], path: str) -> ET.Element:
    if path not in files:
        files[path] = element("file", {"name": path})
    return files[path]


def _row(severity: str, message: str, source: str, place: dict[str, str] | None = None) -> ET.Element:
    return element(
        "error", {**(place or {"line": "1"}), "severity": severity, "message": message, "source": source}
    )
