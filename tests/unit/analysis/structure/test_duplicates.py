"""Groups of equal bodies, whatever the order of files."""

from collections.abc import Mapping, Sequence

from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.duplicates import Bodies, Group, duplicate_findings
from dev_assistant.analysis.structure.outline import Copy
from dev_assistant.analysis.structure.rules import DUPLICATE_BODY
from dev_assistant.model import RelPath

ONE, TWO, THREE = RelPath("a.py"), RelPath("b.py"), RelPath("c\x1b.py")


def copies(text: str) -> tuple[Copy, ...]:
    return analyse(text.encode(), {}).outline.copies


def duplicates(copies: Mapping[RelPath, Sequence[Copy]]) -> tuple[Group, ...]:
    bodies = Bodies(copies.__getitem__)
    for path in copies:
        bodies.put(path)
    return bodies.groups()


LONG = "".join(f"    x.do_{step}(y)\n" for step in range(12))
FIRST = copies(f"def f(x, y):\n{LONG}")
SECOND = copies(
    f'class A:\n    def g(z, w):\n        """Do."""\n{LONG.replace("    x", "        z").replace("y", "w")}'
)
OTHER = copies(f"def f(x, y):\n{LONG}    return x\n")


def test_equal_bodies_are_a_group() -> None:
    ((first, second),) = duplicates({TWO: SECOND, ONE: FIRST, THREE: OTHER})
    assert (first.path, first.copy.name, second.path, second.copy.name) == (ONE, "f", TWO, "A.g")


def test_the_order_of_files_does_not_matter() -> None:
    assert duplicates({TWO: SECOND, ONE: FIRST}) == duplicates({ONE: FIRST, TWO: SECOND})


def test_each_place_is_told_with_another() -> None:
    groups = duplicates({ONE: FIRST, TWO: SECOND, THREE: FIRST})
    found = list(duplicate_findings(groups))
    assert [(path, each.rule, each.line) for path, each in found] == [
        (ONE, DUPLICATE_BODY.id, 1),
        (TWO, DUPLICATE_BODY.id, 2),
        (THREE, DUPLICATE_BODY.id, 1),
    ]
    assert found[0][1].message == "f has the same 12 statements as A.g (b.py:2) and 1 more"
    assert found[1][1].message == "A.g has the same 12 statements as f (a.py:1) and 1 more"


def test_a_path_cannot_move_the_cursor() -> None:
    ((_, finding), _) = duplicate_findings(duplicates({ONE: FIRST, THREE: FIRST}))
    assert "c\\x1b.py" in finding.message


def test_nothing_twice_is_nothing() -> None:
    assert duplicates({ONE: FIRST, TWO: OTHER, THREE: ()}) == ()
