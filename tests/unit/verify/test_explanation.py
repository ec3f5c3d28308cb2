from __future__ import annotations

import pytest

from dev_assistant.analysis.catalogue import RULES
from dev_assistant.errors import UserError
from dev_assistant.verify.explanation import explain


@pytest.mark.parametrize("rule", RULES)
def test_each_of_ours_says_why_by_an_example_and_the_way_out(rule: str) -> None:
    found, known = explain(rule), RULES[rule]
    assert (found.rule, found.source, found.category) == (rule, "dev-assistant", known.category.value)
    assert known.rationale in found.text and known.example.rstrip() in found.text and known.hint in found.text


@pytest.mark.parametrize(
    ("rule", "source", "category", "part"),
    [
        ("S101", "ruff", "security", "assert"),
        ("F401", "ruff", "lint", "Why is this bad"),
        ("MD042", "rumdl", "lint", "no-empty-links"),
        ("eslint/no-eval", "oxlint", "security", "eslint/no-eval"),
    ],
)
def test_those_of_tools_are_told_in_their_words(rule: str, source: str, category: str, part: str) -> None:
    found = explain(rule)
    assert (found.rule, found.source, found.category) == (rule, source, category)
    assert part in found.text


@pytest.mark.parametrize("rule", ["DA999", "S99999", "MD999", "nonsense", "-x", "\x1b[2J"])
def test_what_nobody_has_is_the_users_mistake(rule: str) -> None:
    with pytest.raises(UserError, match="no rule is called"):
        explain(rule)


def test_ids_are_unique_and_of_their_form() -> None:
    assert all(len(rule) == 5 and rule.startswith("DA") and rule[2:].isdecimal() for rule in RULES)
