"""The table of rules: complete, and each example breaks its rule and no other."""

import re

import pytest

from dev_assistant.analysis.rules import Rule
from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.outline import pack
from dev_assistant.analysis.structure.relations import Index
from dev_assistant.analysis.structure.rules import BY_ID, RULES, short
from dev_assistant.model import Category, RelPath

FILE = re.compile(r"^# (\S+\.py)\n", re.MULTILINE)


def files(example: str) -> dict[RelPath, bytes]:
    """An example of several files names each in a comment above it."""
    parts = FILE.split(example)
    if len(parts) == 1:
        return {RelPath("example.py"): example.encode()}
    return {RelPath(path): text.encode() for path, text in zip(parts[1::2], parts[2::2], strict=True)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_example_breaks_its_rule_and_no_other(rule: Rule) -> None:
    found = {path: analyse(data, {}) for path, data in files(rule.example).items()}
    told = {finding.rule for each in found.values() for finding in each.findings}
    index = Index()
    index.update({path: pack(each.outline) for path, each in found.items()})
    told |= {finding.rule for each in index.relations().findings.values() for finding in each}
    assert told == {rule.id}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_example_is_python(rule: Rule) -> None:
    for path, data in files(rule.example).items():
        compile(data, path, "exec")


def test_ids_and_names_are_unique_and_of_the_structure() -> None:
    assert len(BY_ID) == len(RULES) == len({rule.name for rule in RULES})
    assert all(re.fullmatch(r"DA1\d\d", rule.id) for rule in RULES)
    assert {rule.category for rule in RULES} == {Category.DESIGN, Category.UNFINISHED}


def test_a_rule_explains_itself() -> None:
    for rule in RULES:
        assert rule.rationale.endswith(".")
        assert rule.hint
        assert "\n" not in rule.rationale + rule.hint


def test_a_long_name_is_cut() -> None:
    assert short("x" * 40) == "x" * 40
    assert short("x" * 41) == "x" * 39 + "…"
