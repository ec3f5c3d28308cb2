"""Findings in any text."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis import text
from dev_assistant.analysis.capping import LONGEST_MESSAGE, MOST
from dev_assistant.model import Category, Finding, Severity

CONFLICT = "<" * 7 + " HEAD\nours\n" + "=" * 7 + "\ntheirs\n" + ">" * 7 + " them\n"


def check(name: str, content: str | bytes) -> list[Finding]:
    return list(text.check(name, content.encode() if isinstance(content, str) else content))


def told(name: str, content: str | bytes) -> list[tuple[str, int, int]]:
    return [(finding.rule, finding.line, finding.column) for finding in check(name, content)]


def test_a_conflict_spans_its_markers() -> None:
    (finding,) = check("a.py", f"x = 1\n{CONFLICT}")
    assert (finding.rule, finding.severity) == ("DA201", Severity.ERROR)
    assert (finding.line, finding.column, finding.end_line, finding.end_column) == (2, 1, 6, 13)
    assert finding.message == "unsolved merge conflict: divided on line 4, ends on line 6"


def test_bytes_that_are_not_utf_8() -> None:
    (finding,) = check("notes.txt", "é\nünd ".encode() + b"\xe9t\n")
    assert (finding.rule, finding.line, finding.column) == ("DA202", 2, 5)
    assert "0xe9" in finding.message


@pytest.mark.parametrize("name", ["a.py", "a.json", "a.yaml"])
def test_whoever_says_it_anyway_is_not_repeated(name: str) -> None:
    assert told(name, b"x = '\xe9'\n") == []


def test_a_declared_encoding_is_believed_unless_it_is_utf_8() -> None:
    assert told("a.html", b'<meta charset="iso-8859-1">\n\xe9') == []
    assert told("a.html", b'<meta charset="utf-8">\n\xe9') == [("DA202", 2, 1)]


def test_utf_16_is_told_and_read() -> None:
    assert told("a.ps1", ("\ufeff" + CONFLICT).encode("utf-16-le")) == [("DA203", 1, 1), ("DA201", 1, 1)]


def test_nul_is_told_once_and_not_for_python() -> None:
    (finding,) = check("a.txt", b"ab\0\0\xff\0")
    assert (finding.rule, finding.column, finding.message) == ("DA204", 3, "3 NUL bytes in a text file")
    assert told("a.py", b"x\0") == []


def test_a_binary_file_is_no_text_with_mistakes() -> None:
    data = b"TZif2\0\0\r\n\xff\n"
    assert told("zoneinfo/CET", data) == []
    assert told("CET.txt", data) == [("DA204", 1, 6)]


def test_mixed_line_ends_are_counted_and_told_at_the_first_odd_one() -> None:
    (finding,) = check("a.sh", "one\ntwo\nthree\r\nfour\n")
    assert (finding.rule, finding.line, finding.column) == ("DA205", 3, 6)
    assert finding.message == "line ends are mixed: 3 LF, 1 CRLF; the first CRLF is here"
    assert told("a.sh", "a\r\nb\r\nc\n") == [("DA205", 3, 2)]
    assert told("a.sh", "a\nb\rc\n") == [("DA205", 2, 2)]


@pytest.mark.parametrize("content", ["a\nb\n", "a\r\nb\r\n", "a\rb\r", "", "no end"])
def test_line_ends_of_one_kind(content: str) -> None:
    assert told("a.sh", content) == []


def test_hidden_characters_in_source() -> None:
    hidden = "a = 1\nb = '\u202e'\nc\u200b = 2\n"
    assert told("a.js", hidden) == [("DA206", 2, 6), ("DA207", 3, 2)]
    assert {finding.category for finding in check("a.js", hidden)} == {Category.SECURITY}
    assert [finding.message for finding in check("a.js", hidden)][1] == "U+200B is invisible"


@pytest.mark.parametrize(
    "name", ["a.md", "locale/he/formats.py", "app/i18n/ar.json", "messages_fa.properties", "x.min.js"]
)
def test_they_belong_into_prose_translations_and_tables(name: str) -> None:
    assert told(name, "a \u202bb\u202c \u200bc") == []


def test_what_ruff_says_is_named(tmp_path: Path) -> None:
    """The equivalents are what ruff really reports for the same file."""
    source = tmp_path / "a.py"
    source.write_text("a = '\u202e'\nb = '\u200b'\n")
    ours = {finding.rule for finding in text.check("a.py", source.read_bytes())}
    command = [
        Path(sys.executable).parent / "ruff",
        "check",
        "--isolated",
        "--select=PLE",
        "--no-cache",
        source,
    ]
    shown = subprocess.run(
        [*command, "--output-format=concise"], capture_output=True, text=True, check=False
    ).stdout
    assert ours == set(text.RUFF_EQUIVALENTS)
    assert all(rule in shown for rules in text.RUFF_EQUIVALENTS.values() for rule in rules)


def test_many_findings_are_counted() -> None:
    found = check("a.js", "x\u200b\n" * (MOST + 50))
    assert len(found) == MOST
    assert found[-1].message.endswith("(and 50 more of this rule)")


@pytest.mark.parametrize("rule", text.RULES, ids=lambda rule: rule.id)
def test_rules_are_explained(rule: text.rules.Rule) -> None:
    assert rule.id.startswith("DA20")
    assert rule.rationale.endswith(".")
    assert rule.hint.endswith(".")
    assert rule.example


FRAGMENTS = [
    b"\r",
    b"\n",
    b"\0",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    "\u202e\u200b".encode(),
    b"coding: latin-1",
]
FRAGMENTS += [line.encode() for line in CONFLICT.splitlines(keepends=True)]


@settings(max_examples=40)
@given(
    st.sampled_from(["a.py", "a.md", "a.js", ""]),
    st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=9)),
)
def test_any_bytes(name: str, parts: list[bytes]) -> None:
    data = b"".join(parts)
    found = check(name, data)
    assert found == check(name, data)
    last = data.count(b"\n") + data.count(b"\r") + 1
    for finding in found:
        assert 1 <= finding.line <= finding.end_line <= last
        assert 1 <= finding.column <= len(data) + 1
        assert finding.message.isprintable()
        assert len(finding.message) <= LONGEST_MESSAGE
