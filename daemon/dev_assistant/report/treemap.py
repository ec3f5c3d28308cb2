"""The worst files as an SVG of areas: as large as they have findings, as dark as they score low."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from dev_assistant.report.markdown import plural
from dev_assistant.report.markup import Markup, element, joined, picture
from dev_assistant.report.squares import Box, squares
from dev_assistant.report.stats import ProblemRow

_HEADER = 22.0
_GAP = 2.0
_LETTER, _LINE, _PAD = 7.5, 16.0, 7.0
"""A letter's width, a line's height and the space around them, in the units of the page's small text."""

STEPS = ("below 2", "2 to 4", "4 to 6", "6 to 8", "8 and more")
"""What the shades stand for, the darkest first."""


class Plot(NamedTuple):
    """A file of a project."""

    project: str
    file: ProblemRow


def treemap(plots: Sequence[Plot], *, key: str, title: str, width: float, height: float) -> Markup:
    """The files by project, the project with the most findings first; each project says its name."""
    groups = [list(group) for _, group in groupby(sorted(plots, key=_by_project), key=_by_project)]
    groups.sort(key=lambda group: (-_weight(group), group[0].project))
    shown = [
        _group(group, box)
        for group, box in zip(
            groups, squares(list(map(_weight, groups)), Box(0, 0, width, height)), strict=True
        )
    ]
    return picture(
        *shown, key=key, title=title, description=_told(plots), width=width, height=height, class_="chart map"
    )


def _by_project(plot: Plot) -> str:
    return plot.project


def _weight(group: Sequence[Plot]) -> int:
    return sum(plot.file.findings for plot in group)


def _told(plots: Sequence[Plot]) -> str:
    worst = min(plots, key=lambda plot: (plot.file.score, -plot.file.findings))
    return (
        f"{plural(len(plots), 'file')} with {plural(_weight(plots), 'finding')}; "
        f"{worst.file.path} of {worst.project} has the lowest score, {worst.file.score:.2f}."
    )


def _group(group: Sequence[Plot], box: Box) -> Markup:
    fits = box.height > 2 * _HEADER and box.width > _HEADER
    above = _HEADER if fits else 0.0
    ordered = sorted(group, key=lambda plot: (-plot.file.findings, plot.file.path))
    inner = Box(box.x, box.y + above, box.width, box.height - above)
    cells = squares([plot.file.findings for plot in ordered], inner)
    name = _cut(group[0].project, box.width)
    label = element("text", name, x=box.x + 2, y=box.y + 15, class_="name") if fits and name else ""
    return element("g", label, *(_cell(*pair) for pair in zip(ordered, cells, strict=True)))


def _cell(plot: Plot, box: Box) -> Markup:
    file = plot.file
    rules = ", ".join(f"{rule.rule} {rule.findings:,}" for rule in file.top_rules)
    told = (
        f"{plot.project}: {file.path} · score {file.score:.2f} · {plural(file.findings, 'finding')} · {rules}"
    )
    step = min(len(STEPS) - 1, int(file.score // 2))
    size = max(0.5, box.width - _GAP), max(0.5, box.height - _GAP)
    return element(
        "g",
        element("title", told),
        element(
            "rect",
            x=box.x,
            y=box.y,
            width=size[0],
            height=size[1],
            rx=min(3.0, *size),
            class_=f"cell s{step}",
        ),
        _labels(file, box),
        class_=f"on{step}",
    )


def _labels(file: ProblemRow, box: Box) -> Markup:
    name = _cut(file.path.rpartition("/")[2], box.width - _GAP)
    if not name or box.height < _LINE + _PAD:
        return joined()
    x, y = box.x + _PAD, box.y + _LINE + 2
    lines = [element("text", name, x=x, y=y)]
    if box.height > 2 * _LINE + _PAD:
        more = f"{file.findings:,} · {file.score:.1f}"
        more = more if _cut(more, box.width) == more else f"{file.findings:,}"
        lines.append(element("text", more, x=x, y=y + _LINE, class_="less"))
    return joined(*lines)


def _cut(text: str, width: float) -> str:
    """As much as fits; nothing where that would be no word any more."""
    fits = int((width - 2 * _PAD) / _LETTER)
    if len(text) <= fits:
        return text
    return f"{text[: fits - 1]}…" if fits > 4 else ""  # noqa: PLR2004  letters
