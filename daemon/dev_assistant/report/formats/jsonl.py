"""One JSON object a line, for programs that read as they go: ``kind`` says what it is about.

First the result with its totals, then projects, files, findings, and what files have in common.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument

SCHEMA = "dev-assistant/results-lines@1"


def jsonl(document: CheckDocument) -> bytes:
    """All that the document says; a line of a finding names its project and path."""
    return b"".join(encode(line) + b"\n" for line in _lines(document))


def _lines(document: CheckDocument) -> Iterator[dict[str, object]]:
    meta = {name: value for name, value in document.meta.items() if name != "verified_at"}
    yield {"kind": "result", "schema": SCHEMA, "meta": meta, "summary": document.summary}
    for project in document.projects:
        yield {"kind": "project", **_members(project)}
    for file in document.files:
        yield {"kind": "file", **_members(file, without="findings")}
        for finding in file.findings:
            yield {"kind": "finding", "project": file.project, "path": file.path, **_members(finding)}
    for row in document.project_findings:
        yield {"kind": "project_finding", **_members(row)}


def _members(row: msgspec.Struct, without: str = "") -> dict[str, object]:
    """The members that have a value: what is unset or no measure is left out, as in the document."""
    members = msgspec.structs.asdict(row)
    members.pop(without, None)
    return {
        name: value
        for name, value in members.items()
        if value is not msgspec.UNSET and (name != "measure" or value is not None)
    }
