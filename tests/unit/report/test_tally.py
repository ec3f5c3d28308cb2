from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import Checked, Counts, Failed, FileRecord, FileState, Part, summarize
from dev_assistant.report.tally import EMPTY, Rule, RuleCount, Tally, reason_of, tally, tally_of, total

RULES = st.dictionaries(st.sampled_from(["F401", "S101", "C901", "TODO"]), st.integers(1, 30))
STATES = st.sampled_from(FileState)
SPECS = st.lists(st.tuples(STATES, st.sampled_from(["", "why"]), RULES), max_size=12)


def test_counts_every_state_and_adds_up(record):
    files = {f"{state}.py": record(state, "why") for state in FileState}

    result = tally(files)

    assert (result.files, result.fresh, result.stale, result.pending, result.failed, result.skipped) == (
        5,
        1,
        1,
        1,
        1,
        1,
    )
    assert result.accounted
    assert result.unknown == 3


def test_a_file_in_no_state_shows():
    assert not Tally(files=2, fresh=1).accounted


def test_findings_of_bytes_that_are_gone_do_not_count(record):
    result = tally_of([record(FileState.STALE, F401=3), record(FileState.PENDING, F401=3), record(S101=1)])

    assert result.counts == Counts(security=1)
    assert result.rules == {Rule("ruff", "S101"): RuleCount(1, 1)}


def test_one_verifiers_failure_does_not_hide_what_another_found(finding):
    parts = (
        Part("ruff", "0" * 32, summarize(Checked((finding(),)))),
        Part("deep", "0" * 32, summarize(Failed("crashed"))),
    )
    failed = FileRecord(FileState.FAILED, None, parts)

    result = tally_of([failed])

    assert result.counts.lint == 1
    assert result.score is None
    assert result.passed is None
    assert result.reasons == {(FileState.FAILED, "crashed"): 1}
    assert reason_of(failed) == "crashed"


def test_rules_count_findings_and_files_by_verifier(record):
    result = tally_of([record(F401=2), record(F401=1), record(verifier="deep", F401=5)])

    assert result.rules == {Rule("ruff", "F401"): RuleCount(3, 2), Rule("deep", "F401"): RuleCount(5, 1)}


@pytest.mark.parametrize("state", [FileState.STALE, FileState.PENDING, FileState.FAILED])
def test_never_passed_while_anything_is_unknown(record, state):
    assert tally_of([record(), record(state)]).passed is None


def test_passed_takes_a_proof(record):
    assert EMPTY.passed is None
    assert tally_of([record(FileState.SKIPPED)]).passed is None
    assert tally_of([record(), record(FileState.SKIPPED)]).passed is True
    assert tally_of([record(), record(F401=1)]).passed is False


def test_score_is_the_mean_of_fresh_files_and_ten_means_all(record):
    assert tally_of([record(), record(S101=3), record(FileState.FAILED)]).score == 8.5
    assert tally_of([*[record()] * 99_999, record(F401=1)]).score == 9.99
    assert tally_of([*[record()] * 99_999, record(F401=1)]).pass_rate == 0.9999
    assert EMPTY.score is None
    assert EMPTY.pass_rate is None


def test_distribution_keeps_ten_apart(record):
    result = tally_of([record(), record(F401=1), record(S101=10, C901=10, F401=10, TODO=10)])

    assert result.distribution == (1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1)


@given(SPECS, st.randoms())
def test_shards_in_any_order_give_the_sum_over_all(record, specs, random):
    records = [record(state, reason, **rules) for state, reason, rules in specs]
    shards = [tally_of(records[start::3]) for start in range(3)]
    random.shuffle(shards)

    assert total(shards) == tally_of(records)
    assert reduce(Tally.__add__, shards, EMPTY) == tally_of(records)
    assert tally_of(records).accounted
