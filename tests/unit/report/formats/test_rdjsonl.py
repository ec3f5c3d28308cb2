from __future__ import annotations

import json

from msgspec.structs import asdict, replace

from dev_assistant.report.documents import SuggestedRow, Suggestion
from dev_assistant.report.formats.rdjsonl import rdjsonl


def test_a_diagnostic_a_line(full):
    lines = [json.loads(line) for line in rdjsonl(full).splitlines()]

    assert [line["severity"] for line in lines] == [*["ERROR"] * 4, "WARNING", "INFO", "INFO"]
    (found,) = [line for line in lines if line["code"]["value"] == "F401"]
    assert found["location"] == {"path": "a.py", "range": {"start": {"line": 3}, "end": {"line": 3}}}
    assert found["message"] == "`os` unused (the tool can fix it)"


def test_a_suggestion_is_told_with_its_columns(full):
    (file,) = [file for file in full.files if any(row.rule == "F401" for row in file.findings)]
    mended = Suggestion(3, 1, 4, 1, "")
    rows = [
        SuggestedRow(**asdict(row), suggestion=mended) if row.rule == "F401" else row for row in file.findings
    ]
    files = [replace(each, findings=tuple(rows)) if each is file else each for each in full.files]

    lines = [json.loads(line) for line in rdjsonl(replace(full, files=tuple(files))).splitlines()]

    told = [line["suggestions"] for line in lines if "suggestions" in line]
    span = {"start": {"line": 3, "column": 1}, "end": {"line": 4, "column": 1}}
    assert told == [[{"range": span, "text": ""}]]
