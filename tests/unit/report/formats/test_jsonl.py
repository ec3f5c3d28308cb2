from __future__ import annotations

import json
from collections import Counter

from dev_assistant.report.formats.jsonl import SCHEMA, jsonl


def test_each_line_says_what_it_is_about(full):
    lines = [json.loads(line) for line in jsonl(full).splitlines()]

    assert Counter(line["kind"] for line in lines) == {
        "result": 1,
        "project": 2,
        "file": 7,
        "finding": 3,
        "project_finding": 1,
    }
    assert lines[0]["schema"] == SCHEMA
    (found,) = [line for line in lines if line["kind"] == "finding" and line["path"] == "a.py"]
    assert (found["project"], found["rule"], found["line"], "measure" in found) == ("web", "F401", 3, False)
