from __future__ import annotations

import pytest

from dev_assistant.commands import check
from dev_assistant.model import Category, FileState, Finding, Severity
from dev_assistant.report.documents import check_document
from dev_assistant.report.merge import result, results_of

FINDING = Finding("F401", Category.LINT, Severity.WARNING, 1, 1, 1, 2, "bad", False)


@pytest.mark.parametrize(
    ("meta", "found", "answer"),
    [
        ({}, [], (0, "")),
        ({}, [FINDING], (1, "")),
        ({"settled": False}, [], (3, "not everything was judged in time")),
        ({"missing": ["/w/gone"]}, [FINDING], (3, "/w/gone does not exist or cannot be read")),
        ({"missing": ["/w/gone"], "config_errors": ["x: no such key"]}, [FINDING], (2, "x: no such key")),
    ],
)
def test_what_a_daemon_cannot_prove_is_told_with_its_status(workspace, capsys, meta, found, answer):
    status, told = answer
    file = result(found, project="p", path="a.py", state=FileState.FRESH, verified_at=None, reason="")
    document = check_document(results_of({"p": "."}, [file]), meta={"settled": True, **meta})
    workspace.serve_findings(lambda: document)
    assert workspace.run(check) == status
    out, err = capsys.readouterr()
    assert told in err
    assert bool(told) == bool(err)
    assert out.splitlines()[-1].startswith("incomplete: ") == bool(told)
