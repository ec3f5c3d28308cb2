"""Definitions against the syntax tree, and digests that do not depend on the place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.analysis.structure.definitions import Definition, Kind, name_span, split
from dev_assistant.analysis.structure.logical_lines import NotUnderstoodError, read

STDLIB = Path(ast.__file__).parent
MODULES = ("argparse", "dataclasses", "enum", "inspect", "typing", "pydoc", "tarfile", "socket", "shutil")

TEXT = """\
import os

@first
@second(
    1,
)
class Tall:
    x = 1

    @property
    def name(self):
        def inner():
            pass
        return inner

    y = 2

async def run(): pass
"""


def definitions(text: str) -> list[Definition]:
    return split(read(text.encode()))


def in_tree(node: ast.AST, scope: str = "") -> Iterator[tuple[str, int, int, int]]:
    """Name, first, header and last line (from 0) of what is not in a function."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            name = f"{scope}.{child.name}" if scope else child.name
            first = min([child.lineno, *(each.lineno for each in child.decorator_list)])
            yield name, first - 1, child.lineno - 1, (child.end_lineno or 0) - 1
            if isinstance(child, ast.ClassDef):
                yield from in_tree(child, name)
        else:
            yield from in_tree(child, scope)


@pytest.mark.parametrize("module", MODULES)
def test_definitions_are_those_of_the_syntax_tree(module: str) -> None:
    data = (STDLIB / f"{module}.py").read_bytes()
    source = read(data)
    found = [
        (each.qualname, each.first, source.lines[each.header].first, each.last) for each in split(source)[1:]
    ]
    assert found == list(in_tree(ast.parse(data)))


def test_kinds_and_names() -> None:
    found = [(each.kind, each.qualname, each.parent) for each in definitions(TEXT)]
    assert found == [
        (Kind.MODULE, "", -1),
        (Kind.CLASS, "Tall", 0),
        (Kind.METHOD, "Tall.name", 1),
        (Kind.FUNCTION, "run", 0),
    ]


def test_a_name_has_its_place() -> None:
    source = read(TEXT.encode())
    assert [name_span(source, each) for each in split(source)[1:]] == [
        (7, 7, 7, 11),
        (11, 9, 11, 13),
        (18, 11, 18, 14),
    ]


def test_digests_do_not_depend_on_the_place() -> None:
    before = {each.qualname: each.digest for each in definitions(TEXT)}
    after = {each.qualname: each.digest for each in definitions(f"x = 1\n\n{TEXT}")}
    assert {name for name in before if before[name] != after[name]} == {""}


def test_an_edit_changes_its_definition_alone() -> None:
    before = {each.qualname: each.digest for each in definitions(TEXT)}
    after = {each.qualname: each.digest for each in definitions(TEXT.replace("return inner", "return 1"))}
    assert {name for name in before if before[name] != after[name]} == {"Tall.name"}


def test_a_function_and_a_method_of_one_text_differ() -> None:
    function = definitions("if x:\n    def f(self): pass\n")[-1]
    method = definitions("class A:\n    def f(self): pass\n")[-1]
    assert function.digest != method.digest


@pytest.mark.parametrize("text", ["def f():\n", "class A:\nx = 1\n", "def f():\n    # nothing\n"])
def test_a_header_without_a_body_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstoodError):
        definitions(text)
