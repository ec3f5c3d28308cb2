"""The nearest property, without comparing with every one of them."""

import pytest

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
