from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.report.identity import finding_ids, normalised, ordered


def ids(findings, *, project="p", path="a.py"):
    return finding_ids(ordered(findings), project=project, path=path)


def test_a_finding_keeps_its_id_when_lines_are_inserted_above(finding):
    before = finding("F811", 10, message="redefinition of `os` from line 3")
    after = finding("F811", 15, message="redefinition of  `os` from line 8")

    assert ids([before]) == ids([after])


def test_equal_findings_are_told_apart_by_order(finding):
    first, second = ids([finding(line=1), finding(line=9)])

    assert first != second
    assert ids([finding(line=5)]) == [first]


def test_everything_that_names_a_mistake_is_in_the_id(finding):
    base = ids([finding()])

    assert ids([finding("E501")]) != base
    assert ids([finding(message="other")]) != base
    assert ids([finding()], path="b.py") != base
    assert ids([finding()], project="q") != base


def test_numbers_in_code_are_names_and_others_are_not():
    assert normalised("magic `200`  on line 12, 13 > 10") == "magic `200` on line #, # > #"


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_name_and_message_have_an_id(finding, message, path):
    (name,) = ids([finding(message=message)], path=path)

    assert len(name) == 16


@given(st.permutations(range(6)))
def test_order_is_total(finding, order):
    findings = [
        finding(rule, line, message=m) for rule in ("E1", "F1") for line in (1, 2) for m in ("a", "b")
    ][:6]

    assert ordered([findings[index] for index in order]) == ordered(findings)
