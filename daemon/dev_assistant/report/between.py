"""What the files of a project have in common, as a section of its page: copies and import cycles.

Where deep analysis did not look nothing is said, and how far it looked stands above what it found.
"""

from __future__ import annotations

import heapq

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.cycles import Cycle
from dev_assistant.analysis.structure.duplicates import Group
from dev_assistant.report.markdown import code, link, plural, table
from dev_assistant.report.sections import back_to, more
from dev_assistant.report.views import ProjectView

_SHOWN = 10
_NAMED = 4  # modules of a cycle


def between(project: ProjectView) -> list[str]:
    """How many there are, then the biggest of each kind; nothing when no file was analysed."""
    relations = project.relations()
    if not relations.analysed:
        return []
    copies = plural(len(relations.duplicates), "group of copies", "groups of copies")
    cycles = plural(len(relations.cycles), "import cycle")
    files = plural(relations.analysed, "analysed file")
    summary = f"{copies} and {cycles} among {files}; advice that is in no score."
    up = back_to(project.root, project.root)
    return [summary, *_duplicates(relations.duplicates, up), *_cycles(relations.cycles, up)]


def _duplicates(groups: tuple[Group, ...], up: str) -> list[str]:
    if not groups:
        return []
    worst = heapq.nsmallest(_SHOWN, groups, key=_rank)
    header = ("Copies", "First", "Second", "Statements", "Places")
    rows = [
        [code(group[0].copy.name), *(_place(group, at, up) for at in (0, 1)), *_figures(group)]
        for group in worst
    ]
    return ["", *table(header, rows, left=3), *more(len(groups) - _SHOWN, "group")]


def _rank(group: Group) -> tuple[int, str, Span]:
    """By how many statements all of its places have together."""
    path, copy = group[0]
    return -copy.body.statements * len(group), path, copy.span


def _place(group: Group, at: int, up: str) -> str:
    path, copy = group[at]
    return f"{link(path, to=f'{up}/{path}')}:{copy.span.line}"


def _figures(group: Group) -> tuple[str, str]:
    return f"{group[0].copy.body.statements:,}", f"{len(group):,}"


def _cycles(cycles: tuple[Cycle, ...], up: str) -> list[str]:
    if not cycles:
        return []
    worst = heapq.nsmallest(_SHOWN, cycles, key=lambda cycle: (-len(cycle.modules), cycle))
    rows = [
        [
            _way(cycle),
            f"{link(cycle.files[0], to=f'{up}/{cycle.files[0]}')}:{cycle.lines[0]}",
            f"{len(cycle.modules):,}",
        ]
        for cycle in worst
    ]
    header = ("Import cycle", "Begins", "Modules")
    return ["", *table(header, rows, left=2), *more(len(cycles) - _SHOWN, "cycle")]


def _way(cycle: Cycle) -> str:
    """A shortest way round, back to its first module."""
    named = [code(name) for name in cycle.path[:_NAMED]]
    hidden = len(cycle.path) - _NAMED
    return " → ".join([*named, *([f"({hidden} more)"] if hidden > 0 else []), named[0]])
