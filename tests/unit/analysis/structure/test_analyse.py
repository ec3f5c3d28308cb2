"""What is known changes the time alone; nothing in a file can hurt."""

import argparse
import ast
import dataclasses
import enum
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.structure.analyse import Structure, analyse
from dev_assistant.analysis.structure.facts import Facts
from dev_assistant.analysis.structure.rules import RULES
from dev_assistant.model import Digest

SMELLS = "\n\n".join(rule.example for rule in RULES)
SOURCES = [
    SMELLS,
    *(Path(module.__file__ or "").read_text(encoding="utf-8")[:12_000] for module in (dataclasses, enum)),
]


def edited(text: str, edits: list[tuple[str, float, float]]) -> str:
    """The text after edits at parts of its length."""
    lines = text.split("\n")
    for edit, at, to in edits:
        first, last = sorted((int(at * len(lines)), int(to * len(lines))))
        last = min(last, first + 40)
        match edit:
            case "insert":
                lines[first:first] = ["", "# inserted", "x = [1,", "     2]"]
            case "delete":
                del lines[first:last]
            case "rename":
                lines[first:last] = [line.replace("self", "this") for line in lines[first:last]]
            case "indent":
                lines[first:last] = [f"    {line}" for line in lines[first:last]]
            case "repeat":
                lines[first:first] = lines[first:last]
    return "\n".join(lines)


EDITS = st.tuples(
    st.sampled_from(["insert", "delete", "rename", "indent", "repeat"]), st.floats(0, 1), st.floats(0, 1)
)


@given(st.sampled_from(SOURCES), st.lists(EDITS, min_size=1, max_size=3))
@settings(max_examples=40)
def test_what_is_known_changes_nothing_but_the_count(
    text: str, edits: list[tuple[str, float, float]]
) -> None:
    known = analyse(text.encode(), {}).facts
    data = edited(text, edits).encode()
    fresh, again = analyse(data, {}), analyse(data, known)
    assert msgspec.structs.replace(again, reused=0) == fresh


def function_lines(text: str) -> Iterator[tuple[int, int]]:
    """First and last line of functions that are not in functions, from 0."""
    scopes: list[ast.AST] = [ast.parse(text)]
    while scopes:
        for child in ast.iter_child_nodes(scopes.pop()):
            if isinstance(child, ast.FunctionDef):
                first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
                yield first - 1, child.end_lineno or 0
            else:
                scopes.append(child)


WHOLE = Path(argparse.__file__).read_text(encoding="utf-8")
FUNCTIONS = sorted(function_lines(WHOLE))
KNOWN = analyse(WHOLE.encode(), {}).facts


@given(st.sampled_from(FUNCTIONS), st.sampled_from(["delete", "move", "comment", "rename"]))
@settings(max_examples=12)
def test_an_edit_of_whole_functions(place: tuple[int, int], edit: str) -> None:
    lines = WHOLE.split("\n")
    first, last = place
    body = lines[first:last]
    match edit:
        case "delete":
            del lines[first:last]
        case "move":
            lines[0:0] = ["", ""]
        case "comment":
            lines[last:last] = ["", "# a comment", ""]
        case "rename":
            lines[first:last] = [line.replace("def ", "def new_") for line in body]
    data = "\n".join(lines).encode()
    fresh, again = analyse(data, {}), analyse(data, KNOWN)
    assert msgspec.structs.replace(again, reused=0) == fresh
    assert again.reused >= again.definitions - 3


def test_an_edit_of_one_function_in_five_thousand_lines() -> None:
    text = WHOLE
    while text.count("\n") < 5_000:
        text += WHOLE.replace("class ", f"class N{text.count(chr(10))}")
    known = analyse(text.encode(), {}).facts
    again = analyse(text.replace("return ", "return not ", 1).encode(), known)
    assert again.definitions > 200
    assert again.reused == again.definitions - 1


def test_facts_outlive_the_process() -> None:
    found = analyse(SMELLS.encode(), {})
    kept = msgspec.msgpack.decode(msgspec.msgpack.encode(found.facts), type=dict[Digest, Facts])
    assert kept == found.facts
    assert analyse(SMELLS.encode(), kept).reused == found.definitions


def test_a_structure_can_be_sent() -> None:
    found = analyse(SMELLS.encode(), {})
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=Structure) == found


def test_no_file_is_a_module_without_anything() -> None:
    found = analyse(b"", {})
    assert (found.findings, found.definitions, found.understood) == ((), 1, True)


def test_what_is_no_python_text_has_no_structure() -> None:
    assert analyse(b"def f(:\n\x00", {}) == Structure(understood=False)
    assert analyse(b"def f(\n", {}) == Structure(understood=False)


HOSTILE = {
    "brackets": b"x = " + b"(" * 20_000 + b")" * 20_000 + b"\n",
    "open brackets": b"(" * 1_000_000,
    "ifs": b"".join(b" " * level + b"if x:\n" for level in range(3_000)) + b" " * 3_000 + b"x\n",
    "classes": b"".join(b" " * level + b"class A:\n" for level in range(99)) + b" " * 99 + b"x\n",
    "quotes": b"'" * 1_000_001,
    "escaped quotes": b'\\"""' * 250_000,
    "backslashes": b"x = '" + b"\\a" * 500_000,
    "triples": b'"""' + b"'''" * 300_000,
    "one line": b"def f(" + b"a, " * 300_000 + b"):\n    pass\n",
    "lambdas": b"def f(a=" + b"lambda " * 100_000 + b"):\n    pass\n",
    "dots": b"import " + b"a." * 500_000 + b"a\nfrom " + b"." * 500_000 + b" import a\n",
    "dots alone": b"from " + b"." * 500_000 + b"\n",
    "bases": b"class A(" + b"a.b[c], " * 100_000 + b"): pass\n",
    "self": b"class A:\n    def f(self):\n        " + b"self.a." * 100_000 + b"b\n",
    "assignments": b"class A:\n    def __init__(self):\n" + b"        self.a: = x\n" * 20_000,
    "blanks": b" " * 1_000_000 + b"x\n",
    "comments": b"#" * 1_000_000,
    "fields": b"f'" + b"{" * 500_000 + b"'\n",
    "decorators": b"@a\n" * 50_000 + b"def f(): pass\n",
    "definitions": b"def f(): raise NotImplementedError\n" * 5_000,
    "names": b"def " + b"f" * 500_000 + b"(): pass\n",
    "no name": "def \u2028(): pass\n".encode(),
    "colons": b"if x:" * 200_000 + b"\n",
    "continued": b"x = 1 + \\\n" * 100_000 + b"1\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_hurts(name: str) -> None:
    """What takes more than linear time would take minutes here, and the suite has a time limit."""
    found = analyse(HOSTILE[name], {})
    assert all(len(each.message) <= 200 and each.message.isprintable() for each in found.findings)


def test_memory_is_a_small_multiple_of_the_source() -> None:
    data = HOSTILE["quotes"][:200_001]
    tracemalloc.start()
    try:
        analyse(data, {})
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 50 * len(data)


@given(st.binary() | st.text(alphabet="def class:()[]'\"\\\n\t #@.,=xyf{}*", max_size=200).map(str.encode))
def test_any_bytes_have_a_structure(data: bytes) -> None:
    found = analyse(data, {})
    assert found == analyse(data, {})
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    for each in found.findings:
        assert 1 <= each.line <= each.end_line <= len(lines)
        assert 1 <= each.column <= each.end_column <= len(lines[each.end_line - 1]) + 1
