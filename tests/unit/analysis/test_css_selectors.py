"""Specificity, by examples from Selectors Level 4 and CSS Nesting."""

import pytest
import tinycss2  # type: ignore[import-untyped]

from dev_assistant.analysis.css_selectors import Specificity, specificity


def of(selector: str, parent: Specificity | None = None) -> tuple[int, int, int]:
    return specificity(tinycss2.parse_component_value_list(selector), parent)


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("*", (0, 0, 0)),
        ("LI", (0, 0, 1)),
        ("UL LI", (0, 0, 2)),
        ("UL OL+LI", (0, 0, 3)),
        ("H1 + *[REL=up]", (0, 1, 1)),
        ("UL OL LI.red", (0, 1, 3)),
        ("LI.red.level", (0, 2, 1)),
        ("#x34y", (1, 0, 0)),
        ("#s12:not(FOO)", (1, 0, 1)),
        (".foo :is(.bar, #baz)", (1, 1, 0)),
        (":is(em, #foo)", (1, 0, 0)),
        (".qux:where(em, #foo#bar#baz)", (0, 1, 0)),
        (":nth-child(even of li, .item)", (0, 2, 0)),
        (":nth-child(2n+1)", (0, 1, 0)),
        (":not(em, strong#foo)", (1, 0, 1)),
        ("a:before", (0, 0, 2)),
        ("a::before", (0, 0, 2)),
        ("a::part(x)", (0, 0, 2)),
        ("a:hover, #b", (1, 0, 0)),
        (":has(> img)", (0, 0, 1)),
    ],
)
def test_specificity(selector: str, expected: tuple[int, int, int]) -> None:
    assert of(selector) == expected


def test_nesting_adds_the_rule_around() -> None:
    parent = Specificity(1, 0, 0)
    assert of(".a", parent) == (1, 1, 0)
    assert of("&.a", parent) == (1, 1, 0)
    assert of(".a & &", parent) == (2, 1, 0)


def test_pseudo_classes_nested_without_end_cost_no_recursion() -> None:
    assert of(":not(" * 5000 + "#a") == (0, 0, 0)
