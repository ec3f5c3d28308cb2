from __future__ import annotations

import pytest

from dev_assistant.model import Counts, FileState
from dev_assistant.report.rating import rating, reasons
from dev_assistant.report.tally import EMPTY, Tally, tally_of


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (Counts(), []),
        (Counts(security=4), ["4 security findings: -4.0"]),
        (Counts(lint=1, security=9), ["1 lint finding: -0.2", "9 security findings: -4.0"]),
        (Counts(unfinished=3, design=1), ["1 design finding: -0.5", "3 unfinished findings: -0.3"]),
    ],
)
def test_a_score_is_told_with_its_reasons(counts: Counts, told: list[str]) -> None:
    assert reasons(counts, counts.costs) == told


def taken(tally: Tally) -> dict[str, str]:
    rows = [line.strip("| ").split(" | ") for line in rating(tally)[2:]]
    return {row[0]: row[-1] for row in rows}


def test_what_a_category_takes_is_the_mean_over_fresh_files(record):
    tally = tally_of([record(F401=3), record(F401=100), record(), record(FileState.STALE, S101=1)])
    assert taken(tally) == {"lint": "-0.87", "design": "-", "security": "-", "unfinished": "-"}
    assert tally.score == pytest.approx(10 - 0.87, abs=0.01)


def test_of_many_files_it_is_the_mean_that_is_told(record):
    tally = tally_of([record(S101=1), record(F401=1), record(FileState.STALE, F401=1), record()])
    assert reasons(tally.counts, tally.mean_costs) == ["1 lint finding: -0.07", "1 security finding: -0.33"]


def test_without_a_fresh_file_nothing_is_taken():
    assert set(taken(EMPTY).values()) == {"-"}
