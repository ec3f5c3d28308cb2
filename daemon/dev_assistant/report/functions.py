"""The functions that need a person most: the most complex ones, then the longest."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dev_assistant.analysis.cognitive import COGNITIVE
from dev_assistant.analysis.structure.rules import LONG_FUNCTION
from dev_assistant.model import MEASURED, Measured, RelPath
from dev_assistant.report.leaders import RANKED
from dev_assistant.report.markdown import code, link, table
from dev_assistant.report.sections import back_to, more
from dev_assistant.report.views import ProjectView

_WHAT: Final = {COGNITIVE.id: "cognitive complexity", LONG_FUNCTION.id: "lines of code"}


class WorstFunction(NamedTuple):
    """A function over a limit."""

    project: ProjectView
    path: RelPath
    found: Measured


def worst_functions(projects: Iterable[ProjectView]) -> list[WorstFunction]:
    """The ten with the most cognitive complexity, and where there are fewer the longest ones after them."""
    large = ((project, each) for project in projects for each in project.leaders.functions)
    chosen = heapq.nsmallest(
        MEASURED, large, key=lambda found: (*found[1][:2], found[0].name, *found[1][2:4])
    )
    return [WorstFunction(project, each.path, each.found) for project, each in chosen]


def functions(projects: Sequence[ProjectView], base: str) -> list[str]:
    """The worst functions as Markdown, with the number of those that are not shown."""
    worst = worst_functions(projects)
    if not worst:
        return []
    header = ("Function", "Place", "Project", "Measured", "Value", "Limit")
    lines = table(header, (_row(each, base) for each in worst), left=4)
    return lines + more(sum(map(_over, projects)) - len(worst), "finding")


def _over(project: ProjectView) -> int:
    """How often a function is over a limit."""
    return sum(count.findings for rule, count in project.tally.rules.items() if rule.code in RANKED)


def _row(each: WorstFunction, base: str) -> list[str]:
    place, measure = f"{each.path}:{each.found.line}", each.found.measure
    return [
        code(measure.function),
        link(place, to=f"{back_to(base, each.project.root)}/{each.path}"),
        code(each.project.name),
        _WHAT[each.found.rule],
        f"{measure.value:,}",
        f"{measure.limit:,}",
    ]
