"""Why a score is what it is: what each category of findings takes from the ten points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dev_assistant.model import WEIGHTS, Category, Counts
from dev_assistant.report.markdown import NOTHING, table
from dev_assistant.report.tally import Tally


def reasons(counts: Counts, costs: Sequence[float]) -> list[str]:
    """``4 security findings: -4.0`` for each category that takes something from a score.

    ``costs`` are in the order of ``Category``: a file's own, or the mean of many.
    """
    return [
        f"{number:,} {category.value} finding{'s' * (number > 1)}: {_taken(cost)}"
        for category, number, cost in zip(Category, counts.each, costs, strict=True)
        if cost
    ]


def rating(tally: Tally) -> list[str]:
    """A table: by category the findings, what they cost, and what that takes from the mean of all files."""
    return table(("Category", "Findings", "Each", "At most", "Takes"), _rows(tally), left=1)


def _rows(tally: Tally) -> Iterator[list[str]]:
    for category, number, cost in zip(Category, tally.counts.each, tally.mean_costs, strict=True):
        weight = WEIGHTS[category]
        mean = f"-{cost:.2f}" if cost else NOTHING
        yield [category.value, f"{number:,}", f"-{weight.each:.1f}", f"-{weight.most:.1f}", mean]


def _taken(cost: float) -> str:
    """With a second decimal where there is one."""
    return f"-{cost:.2f}".removesuffix("0")
