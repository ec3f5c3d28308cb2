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
        ("typescript/no-this-alias", "oxlint", "lint", "no-this-alias"),
    ],
)
def test_those_of_tools_are_told_in_their_words(rule: str, source: str, category: str, part: str) -> None:
    found = explain(rule)
    assert (found.rule, found.source, found.category) == (rule, source, category)
    assert part in found.text


@pytest.mark.parametrize(
    "rule", ["DA999", "S99999", "MD999", "nonsense", "-x", "\x1b[2J", "foo/bar", "eslint/nope", "/"]
)
def test_what_nobody_has_is_the_users_mistake(rule: str) -> None:
    with pytest.raises(UserError, match="no rule is called"):
        explain(rule)


@pytest.mark.parametrize(("written", "rule"), [("s101", "S101"), ("da102", "DA102"), ("Md042", "MD042")])
def test_the_case_does_not_matter(written: str, rule: str) -> None:
    assert explain(written).rule == rule


@pytest.mark.parametrize(("rule", "near"), [("eslint/no-evil", "eslint/no-eval"), ("dax102", "DA102")])
def test_the_nearest_rule_is_named(rule: str, near: str) -> None:
    with pytest.raises(UserError) as caught:
        explain(rule)
    assert caught.value.hint.startswith(f"did you mean {near}")


def test_what_cannot_be_parsed_is_told_in_our_words() -> None:
    found = explain("invalid-syntax")
    assert (found.rule, found.category) == ("invalid-syntax", "lint")
    assert "cannot be parsed" in found.text


def test_ids_are_unique_and_of_their_form() -> None:
    assert all(len(rule) == 5 and rule.startswith("DA") and rule[2:].isdecimal() for rule in RULES)
