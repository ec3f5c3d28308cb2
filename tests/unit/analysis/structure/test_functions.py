"""What a function gives beside its shape."""

import pytest

from dev_assistant.analysis.structure.definitions import split
from dev_assistant.analysis.structure.facts import FunctionFacts, Hollow
from dev_assistant.analysis.structure.functions import function_facts
from dev_assistant.analysis.structure.logical_lines import read


def facts(text: str) -> FunctionFacts:
    source = read(text.encode())
    return function_facts(source, split(source)[-1])


def method(body: str, header: str = "def __init__(self, given):") -> FunctionFacts:
    return facts(f"class A:\n    {header}\n        {body}\n")


def test_members_that_are_used() -> None:
    body = "self.a = self.b(x.self.c, myself.d, 'self.e', f'{self.g}')  # self.f"
    assert method(body).uses == ("a", "b", "g")


def test_the_object_may_have_another_name() -> None:
    assert method("this.a = self.b", header="def f(this):").uses == ("a",)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("self.db = Database()", "Database"),
        ("self.db: Base = shop.Database(1)", "shop.Database"),
        ("self._a = Very.Nested.Thing(given)", "Very.Nested.Thing"),
    ],
)
def test_collaborators_that_are_built(statement: str, name: str) -> None:
    ((found),) = method(statement).constructs
    assert found.name == name
    assert (found.span.line, found.span.column) == (2, 9)


@pytest.mark.parametrize(
    "statement",
    [
        "self.db = given or Database()",
        "self.db = given",
        "db = Database()",
        "self.db = database()",
        "self.db = [Database()]",
        "self.db = DATABASE",
    ],
)
def test_what_is_not_built_and_kept(statement: str) -> None:
    assert method(statement).constructs == ()


def test_a_class_that_is_a_parameter_is_not_concrete() -> None:
    assert method("self.db = Database()", header="def __init__(self, Database=Default):").constructs == ()


def test_only_the_initializer_builds() -> None:
    assert method("self.db = Database()", header="def open(self):").constructs == ()


@pytest.mark.parametrize(
    ("text", "hollow"),
    [
        ("def f(): pass", Hollow.EMPTY),
        ("def f() -> None: ...", Hollow.EMPTY),
        ("def f():\n    pass", Hollow.EMPTY),
        ("def f():\n    ...", Hollow.EMPTY),
        ("def f():\n    pass  # nothing to close", Hollow.NO),
        ("def f():\n    # nothing to close\n    pass", Hollow.NO),
        ('def f():\n    """Nothing."""\n    pass', Hollow.NO),
        ("def f():\n    return 1", Hollow.NO),
        ("def f():\n    passed", Hollow.NO),
        ("def f():\n    pass\n    pass", Hollow.NO),
        ('def f():\n    """Nothing."""', Hollow.NO),
        ("def f():\n    raise NotImplementedError", Hollow.RAISES),
        ('def f():\n    """Says what."""\n    raise NotImplementedError("later")', Hollow.RAISES),
        ('def f():\n    raise NotImplementedError("subclasses must write it")', Hollow.NO),
        ("def f():\n    raise ValueError", Hollow.NO),
    ],
)
def test_bodies_that_are_missing(text: str, hollow: Hollow) -> None:
    assert facts(f"{text}\n").hollow is hollow


def test_decorators_by_their_last_names() -> None:
    assert facts("@abc.abstractmethod\n@wraps(f)\n@ x . y\ndef f(): pass\n").decorators == (
        "abstractmethod",
        "wraps",
        "y",
    )
