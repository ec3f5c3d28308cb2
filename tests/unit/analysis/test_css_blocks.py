"""The nearest property, without comparing with every one of them."""

import pytest

from dev_assistant.analysis.css import check
from dev_assistant.analysis.css_blocks import nearest
from dev_assistant.analysis.css_properties import PROPERTIES


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("colr", "color"),
        ("colour", "color"),
        ("culor", "color"),
        ("cloor", "color"),
        ("flaot", "float"),
        ("wid", None),
        ("nothing-like-it", None),
    ],
)
def test_nearest(name: str, meant: str | None) -> None:
    assert nearest(name) == meant


def test_every_property_is_nearest_to_itself_or_to_a_neighbour() -> None:
    assert [name for name in PROPERTIES if len(name) > 3 and nearest(name) not in PROPERTIES] == []


def test_the_table_holds_plain_lower_case_names() -> None:
    assert {"color", "grid-area", "anchor-name", "fill"} < PROPERTIES
    assert [name for name in PROPERTIES if name != name.lower() or name.startswith("-")] == []


@pytest.mark.parametrize(
    "sheet",
    [
        "a { text-security: disc; -webkit-text-security: disc }",
        ".a { composes: b from './b.css' }",
        ":export { primaryColor: red }",
    ],
)
def test_names_that_are_no_property_and_no_mistake(sheet: str) -> None:
    assert list(check(sheet.encode())) == []


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("a { text-security: disc }", "text-security is no property of CSS"),
        ("a { -webkit-text-security: disc; text-securiti: disc }", "text-securiti is no property of CSS"),
        ("a { _height: 1px }", "an underscore before a property: only Internet Explorer 6 took that"),
    ],
)
def test_names_that_browsers_drop(sheet: str, message: str) -> None:
    (found,) = check(sheet.encode())
    assert (found.rule, message in found.message) == ("DA402", True)
