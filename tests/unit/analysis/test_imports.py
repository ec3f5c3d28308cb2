"""Imports found by lexing alone are those that Python's own parser finds."""

from __future__ import annotations

import ast
import json
import os
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.imports import imported_modules

LIBRARY = Path(os.__file__).parent
SAMPLE = [
    *sorted(LIBRARY.glob("[f-h]*.py")),
    *sorted(Path(json.__file__).parent.glob("*.py")),
    *sorted((LIBRARY / "importlib").rglob("*.py")),
]


def by_parser(source: bytes) -> list[str]:
    """In no order: the parser's tree is walked by level."""
    found: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old escapes in the sources
        tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.append(node.module)
    return sorted(found)


def test_equal_to_the_parser_over_the_standard_library() -> None:
    assert len(SAMPLE) > 30
    differing = [
        str(path)
        for path in SAMPLE
        if sorted(imported_modules(path.read_bytes())) != by_parser(path.read_bytes())
    ]
    assert differing == []


@pytest.mark.parametrize(
    "source",
    [
        "import a, b.c as d, e",
        "import a . b ,c\\\n.d as e, \\\n f; import g",
        "if x: import a; from b import c",
        "from a import (  # from b import c\n  d,\n  e)",
        "from .a import b\nfrom . import import_\nfrom .import c\nfrom ... a import b\nfrom..a import b",
        "from a.b import*\nfrom\\\n a\\\n.c import d",
        "def f():\n\tyield from a\n\timport b\nraise x from y",
        "def f():\n  yield from \\\n  a\n  import b",
        "try:\n    import a\nexcept ImportError as error:\n    raise X from error",
        "'import a'; import b; \"import c\"",
        '\'\'\'\nimport a\n\'\'\'\nimport b # import c\n"""import d\\""""\nimport e',
        "r'\\'; import a #'",
        "x = 'a\\\nimport b'\nimport c",
        "x = 'a\\\r\nimport b'\r\nimport c\r\n",
        "important = reimport = from_ = 1\nimport important_",
        "import a\rimport b\r# import c\rimport d",
        "\ufeffimport a",
        "import é, ﬁne\nfrom é import b",
        "éimport = 1",
        "\fimport a\n \f\nfrom\fb import c",
        "# -*- coding: latin-1 -*-\nimport a",
        "''''''\nimport a\n'''''import b'''",
        "class A:\n  def f(self):\n    if self:\n      import a.b.c\n",
        "match x:\n  case 1: import a",
        "f'{x}import a'\nimport b",
        "import a as import_b, c",
        "x = '''a\\'''import b'''",
        "import a" + "".join(f", a{n}" for n in range(500)),
        "import a;",
        "x = lambda: (yield)\nimport a\\\n\n",
        "",
    ],
)
def test_equal_to_the_parser(source: str) -> None:
    assert sorted(imported_modules(source.encode())) == by_parser(source.encode())


def test_names_in_a_declared_encoding() -> None:
    source = "# coding: shift_jis\nx = '表'\nimport a\ny = '表'; import 表\n".encode("shift_jis")
    assert list(imported_modules(source)) == by_parser(source) == ["a", "表"]


@pytest.mark.parametrize("coding", ["punycode", "zlib", "unheard-of", "utf-16", "unicode_escape", "\\x00"])
def test_a_declared_encoding_that_cannot_be_used_is_none(coding: str) -> None:
    assert list(imported_modules(f"# coding: {coding}\nimport a  # é\n".encode())) == ["a"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"import a\nx = '''\nimport b", ["a"]),
        (b"import a\nx = 'open\nimport b", ["a", "b"]),
        (b"import a\0\nimport b", ["a", "b"]),
        (b"import \xff\nimport b", ["\ufffd", "b"]),
        (b"import \nfrom import x\nfrom a import", ["a"]),
        (b"((((((\nimport a", ["a"]),
        (b'f"{\'"\'}"\nimport a', ["a"]),
        (b"print 'hello'\nimport a", ["a"]),
    ],
)
def test_broken_sources_are_read_as_far_as_they_go(source: bytes, expected: list[str]) -> None:
    assert list(imported_modules(source)) == expected


def test_in_order_and_as_often_as_it_is_imported() -> None:
    assert list(imported_modules(b"import b\nimport a\nfrom b import c\n")) == ["b", "a", "b"]


PIECES = st.sampled_from(
    [
        *("import", "from", "a", "b.c", ".", " ", "\n", "\r\n", "\\\n", "\\", "#", ";", ",", "as", "(", ")"),
        *(
            "'",
            '"',
            "'''",
            '"""',
            "import a\n",
            "from a import b\n",
            "from . import b",
            "x = ",
            "é",
            "\f",
            "r'",
        ),
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_equal_to_the_parser_on_whatever_it_takes(source: str) -> None:
    found = sorted(imported_modules(source.encode()))
    try:
        expected = by_parser(source.encode())
    except (SyntaxError, ValueError):
        return
    assert found == expected


@given(st.binary(max_size=200))
def test_any_bytes_are_read(source: bytes) -> None:
    assert list(imported_modules(source)) == list(imported_modules(source))


@pytest.mark.parametrize(
    "piece",
    [
        b"import ",
        b"'",
        b'"""',
        b"from ",
        b"from a.",
        b"from . ",
        b"\\",
        b"import a\\\n,",
        b"#",
        b"import a,",
        b" from.",
    ],
)
def test_a_megabyte_of_one_thing_is_read(piece: bytes) -> None:
    source = piece * (1_000_000 // len(piece)) + b"\nimport z"  # without the word nothing is read
    assert sum(1 for _ in imported_modules(source)) <= len(source)
