from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dev_assistant.escape import markdown, markdown_code, path_text, visible

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
NASTY = st.text(st.one_of(st.sampled_from("`|\\*_[]()<>!#&~@:$-+.1w \n"), st.characters()), max_size=30)


def cells(row: str) -> list[list[Token]]:
    """The inline tokens of each cell in the one row of a table."""
    tokens = RENDERER.parse(f"| a | b |\n| - | - |\n{row}\n")
    return [token.children or [] for token in tokens if token.type == "inline"][2:]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode 名.py", "plain ünïcode 名.py"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\x7f\x9b", "a\\x0ab\\x09c\\x7f\\x9b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("a\u200bb\ufeff\u2028", "a\\u200bb\\ufeff\\u2028"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("byte\udcff", "byte\\xff"),
        ("half\ud800", "half\\ud800"),
    ],
)
def test_what_cannot_be_seen_is_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_shown_text_can_be_printed_and_controls_nothing(text: str) -> None:
    shown = visible(text)
    shown.encode()
    assert not [char for char in shown if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not [
        char for char in shown if unicodedata.bidirectional(char) in {"RLO", "LRO", "RLE", "LRI", "RLI"}
    ]
    assert visible(shown) == shown


def test_a_path_keeps_its_backslashes_and_shows_its_bytes() -> None:
    assert path_text("a\\b\udcff\udc80.py") == "a\\b\\xff\\x80.py"


@given(st.binary())
def test_any_path_fits_in_a_document(name: bytes) -> None:
    text = path_text(name.decode("utf-8", "surrogateescape"))
    assert json.loads(json.dumps(text).encode()) == text


@given(NASTY)
@example("www.example.com")
@example("1. one")
@example("https://example.com/?a=b&c")
@example("a\\|b")
def test_markdown_is_only_text(text: str) -> None:
    shown = visible(text).strip()
    for cell in cells(f"| {markdown(text)} | {markdown(text)} |"):
        assert {token.type for token in cell} <= {"text", "text_special"}
        assert "".join(token.content for token in cell) == shown
    paragraph = RENDERER.parse(markdown(text.strip()))
    assert [token.type for token in paragraph if token.type.endswith("_open")] in (["paragraph_open"], [])


@pytest.mark.parametrize("text", ["@team", "https://example.com", "www.example.com", "#12", "$x$", "1. a"])
def test_what_services_turn_into_links_is_broken_up(text: str) -> None:
    assert markdown(text) != text


@given(NASTY)
@example("a|b")
@example("``|`")
@example("\\")
@example("")
def test_code_stays_in_its_cell(text: str) -> None:
    first, second = cells(f"| {markdown_code(text)} | after |")
    assert [token.content for token in second] == ["after"]
    assert all(token.type == "code_inline" for token in first)
    assert "".join(token.content for token in first).strip() == visible(text).strip()
