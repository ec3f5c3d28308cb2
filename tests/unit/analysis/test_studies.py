from __future__ import annotations

import pytest

from dev_assistant.analysis.left_out import LeftOut
from dev_assistant.analysis.structure.outline import unpack
from dev_assistant.analysis.studies import STUDIES, study_python, study_text
from dev_assistant.errors import ToolError
from dev_assistant.model import Category

FUNCTIONS = "".join(f"def f{n}(a):\n    return a + {n}\n\n\n" for n in range(100))


def rules(study) -> set[str]:
    return {finding.rule for finding in study.findings}


@pytest.mark.parametrize(
    ("name", "path", "data", "rule"),
    [
        ("css", "a.css", b"a { colour: red }", "DA402"),
        ("html", "a.html", b"<img src=a>", "DA506"),
        ("data", "a.json", b'{"a": 1, "a": 2}', "DA302"),
        ("text", "a.txt", b"a\r\nb\nc\r\nd\n" * 9, "DA205"),
        ("python", "a.py", b"def f():\n    raise NotImplementedError\n", "DA107"),
    ],
)
def test_each_is_found_by_its_name(name: str, path: str, data: bytes, rule: str) -> None:
    assert rule in rules(STUDIES[name](path, data))


@pytest.mark.parametrize(
    ("name", "path", "data"),
    [
        ("css", "a.min.css", b"a { colour: red }"),
        ("css", "a.css", b".a { color: {{ color }}; {% if x %} width: 1px; {% endif %} }"),
        ("css", "a.css", b"{% load static %}\n.a { color: red }\n"),
        ("data", "a.yaml", b"{{- if .Values.x }}\na: 1\n"),
    ],
)
def test_what_is_generated_or_a_template_is_left_out(name: str, path: str, data: bytes) -> None:
    with pytest.raises(LeftOut):
        STUDIES[name](path, data)


def test_what_ruff_tells_of_python_is_left_to_ruff() -> None:
    hidden = 'a = "\u202e"\n'.encode()
    assert rules(study_text("a.js", hidden)) - rules(study_text("a.py", hidden))


def test_secrets_are_looked_for_in_text() -> None:
    begin, end = (b"-----" + word + b" RSA " + b"PRIVATE KEY-----\n" for word in (b"BEGIN", b"END"))
    key = begin + b"QUJD" * 60 + b"\n" + end
    found = study_text("a.txt", key).findings
    assert {finding.category for finding in found} == {Category.SECURITY}


def test_structure_and_complexity_are_told_together() -> None:
    deep = "".join(f"{'    ' * n}if a:\n" for n in range(1, 9)) + "    " * 9 + "pass\n"
    assert {"DA106", "DA120"} <= rules(study_python("a.py", f"def f(a):\n{deep}".encode()))


def test_what_a_file_gives_to_its_project_is_told_of_python_alone() -> None:
    outline = unpack(study_python("a.py", b"import b\n").outline)
    assert outline is not None
    assert [each.module for each in outline.imports] == ["b"]
    assert study_python("a.py", b'"""\n').outline == b""
    assert study_python("a.pyi", b"import b\n").outline == b""


def test_a_stub_has_no_structure() -> None:
    assert study_python("a.pyi", b"def f(): raise NotImplementedError\n").findings == ()


def test_an_edit_of_one_definition_leaves_the_others_known() -> None:
    study_python("a.py", FUNCTIONS.encode())
    edited = study_python("a.py", FUNCTIONS.replace("a + 50", "a * 50").encode())
    assert (edited.definitions, edited.reused) == (101, 100)
    moved = study_python("b.py", b"import os\n" + FUNCTIONS.encode())
    assert (moved.definitions, moved.reused) == (101, 100)


def test_a_library_that_is_missing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "yaml", None)
    with pytest.raises(ToolError, match="yaml"):
        STUDIES["data"]("a.yaml", b"a: 1\n")
