"""Import cycles between the modules of a project, each with a shortest way round."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.facts import Import
from dev_assistant.analysis.structure.rules import IMPORT_CYCLE
from dev_assistant.escape import visible
from dev_assistant.model import Finding, RelPath

ROOTS = ("src/", "")
"""Directories whose entries are imported by their own name, those that count first."""
_NAMED = 4
_LONGEST_MODULE = 40

_Graph = Mapping[str, Mapping[str, int]]


class Cycle(NamedTuple):
    """``modules`` import one another; ``path`` is a shortest way from the first of them back to itself.

    ``lines`` are those of the imports along the path, each in the file of the module that imports.
    """

    modules: tuple[str, ...]
    path: tuple[str, ...]
    files: tuple[RelPath, ...]
    lines: tuple[int, ...]


def module_name(path: RelPath, roots: Sequence[str] = ROOTS) -> str:
    """``pkg.mod`` for ``src/pkg/mod.py``, ``pkg`` for ``pkg/__init__.py``."""
    root = next((root for root in roots if path.startswith(root)), "")
    name = path.removeprefix(root).removesuffix(".py").replace("/", ".")
    return name.removesuffix(".__init__")


class ImportGraph:
    """Which modules of a project import which. ``imports`` tells those of a file that was put.

    A change of a file costs its own imports, and the search for cycles if they lead elsewhere; a file that
    comes or goes costs everybody's imports, for each may have meant it.
    """

    def __init__(self, imports: Callable[[RelPath], Sequence[Import]], roots: Sequence[str] = ROOTS) -> None:
        self._imports = imports
        self._roots = roots
        self._names: dict[RelPath, str] = {}
        self._files: dict[str, RelPath] = {}
        self._graph: dict[str, dict[str, int]] = {}
        self._changed: set[RelPath] = set()
        self._resettled = False
        self._cycles: tuple[Cycle, ...] = ()

    def put(self, path: RelPath) -> None:
        """A file is there, or imports something else than before."""
        if path not in self._names:
            self._resettled = True
            self._names[path] = module_name(path, self._roots)
        self._changed.add(path)

    def drop(self, path: RelPath) -> None:
        """A file that was put is gone."""
        self._resettled = True
        del self._names[path]

    def cycles(self) -> tuple[Cycle, ...]:
        """One for each strongly connected component, sorted.

        A package counts only where itself is imported, not where a module in it is.
        """
        if self._resettled:
            self._files = {self._names[path]: path for path in sorted(self._names)}
            self._graph = {}
            self._changed = set(self._files.values())
        if self._follow():
            self._cycles = tuple(
                sorted(
                    _cycle(sorted(component), self._graph, self._files)
                    for component in _components(self._graph)
                    if len(component) > 1
                )
            )
        self._resettled = False
        return self._cycles

    def _follow(self) -> bool:
        """Take in what changed; whether any import leads elsewhere, or from another line."""
        different = self._resettled
        changed, self._changed = self._changed, set()
        for path in sorted(changed & self._names.keys()):
            name = self._names[path]
            if self._files.get(name) == path:
                targets = _targets(name, path, self._imports(path), self._files)
                different |= self._graph.get(name) != targets
                self._graph[name] = targets
        return different


def cycle_findings(cycles: Sequence[Cycle]) -> Iterator[tuple[RelPath, Finding]]:
    """One for each cycle, at the first import of its path."""
    for cycle in cycles:
        shown = [visible(name)[-_LONGEST_MODULE:] for name in cycle.path[:_NAMED]]
        if len(cycle.path) > _NAMED:
            shown.append(f"({len(cycle.path) - _NAMED} more)")
        shown.append(shown[0])
        size = f" (of {len(cycle.modules)} modules)" if len(cycle.modules) > len(cycle.path) else ""
        place = Span(cycle.lines[0], 1, cycle.lines[0], 1)
        yield cycle.files[0], IMPORT_CYCLE.at(place, f"import cycle{size}: {' -> '.join(shown)}")


def _targets(name: str, path: RelPath, imports: Iterable[Import], known: Collection[str]) -> dict[str, int]:
    """The modules of the project that are imported, with the line of the first import of each."""
    package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
    found: dict[str, int] = {}
    for each in imports:
        base = _absolute(each, package)
        if base is None:
            continue
        whole = [f"{base}.{part}" if base else part for part in each.names]
        submodules = [target for target in whole if target in known]
        for target in submodules if submodules and len(submodules) == len(whole) else [*submodules, base]:
            if target in known and target != name:
                found.setdefault(target, each.line)
    return found


def _absolute(each: Import, package: str) -> str | None:
    """The dotted name that is meant; None when the dots lead out of all packages."""
    if not each.level:
        return each.module
    parts = package.split(".") if package else []
    if each.level - 1 > len(parts):
        return None
    kept = parts[: len(parts) - each.level + 1]
    return ".".join([*kept, each.module] if each.module else kept)


def _components(graph: _Graph) -> list[list[str]]:
    search = _Search(graph)
    for name, targets in graph.items():
        if targets:  # else it is a component of its own
            search.visit(name)
    return search.components


class _Search:
    """Strongly connected components, without recursion.

    Tarjan, "Depth-First Search and Linear Graph Algorithms", SIAM J. Comput. 1 (1972), 146-160.
    """

    def __init__(self, graph: _Graph) -> None:
        self._graph = graph
        self._low: dict[str, int] = {}  # the order of a module's visit, or of an earlier one that it leads to
        self._order: dict[str, int] = {}
        self._stack: list[str] = []
        self._open: set[str] = set()
        self.components: list[list[str]] = []

    def visit(self, start: str) -> None:
        """All that can be reached from here and was not visited yet."""
        if start in self._order:
            return
        way = [self._enter(start)]
        while way:
            name, targets = way[-1]
            target = next(targets, None)
            if target is None:
                way.pop()
                self._leave(name, way[-1][0] if way else name)
            elif target not in self._order:
                way.append(self._enter(target))
            elif target in self._open:
                self._low[name] = min(self._low[name], self._order[target])

    def _enter(self, name: str) -> tuple[str, Iterator[str]]:
        self._order[name] = self._low[name] = len(self._order)
        self._stack.append(name)
        self._open.add(name)
        return name, iter(self._graph[name])

    def _leave(self, name: str, above: str) -> None:
        self._low[above] = min(self._low[above], self._low[name])
        if self._low[name] < self._order[name]:
            return
        component: list[str] = []
        while not component or component[-1] != name:
            component.append(self._stack.pop())
        self._open.difference_update(component)
        self.components.append(component)


def _cycle(component: list[str], graph: _Graph, files: Mapping[str, RelPath]) -> Cycle:
    path = _shortest(component, graph)
    lines = tuple(graph[here][there] for here, there in zip(path, [*path[1:], path[0]], strict=True))
    return Cycle(tuple(component), path, tuple(files[name] for name in path), lines)


def _shortest(component: list[str], graph: _Graph) -> tuple[str, ...]:
    """Breadth first from the component's first module until an import leads back to it."""
    start, inside = component[0], set(component)
    came_from = {start: ""}
    waiting = deque([start])
    while start not in graph[node := waiting.popleft()]:
        for target in sorted(graph[node]):
            if target in inside and target not in came_from:
                came_from[target] = node
                waiting.append(target)
    path = [node]
    while came_from[path[-1]]:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))
