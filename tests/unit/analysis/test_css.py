"""Style sheets: each rule by its example, what is deliberate and left alone, and hostile input."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.css import RULES, check
from dev_assistant.analysis.left_out import LeftOut
from dev_assistant.analysis.rules import Rule
from dev_assistant.escape import visible
from dev_assistant.model import Category, Finding, Severity


def rules_of(text: str) -> list[str]:
    return [finding.rule for finding in check(text.encode())]


def only(text: str) -> Finding:
    (finding,) = check(text.encode())
    return finding


def ends_of_lines(text: str) -> list[int]:
    return [len(line) + 1 for line in re.split(r"\r\n?|\n", text)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_example_breaks_its_rule_alone(rule: Rule) -> None:
    assert rules_of(rule.example) == [rule.id]


def test_rules_are_told_apart_and_named() -> None:
    assert len({rule.id for rule in RULES}) == len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.id.startswith("DA4") and rule.rationale and rule.hint for rule in RULES)


def test_only_mistakes_in_syntax_are_errors() -> None:
    assert [rule.id for rule in RULES if rule.severity is Severity.ERROR] == ["DA401"]
    assert [rule.id for rule in RULES if rule.category is Category.DESIGN] == ["DA406", "DA407"]


CLEAN = {
    "custom properties": ":root { --x: { a: b }; --X: 1pixel; --empty: ; }",
    "vendor prefixes": "a { -webkit-box-orient: vertical; -moz-anything: 1px; }",
    "fallback of another kind": "a { display: -webkit-box; display: flex; color: red; color: rgb(1 2 3); }",
    "fallback of another unit": "a { height: 100vh; height: 100dvh; }",
    "fallback of a later keyword": "a { overflow: hidden; overflow: clip; }",
    "more words": "a { text-decoration: underline; text-decoration: underline dotted; }",
    "important is another matter": "a { color: red !important; color: blue; }",
    "nesting": ".a { &:hover { color: red; } .b & { color: red; } > p { color: red; } a:focus { top: 0; } }",
    "conditions": "@media print { a { top: 0; } } @supports (display: grid) { a { top: 0; } }",
    "containers and layers": "@layer base, theme; @layer x {} @container (width > 1px) { a { top: 0; } }",
    "registered property": "@property --x { syntax: '<length>'; inherits: false; initial-value: 0px; }",
    "descriptors": "@font-face { src: url(a.eot); src: url(b.woff) format('woff'); unicode-range: U+26; }",
    "keyframes": "@keyframes x { from { top: 0; } 50.5% { top: 1px; } to { top: 0; } }",
    "page": "@page :first { size: A4; @top-left { content: 'x'; } }",
    "explorer": "a { filter: progid:X.gradient(startColorstr='#1', endColorstr='#2'); width: 1px\\9; }",
    "comment in a block": "a { /* kept for the test */ }",
    "the same in another context": "a { top: 0; } @media print { a { top: 0; } } .b { a { top: 0; } }",
    "another order": "a { top: 0; left: 0; } a { left: 0; top: 0; }",
    "where counts nothing": ":where(#a #b #c) { top: 0; }",
    "an id that looks like a colour": "a { nav-up: #abcde; }",
    "units in any case": "a { top: 1PX; width: 2Q; }",
    "old comment marks": "<!-- a { top: 0; } -->",
    "charset and import": '@charset "utf-8"; @import url("x.css") layer(x);',
    "ends of lines": "a {\r\n top: 0;\r\n}\r\n",
    "nothing": "",
}


@pytest.mark.parametrize("text", CLEAN.values(), ids=CLEAN.keys())
def test_what_is_deliberate_is_left_alone(text: str) -> None:
    assert rules_of(text) == []


MISTAKES = {
    "a { color: red;\n": (1, 3, "{} is never closed"),
    "a { color: red; }\n/* open": (2, 1, "comment is never closed"),
    "a { top: 0; }\n}": (2, 1, "Unmatched }"),
    "a { color: ; }": (1, 5, "color has no value"),
    "a {\n  top: 0\n  left: 0;\n}": (2, 3, "a colon in the value of top: is a semicolon missing?"),
    "a { top: 0; };\nb { top: 0; }": (1, 14, "a semicolon before a selector: browsers drop the rule"),
    "{ top: 0; }": (1, 1, "a block without a selector"),
    "a, b": (1, 1, "a selector without a block"),
    "a { content: 'x\n; }": (1, 14, "Bad string token"),
    "a { *zoom: 1; }": (
        1,
        5,
        "an asterisk before a property: only Internet Explorer 7 took that, others drop the declaration",
    ),
}


@pytest.mark.parametrize("text", MISTAKES, ids=repr)
def test_mistake_in_syntax(text: str) -> None:
    line, column, message = MISTAKES[text]
    findings = [finding for finding in check(text.encode()) if finding.rule == "DA401"]
    assert (line, column, message) in [(found.line, found.column, found.message) for found in findings]


def test_a_number_of_thousands_of_digits_is_told() -> None:
    assert only("a { z-index: " + "9" * 5000 + " }").rule == "DA401"


@pytest.mark.parametrize(
    ("name", "meant"),
    [("widht", "width"), ("colour", "color"), ("backgroud", "background"), ("dislpay", "display")],
)
def test_unknown_property_names_what_was_meant(name: str, meant: str) -> None:
    assert only(f"a {{ {name}: 1px; }}").message == f"{name} is no property of CSS: did you mean {meant}?"


@pytest.mark.parametrize("name", ["x1", "completely-unknown", "a" * 1000])
def test_unknown_property_that_is_near_to_nothing(name: str) -> None:
    assert "did you mean" not in only(f"a {{ {name}: 1px; }}").message


def test_place_counts_code_points_after_a_byte_order_mark() -> None:
    finding = only("\ufeff/* 😀é */ a { colour: red; }")
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (1, 14, 1, 20)


def test_form_feed_ends_no_line() -> None:
    assert only("\fa { colour: red; }").line == 1


def test_utf16_with_a_mark_is_read() -> None:
    assert [finding.rule for finding in check("a { colour: red; }".encode("utf-16"))] == ["DA402"]


def test_important_is_told_once_with_its_count() -> None:
    text = "".join(f".a{n} {{ top: 0 !important; left: 0; }}" for n in range(11))
    assert only(text).message == "11 of 22 declarations (50%) are !important"


def test_few_important_among_many_are_no_overuse() -> None:
    many = "".join(f".b{n} {{ top: {n}px; }}" for n in range(300))
    assert rules_of(many + "".join(f".a{n} {{ top: 0 !important; }}" for n in range(11))) == []


def test_specificity_counts_the_rules_around() -> None:
    assert only("#a { #b { top: 0; } }").message == "specificity (2, 0, 0) of #b"


def test_later_repetition_names_the_first() -> None:
    finding = only("a { top: 0; }\n\na {\n  top: 0;\n}\n")
    assert (finding.line, finding.message) == (3, "a repeats the rule in line 1 word by word")


def test_findings_of_one_rule_are_limited_and_the_rest_counted() -> None:
    findings = list(check(b"a { colour: red; }" + b".b { colour: red; top: 0; }" * 300))
    unknown = [finding for finding in findings if finding.rule == "DA402"]
    assert len(unknown) == 100
    assert unknown[-1].message.endswith("(and 201 more of this rule)")


BOMBS = ["{", "[", "(", "a{", "}", "/*", "a:", ":not(", "@a ", ";", "a{b:", "a{--b:", "\\", "\0", "<!--", "'"]


@pytest.mark.parametrize("bomb", BOMBS)
def test_nesting_bomb_ends_in_few_findings(bomb: str) -> None:
    assert len(list(check(bomb.encode() * 1000))) <= 9 * 200


PIECES = ["a", ".b", "#c", ":not(", ")", "{", "}", "[", "]", "(", ";", ":", ",", "color", "red", "--x", "&"]
PIECES += ["!important", "@media", "@layer", "@font-face", "*", "/*", "*/", "'", "url(", "10px"]
PIECES += ['"', "\\", "\\d800 ", "#ff", "U+1", "\n", "\r", "\f", "\0", "é", "<!--", " "]
texts = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | texts.map(str.encode))
def test_any_bytes_give_findings_inside_the_file(data: bytes) -> None:
    try:
        findings = list(check(data))
    except LeftOut:
        return
    assert findings == list(check(data))
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    ends = ends_of_lines(data.decode("utf-16" if utf16 else "utf-8-sig", "replace"))
    for found in findings:
        assert 1 <= found.line <= found.end_line <= len(ends)
        assert 1 <= found.column <= ends[found.line - 1]
        assert (found.line, found.column) <= (found.end_line, found.end_column)
        assert found.end_column <= ends[found.end_line - 1]
        assert visible(found.message) == found.message and len(found.message) <= 200
