"""Units, colours and kinds of values."""

import pytest

from dev_assistant.analysis.css_sheet import Declaration, Sheet
from dev_assistant.analysis.css_values import is_for_old_explorer, kind_of, value_findings
from dev_assistant.analysis.source_lines import SourceLines


def declaration(text: str) -> Declaration:
    (block,) = Sheet(f"a {{ {text} }}").blocks()
    return block.declarations[0]


def told(text: str) -> list[str]:
    found = value_findings(declaration(text), SourceLines(f"a {{ {text} }}"))
    return sorted(finding.message for finding in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("width: 1pixel", ["pixel is no unit of CSS"]),
        ("width: calc(1px + (2rm * 3))", ["rm is no unit of CSS"]),
        ("color: #ggg", ["#ggg is no colour"]),
        ("background: linear-gradient(#ff, #fffff)", ["#ff is no colour", "#fffff is no colour"]),
        ("color: #FfF0", []),
        ("--x: #ff 1pixel", []),
        ("width: 1px\\9", []),
        ("grid-template-columns: 1fr 2fr", []),
    ],
)
def test_value(text: str, expected: list[str]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("width: 1px", "width: 2px", True),
        ("width: 1px", "width: 2em", False),
        ("color: red", "color: blue", True),
        ("color: #fff", "color: rgb(0 0 0)", False),
        ("display: -ms-flexbox", "display: block", False),
        ("display: block", "display: flex", False),
        ("margin: 0 1px", "margin: 0", False),
        ("height: calc(9vh - 1px)", "height: calc(9dvh - 1px)", False),
        ("order: calc(1 * 2)", "order: calc(var(--x) * 2)", False),
        ("order: calc(1 * 2)", "order: calc(1 * 3)", True),
    ],
)
def test_kinds(one: str, other: str, alike: bool) -> None:
    assert (kind_of(declaration(one).value) == kind_of(declaration(other).value)) is alike


def test_old_explorer() -> None:
    assert is_for_old_explorer(declaration("filter: progid:X()"))
    assert is_for_old_explorer(declaration("color: #000\\9"))
    assert not is_for_old_explorer(declaration("color: #000"))
    assert not is_for_old_explorer(declaration("color:"))
