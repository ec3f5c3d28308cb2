"""What the rules of classes mean, and what they leave alone."""

import pytest

from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.classes import Class, parts, public_methods
from dev_assistant.analysis.structure.facts import ClassFacts, FunctionFacts, Hollow
from dev_assistant.analysis.structure.rules import CONCRETE_DEPENDENCY

X, Y = FunctionFacts(uses=("x",)), FunctionFacts(uses=("y",))
TWO = {"a": X, "b": X, "c": Y, "d": Y}


def test_two_parts() -> None:
    assert parts(Class("A", ClassFacts(), TWO)) == [("a", "b"), ("c", "d")]
    assert parts(Class("A", ClassFacts(("object", "Generic")), TWO))


@pytest.mark.parametrize(
    "own",
    [ClassFacts(("Other",)), ClassFacts((), "Meta"), ClassFacts(("ABC",)), ClassFacts(("typing.Protocol",))],
)
def test_what_is_inherited_may_connect(own: ClassFacts) -> None:
    assert parts(Class("A", own, TWO)) == []


@pytest.mark.parametrize("name", ["BaseA", "AMixin"])
def test_mixins_and_base_classes_are_connected_elsewhere(name: str) -> None:
    assert parts(Class(name, ClassFacts(), TWO)) == []


def test_a_method_that_uses_both_connects() -> None:
    both = FunctionFacts(uses=("x", "y"))
    assert parts(Class("A", ClassFacts(), TWO | {"e": both})) == []
    assert parts(Class("A", ClassFacts(), TWO | {"__init__": both}))
    for decorator in ("staticmethod", "classmethod", "abstractmethod"):
        unbound = FunctionFacts(uses=("x", "y"), decorators=(decorator,))
        assert parts(Class("A", ClassFacts(), TWO | {"e": unbound}))


def test_parts_of_one_method_or_of_properties_do_not_count() -> None:
    assert parts(Class("A", ClassFacts(), {"a": X, "b": X, "c": Y})) == []
    shown = FunctionFacts(uses=("y",), decorators=("property",))
    assert parts(Class("A", ClassFacts(), {"a": X, "b": X, "c": shown, "d": shown})) == []
    empty = FunctionFacts(uses=("y",), hollow=Hollow.EMPTY)
    assert parts(Class("A", ClassFacts(), {"a": X, "b": X, "c": empty, "d": Y})) == []


def test_public_methods_are_not_tests_nor_private() -> None:
    assert public_methods(Class("A", ClassFacts(), {"run": X, "_go": X, "__len__": X, "test_a": X})) == 1


def built(text: str) -> list[str]:
    findings = analyse(text.encode(), {}).findings
    return [each.message for each in findings if each.rule == CONCRETE_DEPENDENCY.id]


def service(name: str, before: str = "") -> str:
    return f"{before}\nclass Service:\n    def __init__(self):\n        self.part = {name}(1)\n"


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("Database", ""),
        ("Database", "from shop import Database"),
        ("shop.Database", "import shop"),
        ("Database", "from .threading import Database"),
        ("Database", "class Database: pass"),
    ],
)
def test_a_collaborator_of_its_own(name: str, before: str) -> None:
    assert built(service(name, before)) == [f"Service builds its own {name} and cannot be given another"]


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("Lock", "from threading import Lock"),
        ("threading.Lock", "import threading"),
        ("Counter", "from collections import Counter as Counter, deque"),
        ("ShopError", "from shop import ShopError"),
        ("Point", "@dataclass(frozen=True)\nclass Point:\n    x: int\n"),
        ("Point", "class Point(NamedTuple):\n    x: int\n"),
        ("self.Part", ""),
    ],
)
def test_values_and_the_standard_library_may_be_built(name: str, before: str) -> None:
    assert built(service(name, before)) == []
