from __future__ import annotations

import json

from dev_assistant.report.formats.rdjsonl import rdjsonl


def test_a_diagnostic_a_line(full):
    lines = [json.loads(line) for line in rdjsonl(full).splitlines()]

    assert [line["severity"] for line in lines] == [*["ERROR"] * 4, "WARNING", "INFO", "INFO"]
    (found,) = [line for line in lines if line["code"]["value"] == "F401"]
    assert found["location"] == {"path": "a.py", "range": {"start": {"line": 3}, "end": {"line": 3}}}
    assert found["message"] == "`os` unused (the tool can fix it)"
