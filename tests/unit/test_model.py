from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import (
    MEASURED,
    Category,
    Checked,
    Counts,
    Digest,
    Failed,
    FileRecord,
    FileState,
    Finding,
    Measure,
    Measured,
    Part,
    Priority,
    Severity,
    Skipped,
    Summary,
    Urgency,
    Verdict,
    count,
    summarize,
)

COUNTS = st.builds(Counts, *[st.integers(0, 50)] * 4)


def finding(rule: str, category: Category = Category.LINT) -> Finding:
    return Finding(rule, category, Severity.WARNING, 1, 1, 1, 2, "message", fixable=False)


def record(state: FileState, *counts: Counts) -> FileRecord:
    parts = tuple(
        Part(f"v{number}", Digest("0" * 32), Summary("checked", "", each))
        for number, each in enumerate(counts)
    )
    return FileRecord(state, parts=parts)


@pytest.mark.parametrize(
    ("counts", "score"),
    [
        (Counts(), 10.0),
        (Counts(lint=1), 9.8),
        (Counts(design=1), 9.5),
        (Counts(security=1), 9.0),
        (Counts(unfinished=1), 9.9),
        (Counts(lint=3, design=1, security=1, unfinished=2), 7.7),
        (Counts(lint=1000), 8.0),
        (Counts(design=1000), 7.0),
        (Counts(security=1000), 6.0),
        (Counts(unfinished=1000), 9.0),
        (Counts(1000, 1000, 1000, 1000), 0.0),
    ],
)
def test_each_category_costs_up_to_its_limit(counts: Counts, score: float) -> None:
    assert counts.score == score


@given(COUNTS, COUNTS)
def test_more_findings_never_score_better(counts: Counts, more: Counts) -> None:
    both = counts + more
    assert both.total == counts.total + more.total
    assert 0.0 <= both.score <= counts.score <= 10.0


@given(st.lists(st.sampled_from(Category)))
def test_findings_are_counted_by_category(categories: list[Category]) -> None:
    counts = count(finding("X", category) for category in categories)
    assert counts == Counts(**{category.value: categories.count(category) for category in Category})


@pytest.mark.parametrize(
    ("verdict", "summary"),
    [
        (Checked(), Summary("checked")),
        (
            Checked((finding("S1", Category.SECURITY), finding("E2"), finding("E2"))),
            Summary("checked", "", Counts(lint=2, security=1), (("E2", 2), ("S1", 1))),
        ),
        (Skipped("too large"), Summary("skipped", "too large")),
        (Failed("it hung"), Summary("failed", "it hung")),
    ],
)
def test_a_summary_keeps_outcome_reason_and_counts(verdict: Verdict, summary: Summary) -> None:
    assert summarize(verdict) == summary


@given(st.sampled_from([Checked(), Checked((finding("E1"),)), Skipped("why"), Failed("why")]))
def test_a_verdict_survives_storage_as_what_it_was(verdict: Verdict) -> None:
    stored = msgspec.json.encode(verdict)
    assert msgspec.json.decode(stored, type=Checked | Skipped | Failed) == verdict
    assert msgspec.json.decode(stored)["type"] == summarize(verdict).outcome


@pytest.mark.parametrize("state", FileState)
def test_only_a_fresh_file_passes_or_does_not(state: FileState) -> None:
    fresh = state is FileState.FRESH
    assert record(state, Counts(), Counts()).passed == (True if fresh else None)
    assert record(state, Counts(), Counts(lint=1)).passed == (False if fresh else None)


def test_advice_counts_in_the_score_and_does_not_keep_a_file_from_passing() -> None:
    advice = Finding("S101", Category.SECURITY, Severity.INFO, 1, 1, 1, 2, "m", False)
    asked = Finding("F401", Category.LINT, Severity.WARNING, 1, 1, 1, 2, "m", False)
    deep = Part("deep", Digest("0" * 32), summarize(Checked((advice,))))
    fresh = FileRecord(FileState.FRESH, None, (deep,))
    assert (fresh.passed, fresh.counts, fresh.counts.score) == (True, Counts(security=1), 9.0)
    own = Part("ruff", Digest("1" * 32), summarize(Checked((asked,))))
    assert FileRecord(FileState.FRESH, None, (deep, own)).passed is False
    assert summarize(Checked((advice, asked))).passed is False


def test_a_file_has_the_findings_of_all_its_verifiers() -> None:
    assert record(FileState.FRESH, Counts(lint=1), Counts(lint=2, design=3)).counts == Counts(
        lint=3, design=3
    )
    assert record(FileState.PENDING).counts == Counts()


def test_the_more_important_comes_first() -> None:
    assert sorted(Priority) == [Priority.HIGH, Priority.NORMAL, Priority.LOW]
    assert sorted(Urgency) == [Urgency.INTERACTIVE, Urgency.BULK]


def test_a_summary_names_the_largest_functions_of_each_rule() -> None:
    def measured(rule: str, line: int, value: int) -> Finding:
        return msgspec.structs.replace(finding(rule), line=line, measure=Measure(f"f{line}", value, 15))

    complex_ones = [measured("DA120", line, 20 + line % 3) for line in range(1, 40)]
    verdict = Checked((finding("F401"), measured("DA104", 9, 120), *complex_ones))

    long, *most_complex = summarize(verdict).measured
    assert long == Measured("DA104", 9, Measure("f9", 120, 15))
    assert [(each.line, each.measure.value) for each in most_complex] == [
        (line, 22) for line in range(2, 2 + 3 * MEASURED, 3)
    ]


def test_a_finding_without_a_number_costs_nothing_to_keep() -> None:
    plain = finding("F401")
    assert b"measure" not in msgspec.msgpack.encode(plain)
    with_number = msgspec.structs.replace(plain, measure=Measure("A.f", 20, 15))
    for each in (plain, with_number):
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(each), type=Finding) == each
