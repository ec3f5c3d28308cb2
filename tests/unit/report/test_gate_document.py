from __future__ import annotations

import json

import msgspec

from dev_assistant.report.canonical import encode
from dev_assistant.report.comparison import compare
from dev_assistant.report.gate import conditions
from dev_assistant.report.gate_document import gate_document, render_gate
from dev_assistant.settings import Settings


def made(document, *, moved=None, base=None):
    policy = Settings()
    compared = compare(base or {}, document, moved=moved or {})
    rows = conditions(document, compared, policies={"p": policy}, common=policy)
    return gate_document(rows, compared, base="b.json", meta={"settled": True})


def test_the_document_has_conditions_new_findings_and_moves(finding, judgement):
    document = judgement({("p", "b.py"): [finding()]})
    said = json.loads(encode(made(document, moved={("p", "b.py"): ("q", "a.py")})))
    assert (said["schema"], said["verdict"], said["base"]) == ("dev-assistant/gate@1", "failed", "b.json")
    assert [(row["project"], row["path"], row["id"]) for row in said["new"]] == [
        ("p", "b.py", document.files[0].findings[0].id)
    ]
    assert said["moved"] == [{"project": "p", "path": "b.py", "from_project": "q", "from_path": "a.py"}]
    assert said["conditions"][2] == {
        "project": "p",
        "condition": "new findings: warning",
        "value": 1,
        "relation": "at most",
        "threshold": 0,
        "verdict": "failed",
        "reason": "",
    }


def test_a_terminal_gets_a_table_and_nothing_that_steers_it(finding, judgement):
    document = judgement({("p", "a\x1b.py"): [finding(message="bad\nthing")]}, missing=["l\x1bib"])
    text = render_gate(made(document), colour=False)
    assert "p            new findings: warning   1      ≤ 0        failed" in text.splitlines()
    assert "new: p: a\\x1b.py:1:1: F401 bad\\x0athing (warning, lint)" in text
    assert "gate unknown: 2 of 6 conditions do not hold; 1 new, 0 fixed, 0 kept against b.json" in text
    assert "gate failed: 1 of 6 conditions does not hold" in render_gate(
        made(judgement({("p", "a.py"): [finding()]})), colour=False
    )
    assert "\x1b" not in text
    assert "\x1b[33mgate unknown" in render_gate(made(document), colour=True)


def test_very_many_new_findings_are_cut_on_a_terminal_alone(finding, judgement):
    document = judgement({("p", "a.py"): [finding(line=n) for n in range(1, 302)]})
    answer = made(document)
    assert "... and 101 new ones more (--json has all)" in render_gate(answer, colour=False)
    assert len(msgspec.to_builtins(answer)["new"]) == 301
