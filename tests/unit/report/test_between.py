"""The section on what files have in common: the biggest first, cut, and silent where nobody looked."""

from __future__ import annotations

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.facts import Body, Import
from dev_assistant.analysis.structure.outline import Copy, Outline, pack
from dev_assistant.analysis.structure.relations import Index, Relations
from dev_assistant.model import RelPath
from dev_assistant.report.between import between


def relations(**files: Outline) -> Relations:
    index = Index()
    index.update({RelPath(f"{name}.py"): pack(outline) for name, outline in files.items()})
    return index.relations()


def copy(number: int, statements: int, *, line: int = 1) -> Copy:
    return Copy(f"f{number}", Span(line, 5, line, 6), Body(b"%8d" % number, statements))


def imports(*names: str) -> tuple[Import, ...]:
    return tuple(Import(name, (), 0, (), 3) for name in names)


def section(project, found: Relations) -> list[str]:
    return between(project("p", relations=lambda: found))


def test_nothing_is_said_where_nobody_looked(project):
    assert section(project, Relations()) == []


def test_how_far_it_looked_stands_above(project):
    (line,) = section(project, relations(a=Outline(), b=Outline()))
    assert line.startswith("0 groups of copies and 0 import cycles among 2 analysed files;")


def test_the_biggest_come_first_with_their_places(project):
    small, big = copy(1, 29), copy(2, 20, line=7)
    found = relations(
        a=Outline((small, big), imports("b")), b=Outline((small, big), imports("a")), c=Outline((big,))
    )
    lines = section(project, found)
    assert lines[4:6] == [
        "| `f2` | [`a.py`](../../a.py):7 | [`b.py`](../../b.py):7 | 20 | 3 |",
        "| `f1` | [`a.py`](../../a.py):1 | [`b.py`](../../b.py):1 | 29 | 2 |",
    ]
    assert lines[-1] == "| `a` → `b` → `a` | [`a.py`](../../a.py):3 | 2 |"


def test_equal_ranks_go_by_place_and_many_are_cut(project):
    copies = tuple(copy(number, 10, line=number) for number in range(1, 13))
    lines = section(project, relations(a=Outline(copies), b=Outline(copies)))
    assert [line.split("`")[1] for line in lines[4:14]] == [f"f{number}" for number in range(1, 11)]
    assert lines[-1] == "… and 2 more groups"


def test_a_long_way_round_is_cut(project):
    ring = "abcdef"
    files = {name: Outline((), imports(after)) for name, after in zip(ring, ring[1:] + ring[0], strict=True)}
    assert "| `a` → `b` → `c` → `d` → (2 more) → `a` |" in section(project, relations(**files))[-1]
