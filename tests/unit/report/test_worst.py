from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import Criticality, FileState
from dev_assistant.report.worst import critical_files, riskiest_file, worst_files


def test_lowest_score_first_then_most_findings_then_name(project, record):
    backend = project(
        "b", {"low.py": record(S101=3), "two.py": record(F401=1, TODO1=1), "clean.py": record()}
    )
    shared = project("a", {"few.py": record(F401=10), "more.py": record(F401=11), "z.py": record(F401=10)})

    worst = worst_files((backend, shared), limit=4)

    assert [(file.project.name, file.path, file.score) for file in worst] == [
        ("b", "low.py", 7.0),
        ("a", "more.py", 8.0),
        ("a", "few.py", 8.0),
        ("a", "z.py", 8.0),
    ]


def test_only_what_is_true_of_present_bytes(project, record):
    files = {"stale.py": record(FileState.STALE, F401=9), "clean.py": record()}

    assert worst_files((project(files=files),), limit=5) == []


def test_rules_of_a_file_are_by_frequency(project, record):
    (file,) = worst_files((project(files={"x.py": record(E501=1, F401=2, C901=2)}),), limit=1)

    assert file.rules == (("C901", 2), ("F401", 2), ("E501", 1))
    assert file.counts.total == 5


def test_riskiest_file_has_the_most_security_findings(project, record):
    files = {"worse.py": record(S101=1, F401=30), "risky.py": record(S101=2)}

    assert riskiest_file((project(files=files),))[1] == "risky.py"
    assert riskiest_file((project(files={"x.py": record(F401=1)}),)) is None


@given(st.permutations(["a.py", "b.py", "c.py", "d.py"]))
def test_order_of_discovery_does_not_show(project, record, order):
    view = project(files={path: record(F401=1) for path in order})

    assert [file.path for file in worst_files((view,), limit=2)] == ["a.py", "b.py"]


def ranked(**scores):
    return {f"{name}.py": Criticality(score, (), is_critical=score >= 0.5) for name, score in scores.items()}


def test_critical_files_that_failed_come_first_then_the_lowest_quality(project, record):
    files = {
        "fine.py": record(),
        "bad.py": record(S101=1),
        "same.py": record(S101=1),
        "failed.py": record(FileState.FAILED),
        "skipped.py": record(FileState.SKIPPED),
        "other.py": record(S101=9),
    }
    view = project(
        files=files,
        ranks=ranked(fine=1.0, bad=0.5, same=0.7, failed=0.5, skipped=0.9, other=0.4, gone=0.6),
    )

    found = critical_files((view,), limit=9)

    assert [file.path for file in found] == ["failed.py", "same.py", "bad.py", "fine.py", "skipped.py"]
    assert [file.score for file in found] == [None, 9.0, 9.0, 10.0, None]
