"""Cycles of imports, against a plain search for what reaches itself."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.structure.analyse import analyse
from dev_assistant.analysis.structure.cycles import Cycle, ImportGraph, cycle_findings, module_name
from dev_assistant.analysis.structure.facts import Import
from dev_assistant.model import RelPath


def import_cycles(imports: Mapping[RelPath, Sequence[Import]]) -> tuple[Cycle, ...]:
    graph = ImportGraph(imports.__getitem__)
    for path in imports:
        graph.put(path)
    return graph.cycles()


def cycles(**files: str) -> tuple[Cycle, ...]:
    """``pkg__a`` is pkg/a.py."""
    return import_cycles(
        {
            RelPath(name.replace("__", "/").replace("INIT", "__init__") + ".py"): analyse(
                text.encode(), {}
            ).outline.imports
            for name, text in files.items()
        }
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.py", "a"),
        ("a/b.py", "a.b"),
        ("a/__init__.py", "a"),
        ("src/a/b.py", "a.b"),
        ("srca/b.py", "srca.b"),
        ("../lib/a.py", "...lib.a"),
    ],
)
def test_module_names(path: str, name: str) -> None:
    assert module_name(RelPath(path)) == name


def test_a_cycle_with_its_shortest_way() -> None:
    (found,) = cycles(
        p__a="import os\nimport p.b", p__b="from p import c, d", p__c="from .a import x", p__d="import p.b"
    )
    assert found.modules == ("p.a", "p.b", "p.c", "p.d")
    assert found.path == ("p.a", "p.b", "p.c")
    assert found.files == ("p/a.py", "p/b.py", "p/c.py")
    assert found.lines == (2, 1, 1)


def test_a_cycle_is_told_once() -> None:
    found = cycles(p__a="from . import b", p__b="from . import a")
    ((path, finding),) = cycle_findings(found)
    assert (path, finding.line, finding.message) == ("p/a.py", 1, "import cycle: p.a -> p.b -> p.a")


def test_a_long_way_is_cut() -> None:
    names = "abcdef"
    files = {name: f"import {after}" for name, after in zip(names, names[1:] + "a", strict=True)}
    ((_, finding),) = cycle_findings(cycles(**files))
    assert finding.message == "import cycle: a -> b -> c -> d -> (2 more) -> a"


@pytest.mark.parametrize(
    "files",
    [
        {"p__INIT": "from . import a", "p__a": "from p import b", "p__b": ""},
        {"a": "import b", "b": "def f():\n    import a"},
        {"a": "import b", "b": "if TYPE_CHECKING:\n    import a"},
        {"a": "import a"},
        {"p__a": "from ....x import y", "p__b": "from . import a"},
    ],
)
def test_what_is_no_cycle(files: dict[str, str]) -> None:
    assert cycles(**files) == ()


def test_a_package_that_is_imported_for_its_own_names_counts() -> None:
    (found,) = cycles(p__INIT="from .a import f\nx = 1", p__a="from p import x")
    assert found.modules == ("p", "p.a")


def test_a_long_chain_needs_no_stack() -> None:
    count = 5_000
    files = {
        RelPath(f"m{number}.py"): (Import(f"m{(number + 1) % count}", (), 0, (), 1),)
        for number in range(count)
    }
    (found,) = import_cycles(files)
    assert len(found.path) == count


@given(st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef")), min_size=1))
@settings(max_examples=40)
def test_components_are_what_reaches_itself(graph: dict[str, set[str]]) -> None:
    graph = {
        name: {target for target in targets if target in graph} - {name} for name, targets in graph.items()
    }
    files = {
        RelPath(f"{name}.py"): [Import(target, (), 0, (target,), 1) for target in sorted(targets)]
        for name, targets in graph.items()
    }
    reach = {name: set(targets) for name, targets in graph.items()}
    for _ in graph:
        reach = {name: targets.union(*(reach[each] for each in targets)) for name, targets in reach.items()}
    expected = {
        tuple(sorted({name} | {each for each in reach[name] if name in reach[each]}))
        for name in graph
        if name in reach[name]
    }
    found = import_cycles(files)
    assert {each.modules for each in found} == expected
    for each in found:
        assert all(
            there in graph[here]
            for here, there in zip(each.path, [*each.path[1:], each.path[0]], strict=True)
        )
