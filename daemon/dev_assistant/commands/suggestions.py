"""What would mend the findings of a document, asked of ruff for those formats that tell it."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from msgspec.structs import asdict, replace

from dev_assistant.model import Finding
from dev_assistant.report.documents import CheckDocument, FileRow, FindingRow, SuggestedRow, Suggestion
from dev_assistant.verify.ruff_fixes import Replacement, replacements

_TIMEOUT = 10.0


def suggested(document: CheckDocument, *, root: Path) -> CheckDocument:
    """The document with suggestions for those findings that ruff still has in the files as they are now.

    ``root`` is the workspace's. Raises ToolError when there is no ruff.
    """
    tops = {row.name: os.path.normpath(root / row.root) for row in document.projects}
    fixable: dict[str, list[str]] = defaultdict(list)
    for file in document.files:
        if file.project in tops and any(finding.fixable for finding in file.findings):
            fixable[file.project].append(file.path)
    found: dict[tuple[str, str], dict[Finding, Replacement]] = {}
    for name, paths in fixable.items():
        at = {os.path.normpath(f"{tops[name]}/{path}"): path for path in paths}
        for path, fixes in replacements(tops[name], at, timeout=_TIMEOUT).items():
            found[name, at[path]] = fixes
    rows = (_file(file, found.get((file.project, file.path), {})) for file in document.files)
    return replace(document, files=tuple(rows))


def _file(file: FileRow, fixes: Mapping[Finding, Replacement]) -> FileRow:
    return replace(file, findings=tuple(_findings(file, fixes))) if fixes else file


def _findings(file: FileRow, fixes: Mapping[Finding, Replacement]) -> Iterator[FindingRow]:
    known = {_told(finding): replacement for finding, replacement in fixes.items()}
    for row in file.findings:
        mends = known.get(_told(row))
        yield row if mends is None else SuggestedRow(**asdict(row), suggestion=Suggestion(*mends))


def _told(finding: Finding | FindingRow) -> tuple[object, ...]:
    """By what a finding is the same, in a verdict and in a document."""
    place = (finding.line, finding.column, finding.end_line, finding.end_column)
    return (finding.rule, *place, finding.message)
