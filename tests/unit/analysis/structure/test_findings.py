"""What is told of functions that are missing, and how much is told at all."""

import pytest

from dev_assistant.analysis.capping import MOST
from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.rules import EMPTY_BODY, NOT_IMPLEMENTED

RAISES = "    def f(self):\n        raise NotImplementedError\n"
EMPTY = "    def f(self):\n        pass\n"


def told(text: str) -> list[tuple[str, int]]:
    return [(each.rule, each.line) for each in analyse(text.encode(), {}).findings]


@pytest.mark.parametrize("header", ["class A:", "class A(Other):"])
def test_a_promise_without_a_body(header: str) -> None:
    assert told(f"{header}\n{RAISES}") == [(NOT_IMPLEMENTED.id, 2)]


@pytest.mark.parametrize(
    "text",
    [
        f"class A(ABC):\n{RAISES}",
        f"class A(metaclass=abc.ABCMeta):\n{RAISES}",
        f"class A(Protocol[T]):\n{RAISES}",
        f"class BaseA:\n{RAISES}",
        f"class A:\n    @abstractmethod\n{RAISES}",
        f"class A:\n{RAISES}class B(A):\n    def f(self):\n        return 1\n",
        "@XFAIL\ndef test_f():\n    raise NotImplementedError\n",
    ],
)
def test_what_others_have_to_fill_in(text: str) -> None:
    assert told(text) == []


def test_an_empty_body() -> None:
    assert told(f"class A:\n{EMPTY}") == [(EMPTY_BODY.id, 2)]


@pytest.mark.parametrize(
    "text",
    [
        f"class A(Other):\n{EMPTY}",
        f"class A(Protocol):\n{EMPTY}",
        f"class AMixin:\n{EMPTY}",
        f"class A:\n    @overload\n{EMPTY}",
        f"class A:\n{EMPTY.replace('f(', '__exit__(')}",
        f"class A:\n{EMPTY}class B(A):\n    def f(self):\n        return 1\n",
    ],
)
def test_what_does_nothing_on_purpose(text: str) -> None:
    assert told(text) == []


def test_findings_are_in_the_order_of_their_places() -> None:
    found = told(f"def z(): ...\nclass A:\n{RAISES}{EMPTY.replace('f(', 'g(')}def a(): ...\n")
    assert [line for _, line in found] == [1, 3, 5, 7]


def test_many_findings_of_a_rule_are_cut_and_the_cut_is_told() -> None:
    found = analyse(b"def f(): ...\n" * (MOST + 7), {}).findings
    assert len(found) == MOST
    assert found[-1].message.endswith("(and 7 more of this rule)")
    assert "more" not in found[-2].message
