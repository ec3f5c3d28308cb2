from __future__ import annotations

import pytest

from dev_assistant.model import FileState, Severity
from dev_assistant.report.comparison import compare
from dev_assistant.report.gate import GateVerdict, conditions, verdict_of
from dev_assistant.settings import Settings

KEY = ("p", "a.py")


def judge(document, base=None, **settings):
    policy = Settings(**settings)
    return conditions(
        document, compare(base or {}, document, moved={}), policies={"p": policy}, common=policy
    )


def row(rows, name):
    (found,) = [each for each in rows if each.condition == name]
    return found.value, found.threshold, found.verdict


def test_a_clean_tree_passes(judgement):
    rows = judge(judgement({KEY: []}))
    assert verdict_of(rows) is GateVerdict.PASSED
    assert [each.condition for each in rows] == [
        "doubts",
        *("new findings: error", "new findings: warning", "new findings: security"),
        *("failed files", "coverage in %"),
    ]


def test_new_findings_are_counted_by_severity_and_category(finding, judgement):
    document = judgement({KEY: [finding("S105"), finding(severity=Severity.INFO)]})
    rows = judge(document, gate_max_new={"all": 2, "info": 0, "security": 1, "design": 0})
    assert row(rows, "new findings: all") == (2, 2, GateVerdict.PASSED)
    assert row(rows, "new findings: info") == (1, 0, GateVerdict.FAILED)
    assert row(rows, "new findings: security") == (1, 1, GateVerdict.PASSED)
    assert row(rows, "new findings: design") == (0, 0, GateVerdict.PASSED)
    assert verdict_of(rows) is GateVerdict.FAILED


def test_all_findings_and_the_score_have_limits_of_their_own(finding, judgement):
    document = judgement({KEY: [finding()] * 2})
    rows = judge(document, gate_max_new={}, gate_max_findings={"lint": 1}, gate_min_score=9.7)
    assert row(rows, "findings: lint") == (2, 1, GateVerdict.FAILED)
    assert row(rows, "score") == (9.6, 9.7, GateVerdict.FAILED)


def test_the_workspace_has_a_score_of_its_own(finding, judgement):
    document = judgement({KEY: [finding()], ("q", "b.py"): []})
    rows = judge(document, gate_max_new={}, gate_min_workspace_score=9.9)
    assert row([each for each in rows if not each.project], "score") == (9.9, 9.9, GateVerdict.PASSED)


@pytest.mark.parametrize("state", [FileState.STALE, FileState.PENDING, FileState.FAILED])
def test_what_is_unknown_outranks_what_has_failed(finding, judgement, state):
    document = judgement({KEY: [finding()], ("p", "b.py"): []}, states={("p", "b.py"): state})
    rows = judge(document)
    assert row(rows, "new findings: warning") == (1, 0, GateVerdict.FAILED)
    assert row(rows, "coverage in %") == (50.0, 100.0, GateVerdict.UNKNOWN)
    assert verdict_of(rows) is GateVerdict.UNKNOWN


def test_failed_files_can_be_allowed(judgement):
    document = judgement({KEY: [], ("p", "b.py"): []}, states={KEY: FileState.FAILED})
    assert row(judge(document), "failed files") == (1, 0, GateVerdict.UNKNOWN)
    rows = judge(document, gate_max_failed=1, gate_min_coverage=50.0)
    assert verdict_of(rows) is GateVerdict.PASSED


def test_skipped_files_are_not_to_be_covered_and_nothing_at_all_is_no_proof(judgement):
    other = ("p", "b.txt")
    document = judgement({KEY: [], other: []}, states={other: FileState.SKIPPED})
    assert row(judge(document), "coverage in %") == (100.0, 100.0, GateVerdict.PASSED)
    alone = judge(judgement({other: []}, states={other: FileState.SKIPPED}), gate_min_score=1.0)
    assert row(alone, "coverage in %") == (None, 100.0, GateVerdict.UNKNOWN)
    assert row(alone, "score") == (None, 1.0, GateVerdict.UNKNOWN)


def test_a_project_that_is_off_has_no_conditions(judgement):
    other = ("p", "b.txt")
    rows = judge(judgement({other: []}, states={other: FileState.SKIPPED}), enabled=False)
    assert {each.project for each in rows} == {""}


@pytest.mark.parametrize(
    "meta", [{"settled": False}, {"missing": ["lib"]}, {"config_errors": ["pyproject.toml: broken"]}]
)
def test_doubts_about_the_judgement_make_it_unknown(judgement, meta):
    assert verdict_of(judge(judgement({KEY: []}, **meta))) is GateVerdict.UNKNOWN


def test_nothing_demanded_is_not_passed():
    assert verdict_of([]) is GateVerdict.UNKNOWN
