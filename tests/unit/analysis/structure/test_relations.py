"""What files have in common: after any changes the same as from scratch, and only what they decide."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.facts import Body, Import
from dev_assistant.analysis.structure.outline import Copy, Outline, pack
from dev_assistant.analysis.structure.relations import Index, Relations
from dev_assistant.model import RelPath, Severity

PATHS = [RelPath(path) for path in ("p/__init__.py", "p/a.py", "src/p/a.py", "c.py", "d.pyw", "e.js")]


def outline(*imports: str, line: int = 1, bodies: tuple[bytes, ...] = ()) -> bytes:
    """``p:a`` is ``from p import a``."""
    copies = (Copy("f", Span(line, 1, line, 2), Body(digest, 10)) for digest in bodies)
    split = (each.partition(":") for each in imports)
    told = (Import(module, (name,) if name else (), 0, (), line) for module, _, name in split)
    return pack(Outline(tuple(copies), tuple(told)))


ONE, TWO = b"1" * 8, b"2" * 8
OUTLINES = [
    None,
    b"",
    outline("c"),
    outline("c", line=2, bodies=(ONE,)),
    outline("p", bodies=(TWO,)),
    outline("p:a", bodies=(ONE, TWO)),
    outline("p.a", bodies=(ONE, ONE)),
    outline("p:a", "c", "os"),
]
CHANGES = st.lists(
    st.dictionaries(st.sampled_from(PATHS), st.sampled_from(OUTLINES), min_size=1, max_size=4), max_size=6
)


def relations(outlines: dict[RelPath, bytes | None]) -> Relations:
    index = Index()
    index.update(outlines)
    return index.relations()


@given(CHANGES)
@settings(max_examples=100)
def test_after_any_changes_it_is_as_from_scratch(changes: list[dict[RelPath, bytes | None]]) -> None:
    index, outlines = Index(), dict[RelPath, bytes | None]()
    for change in changes:
        index.update(change)
        outlines |= change
        assert index.relations() == relations(outlines)


FIRST, SECOND = outline("b", bodies=(ONE,)), outline("a", line=3, bodies=(ONE,))
A, B, PAGE = RelPath("a.py"), RelPath("b.py"), RelPath("page.html")


def test_findings_are_advice_at_their_places() -> None:
    found = relations({A: FIRST, B: SECOND, PAGE: b""})
    assert found.analysed == 2
    assert {path: [(each.rule, each.line) for each in told] for path, told in found.findings.items()} == {
        A: [("DA109", 1), ("DA110", 1)],
        B: [("DA109", 3)],
    }
    assert {each.severity for told in found.findings.values() for each in told} == {Severity.INFO}


def test_a_module_that_was_not_analysed_is_still_there_to_be_imported() -> None:
    within = outline("p:a")
    package = outline("c")
    paths = RelPath("c.py"), RelPath("p/__init__.py"), RelPath("p/a.py")
    assert relations(dict(zip(paths, (within, package, b""), strict=True))).cycles == ()
    assert len(relations(dict(zip(paths[:2], (within, package), strict=True))).cycles) == 1


def test_without_a_change_it_is_the_same_object() -> None:
    index = Index()
    index.update({A: FIRST, B: SECOND})
    first = index.relations()
    index.update({A: FIRST, PAGE: b""})
    assert index.relations() is first


def test_of_a_changed_line_only_the_place_is_another() -> None:
    index = Index()
    index.update({A: FIRST, B: SECOND})
    index.relations()
    index.update({B: outline("a", line=9)})
    (cycle,) = index.relations().cycles
    assert cycle.lines == (1, 9)
    assert index.relations().duplicates == ()
