"""Tokens, and a comparison with a whole parser on well-formed markup."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from dev_assistant.analysis.html_tokens import Cut, End, Start, Text, tokens


def shown(text: str) -> list[str]:
    return [text[token.start : token.end] for token in tokens(text)]


def starts(text: str) -> list[Start]:
    return [token for token in tokens(text) if isinstance(token, Start)]


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        ("<a b=c d='e' f=\"g\" h>", {"b": "c", "d": "e", "f": "g", "h": ""}),
        ("<a b = c/d>", {"b": "c/d"}),
        ("<a/b/c>", {"b": "", "c": ""}),
        ("<a B=1 b=2>", {"b": "1"}),
        ("<a b='>' c=\"<x>\">", {"b": ">", "c": "<x>"}),
        ("<a b=>", {"b": ""}),
        ("<a =b=c>", {"=b": "c"}),
        ("<a\nb\n=\n'c'\n>", {"b": "c"}),
    ],
)
def test_attributes(text: str, attributes: dict[str, str]) -> None:
    (tag,) = starts(text)
    assert tag.attributes == attributes
    assert (tag.start, tag.end) == (0, len(text))


def test_attributes_given_twice() -> None:
    assert starts("<input disabled disabled b=1 b=2>")[0].twice == ("disabled", "b")


@pytest.mark.parametrize(
    ("text", "slash"), [("<a/>", True), ("<a b />", True), ("<a b=c/>", False), ("<a>", False)]
)
def test_slash(text: str, slash: bool) -> None:
    assert starts(text)[0].slash is slash


def test_offsets_cover_what_is_no_comment() -> None:
    text = "a<b>c</b ><!-- d --><!doctype e><?f?></>g<h"
    assert shown(text) == ["a", "<b>", "c", "</b >", "g", "<h"]


@pytest.mark.parametrize("text", ["<!-- a", "<a b='c", '<a b="c>', "<a b", "</a", "<!x", "<svg><![CDATA[ >"])
def test_what_is_cut_off(text: str) -> None:
    assert isinstance(list(tokens(text))[-1], Cut)


def test_content_of_scripts_is_no_markup() -> None:
    found = list(tokens("<script><b></SCRIPT x><i>"))
    assert [token.name for token in found if isinstance(token, Start | End)] == ["script", "script", "i"]
    assert not any(isinstance(token, Text) for token in found)


def test_title_of_a_drawing_is_markup() -> None:
    assert [tag.name for tag in starts("<svg><title><b></b></title></svg><title><b></title>")] == [
        "svg",
        "title",
        "b",
        "title",
    ]


VALUES = st.sampled_from(['"a"', "'b c'", "d", '"<x>"', "'/>'", '""'])
ATTRIBUTES = st.dictionaries(st.sampled_from(["x", "y-z", "data-q"]), VALUES, max_size=3)
LEAVES = st.sampled_from(
    ["text", "<br>", "<!-- <p> -->", "<script>a<b</script>", "<textarea><i></textarea>", "1 < 2"]
)


def element(parts: tuple[str, dict[str, str], list[str]]) -> str:
    name, attributes, children = parts
    written = "".join(f" {key} = {value}" for key, value in attributes.items())
    return f"<{name}{written} >{''.join(children)}</{name} >"


NAMES = st.sampled_from(["div", "span", "SECTION", "my-tag"])
MARKUP = st.recursive(
    LEAVES,
    lambda inner: st.tuples(NAMES, ATTRIBUTES, st.lists(inner, max_size=4)).map(element),
    max_leaves=12,
)


def body_of(text: str) -> list[tuple[str, dict[str, str]]]:
    body = LexborHTMLParser(f"<!doctype html><body>{text}").body
    assert body is not None
    return [(node.tag or "", plain(node)) for node in body.css("*") if node.tag != "body"]


def plain(node: LexborNode) -> dict[str, str]:
    return {name: value or "" for name, value in node.attributes.items()}


@settings(max_examples=40, deadline=None)
@given(MARKUP)
def test_tags_are_those_of_a_whole_parser(text: str) -> None:
    assert [(tag.name, tag.attributes) for tag in starts(text)] == body_of(text)
