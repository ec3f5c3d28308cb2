"""What the files of a project have in common, kept up to date as they change: copies and import cycles.

It depends on the files alone: an index that has seen many changes says what a new one says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from dev_assistant.analysis.structure.cycles import Cycle, ImportGraph, cycle_findings
from dev_assistant.analysis.structure.duplicates import Bodies, Group, duplicate_findings
from dev_assistant.analysis.structure.facts import Import
from dev_assistant.analysis.structure.outline import Copy, Outline, unpack
from dev_assistant.model import Finding, RelPath, Severity

_MODULE = ".py"
_NOTHING = Outline()


@dataclass(frozen=True, slots=True)
class Relations:
    """``analysed`` files took part. ``findings`` are those of ``duplicates`` and ``cycles``, by path."""

    analysed: int = 0
    duplicates: tuple[Group, ...] = ()
    cycles: tuple[Cycle, ...] = ()
    findings: Mapping[RelPath, tuple[Finding, ...]] = field(default_factory=dict)


class Index:
    """The outlines of a project's files. Used by one thread at a time."""

    def __init__(self) -> None:
        self._outlines: dict[RelPath, bytes] = {}
        self._bodies = Bodies(self._copies)
        self._graph = ImportGraph(self._imports)
        self._relations: Relations | None = None

    def update(self, changes: Mapping[RelPath, bytes | None]) -> None:
        """Take in outlines, packed; an empty one is that of a file that was not analysed. None: gone."""
        for path, given in changes.items():
            is_module = path.endswith(_MODULE)
            before, outline = self._outlines.get(path), given if given or is_module else None
            if outline != before:
                self._relations = None
                self._replace_bodies(path, before, outline)
                if is_module:
                    self._graph.drop(path) if outline is None else self._graph.put(path)

    def relations(self) -> Relations:
        """As of the last update; the same object as before when nothing changed."""
        if self._relations is None:
            groups, cycles = self._bodies.groups(), self._graph.cycles()
            analysed = sum(map(bool, self._outlines.values()))
            self._relations = Relations(analysed, groups, cycles, _findings(groups, cycles))
        return self._relations

    def _replace_bodies(self, path: RelPath, before: bytes | None, outline: bytes | None) -> None:
        if before is not None:
            self._bodies.drop(path)
            del self._outlines[path]
        if outline is not None:
            self._outlines[path] = outline
            self._bodies.put(path)

    def _copies(self, path: RelPath) -> Sequence[Copy]:
        return (unpack(self._outlines[path]) or _NOTHING).copies

    def _imports(self, path: RelPath) -> Sequence[Import]:
        return (unpack(self._outlines[path]) or _NOTHING).imports


def _findings(groups: Sequence[Group], cycles: Sequence[Cycle]) -> dict[RelPath, tuple[Finding, ...]]:
    """All of them advice, as what deep analysis says of a file alone."""
    found: dict[RelPath, list[Finding]] = {}
    for path, finding in (*duplicate_findings(groups), *cycle_findings(cycles)):
        advice = msgspec.structs.replace(finding, severity=Severity.INFO)
        found.setdefault(path, []).append(advice)
    return {path: tuple(findings) for path, findings in found.items()}
