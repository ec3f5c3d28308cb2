"""Which file is read as what, and what is left out."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis import data
from dev_assistant.analysis.capping import LONGEST_MESSAGE, MOST
from dev_assistant.analysis.data import Format, format_of
from dev_assistant.analysis.left_out import LeftOut


def told(name: str, content: str | bytes) -> list[tuple[str, int, int]]:
    found = data.check(name, content.encode() if isinstance(content, str) else content)
    return [(finding.rule, finding.line, finding.column) for finding in found]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("package.json", Format.JSON),
        ("a/B.JSON", Format.JSON),
        ("tsconfig.json", Format.JSONC),
        ("web/tsconfig.app.json", Format.JSONC),
        (".vscode/settings.json", Format.JSONC),
        ("a/.devcontainer/x/devcontainer.json", Format.JSONC),
        ("x.code-workspace", Format.JSONC),
        ("my.vscode/settings.json", Format.JSON),
        ("a.jsonc", Format.JSONC),
        ("uv.lock", Format.TOML),
        ("a/pyproject.toml", Format.TOML),
        (".github/workflows/ci.yml", Format.YAML),
        ("a.py", None),
        ("json", None),
        ("yarn.lock", None),
    ],
)
def test_formats(name: str, expected: Format | None) -> None:
    assert format_of(name) is expected


def test_each_format_is_judged_by_its_own_parser() -> None:
    assert told("a.json", '{"a": 1,}') == [("DA301", 1, 9)]
    assert told("a.jsonc", '{"a": 1,}') == []
    assert told("a.toml", "a = 1\na = 1") == [("DA301", 2, 6)]
    assert told("a.yaml", "a: 1\na: 1") == [("DA302", 2, 1)]
    assert told("a.txt", '{"a": 1,}') == []


def test_byte_order_marks_are_fine_and_other_encodings_are_not() -> None:
    assert told("a.json", "\ufeff[1]") == []
    assert told("a.yaml", "\ufeffé: 1".encode("utf-16")) == []
    assert told("a.toml", b"a = 1\nb = '\xe9'") == [("DA301", 2, 1)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("templates/a.yaml", "{{- if .x }}\na: 1\n{{- end }}\n"),
        ("a.json", '{"a": {{ cookiecutter.a }} }'),
    ],
)
def test_templates_are_left_out(name: str, text: str) -> None:
    with pytest.raises(LeftOut, match="template"):
        told(name, text)


def test_marks_in_quotes_make_no_template() -> None:
    assert told("a.yaml", 'a: "{{ x }}"\nb: [\n') == [("DA301", 3, 1)]


def test_many_findings_are_counted() -> None:
    found = list(data.check("a.json", b"{" + b'"a": 1, ' * (MOST + 10) + b'"b": 1}'))
    assert len(found) == MOST
    assert found[-1].message.endswith("(and 9 more of this rule)")


def test_without_pyyaml_yaml_is_an_error_that_says_what_to_install(tmp_path: Path) -> None:
    """In an interpreter of its own, for which PyYAML is hidden."""
    code = (
        "import sys, importlib.machinery as m\n"
        "find = m.PathFinder.find_spec\n"
        "m.PathFinder.find_spec = lambda name, *rest: None if name == 'yaml' else find(name, *rest)\n"
        "from dev_assistant.analysis import data\n"
        "print(data.yaml_missing())\n"
        "print(list(data.check('a.json', b'[]')))\n"
        "try: list(data.check('a.yaml', b'a: 1'))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    missing, other, raised = shown.stdout.splitlines()
    assert missing.endswith("-m pip install 'dev-assistant[yaml]'")
    assert other == "[]"
    assert raised == f"ToolError {missing}"
    assert data.yaml_missing() == ""


@pytest.mark.parametrize("rule", data.RULES, ids=lambda rule: rule.id)
def test_rules_are_explained(rule: data.data_rules.Rule) -> None:
    assert rule.id.startswith("DA30")
    assert rule.rationale.endswith(".")


def test_the_examples_break_their_rules() -> None:
    syntax, duplicate, _ = data.RULES
    assert [rule for rule, *_ in told("a.json", syntax.example)] == ["DA301"]
    assert [rule for rule, *_ in told("a.json", duplicate.example)] == ["DA302"]


PARTS = [
    b"{",
    b"[",
    b"a: ",
    b'"a": 1,',
    b"a = 1\n",
    b"\n",
    b"- ",
    b"{{",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xfe\xff",
    b"\0",
]


@settings(max_examples=60)
@given(
    st.sampled_from(["a.json", "a.jsonc", "a.toml", "a.yml"]),
    st.lists(st.sampled_from(PARTS) | st.binary(max_size=9)),
)
def test_any_bytes(name: str, parts: list[bytes]) -> None:
    content = b"".join(parts)
    try:
        found = list(data.check(name, content))
    except LeftOut:
        return
    assert found == list(data.check(name, content))
    for finding in found:
        assert 1 <= finding.line <= content.count(b"\n") + content.count(b"\r") + 1
        assert 1 <= finding.column <= len(content) + 1
        assert finding.message.isprintable()
        assert len(finding.message) <= LONGEST_MESSAGE
