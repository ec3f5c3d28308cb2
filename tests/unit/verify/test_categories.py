from __future__ import annotations

import json

import pytest

from dev_assistant import process
from dev_assistant.model import Category, Severity
from dev_assistant.verify.categories import SYNTAX, category, severity


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("S101", Category.SECURITY),
        ("SIM102", Category.LINT),
        ("SLF001", Category.DESIGN),
        ("SLOT000", Category.LINT),
        ("C901", Category.DESIGN),
        ("C408", Category.LINT),
        ("PLR0913", Category.DESIGN),
        ("PLR1702", Category.DESIGN),
        ("PLR2004", Category.LINT),
        ("FBT001", Category.DESIGN),
        ("FIX002", Category.UNFINISHED),
        ("TD003", Category.UNFINISHED),
        ("ERA001", Category.LINT),
        ("shared-clock-mock", Category.LINT),
        (SYNTAX, Category.LINT),
    ],
)
def test_category_of_a_rule(rule, expected):
    assert category(rule) is expected


def test_only_a_syntax_error_is_an_error():
    assert severity(SYNTAX) is Severity.ERROR
    assert severity("F821") is Severity.WARNING


def test_every_family_is_one_that_ruff_has():
    shown = process.run([process.tool("ruff"), "rule", "--all", "--output-format=json"], cwd="/", timeout=30)
    codes = [rule["code"] for rule in json.loads(shown.stdout) if rule["code"]]
    by_linter = {category(rule["code"]): rule["linter"] for rule in json.loads(shown.stdout) if rule["code"]}
    assert set(by_linter) == set(Category)
    security = {code for code in codes if category(code) is Category.SECURITY}
    assert security
    assert all(code[1:].isdigit() for code in security)
