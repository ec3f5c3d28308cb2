"""Bodies are equal when they differ in names and literals alone."""

import pytest

from dev_assistant.analysis.structure.bodies import body
from dev_assistant.analysis.structure.logical_lines import read
from dev_assistant.analysis.structure.rules import MIN_STATEMENTS

TEXT = """\
total = 0
for order in orders:
    if order.void is None:
        continue
    total += order.price * 3
    log.add("sold", order)
if not total:
    raise Empty(total)
limit = 1.5
mean = total / 2
return mean
"""


def digest(text: str) -> str:
    found = body(read(text.encode()).lines)
    assert found
    return found.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order", "sale"),
        ("total", "_sum"),
        ('"sold"', "'bought'"),
        ("1.5", "2.75"),
        ("* 3", "* 0x10"),
        ("mean = ", "mean  =  "),
        ("limit = 1.5", "limit = 1.5  # why\n"),
        ("return mean", "return(mean)\n".replace("(mean)", " mean")),
    ],
)
def test_names_literals_and_layout_do_not_matter(old: str, new: str) -> None:
    assert digest(TEXT.replace(old, new)) == digest(TEXT)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("order.price", "order.cost"),
        ("Empty", "Full"),
        ("log.add(", "log.put("),
        ("+=", "-="),
        ("continue", "break"),
        ("    total += order.price * 3", "total += order.price * 3"),
        ("return mean", "return total"),
        ("void is None", "void is True"),
    ],
)
def test_all_else_matters(old: str, new: str) -> None:
    text = TEXT.replace(old, new)
    if old.startswith("    "):
        text = text.replace('    log.add("sold", order)', 'log.add("sold", order)')
    assert digest(text) != digest(TEXT)


def test_an_indented_body_is_the_same() -> None:
    indented = "if x:\n" + "".join(f"    {line}\n" for line in TEXT.splitlines())
    found = body(read(indented.encode()).lines[1:])
    assert found == body(read(TEXT.encode()).lines)


def test_short_bodies_are_not_compared() -> None:
    assert body(read(b"x()\n" * (MIN_STATEMENTS - 1)).lines) is None
    assert body(read(b"x()\n" * MIN_STATEMENTS).lines)
