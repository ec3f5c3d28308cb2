"""Bases of classes, and imports of modules."""

import pytest

from dev_assistant.analysis.structure.definitions import split
from dev_assistant.analysis.structure.facts import ClassFacts, Import
from dev_assistant.analysis.structure.logical_lines import read
from dev_assistant.analysis.structure.scopes import class_facts, module_facts


def class_of(text: str) -> ClassFacts:
    source = read(text.encode())
    return class_facts(source, split(source)[-1])


def imports(text: str) -> list[tuple[str, tuple[str, ...], int, tuple[str, ...]]]:
    source = read(text.encode())
    found: tuple[Import, ...] = module_facts(source, split(source)[0]).imports
    return [(each.module, each.names, each.level, each.bound) for each in found]


def test_bases_metaclass_and_decorators() -> None:
    found = class_of("@attrs.define\nclass A(Base[int, str], pkg.Other, metaclass=abc.ABCMeta, x=1): pass\n")
    assert found == ClassFacts(("Base", "pkg.Other"), "abc.ABCMeta", ("define",))


def test_a_class_without_bases() -> None:
    assert class_of("class A:\n    x = (1)\n") == class_of("class A():\n    pass\n") == ClassFacts()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import a.b, c as d", [("a.b", (), 0, ("a",)), ("c", (), 0, ("d",))]),
        ("from a.b import c, d as e", [("a.b", ("c", "d"), 0, ("c", "e"))]),
        ("from a import (\n    b,  # why\n    c,\n)", [("a", ("b", "c"), 0, ("b", "c"))]),
        ("from . import a; from ..b.c import *", [("", ("a",), 1, ("a",)), ("b.c", ("*",), 2, ("*",))]),
        ("from a \\\n  import b", [("a", ("b",), 0, ("b",))]),
        (
            "try:\n    import a\nexcept ImportError:\n    import b",
            [("a", (), 0, ("a",)), ("b", (), 0, ("b",))],
        ),
        ("import_it = 1\nfrom_here()", []),
    ],
)
def test_imports(text: str, expected: list[object]) -> None:
    assert imports(f"{text}\n") == expected


def test_imports_for_types_and_in_functions_do_not_count() -> None:
    text = "if typing.TYPE_CHECKING:\n    import a\nelse:\n    import b\ndef f():\n    import c\nimport d\n"
    assert [module for module, *_ in imports(text)] == ["b", "d"]
