"""The quota of findings of one rule."""

import pytest

from dev_assistant.analysis.css_rules import PARSE_ERROR, UNKNOWN_UNIT
from dev_assistant.analysis.quota import within_quota
from dev_assistant.analysis.rules import Rule, Span
from dev_assistant.model import Finding


def findings(rule: Rule, count: int) -> list[Finding]:
    return [rule.at(Span(line, 1, line, 1), "message") for line in range(1, count + 1)]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_up_to_the_limit_nothing_changes(count: int) -> None:
    assert list(within_quota(findings(PARSE_ERROR, count), limit=3)) == findings(PARSE_ERROR, count)


def test_the_last_one_tells_how_many_more_there_are() -> None:
    kept = list(within_quota(findings(PARSE_ERROR, 7), limit=3))
    assert [found.message for found in kept] == ["message", "message", "message (4 more are not listed)"]


def test_each_rule_has_its_own() -> None:
    both = findings(PARSE_ERROR, 4) + findings(UNKNOWN_UNIT, 2)
    assert len(list(within_quota(both, limit=3))) == 5
