"""How a project or a workspace stands, in one mark: green only when everything is proved.

Findings and doubts are different things: what is in doubt shows as doubt even where findings are known.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import NamedTuple

from dev_assistant.report.markdown import plural
from dev_assistant.report.tally import Tally
from dev_assistant.report.views import ProjectView, WorkspaceView


class Mark(enum.StrEnum):
    """What is shown; nothing else in a report is green or red."""

    PASSED = "✅"
    FINDINGS = "❌"
    UNKNOWN = "⚠️"
    NOTHING = "⚪"


class Standing(NamedTuple):
    """A mark and its reason in a few words of our own."""

    mark: Mark
    words: str

    def __str__(self) -> str:
        return f"{self.mark.value} {self.words}"


_PROVED = frozenset(("watching", "polling", "checked"))


def project_standing(project: ProjectView) -> Standing:
    """A project's mark."""
    if project.state == "disabled":
        return Standing(Mark.NOTHING, "disabled")
    if project.state not in _PROVED:
        return Standing(Mark.UNKNOWN, project.state)
    if project.config_errors:
        return Standing(Mark.UNKNOWN, "configuration error")
    return _tally_standing(project.tally)


def workspace_standing(view: WorkspaceView, tally: Tally) -> Standing:
    """The workspace's mark: a doubt about any part of it is a doubt about the whole."""
    if view.state in ("starting", "stuck", "stopped"):
        return Standing(Mark.UNKNOWN, view.state)
    if view.config_errors:
        return Standing(Mark.UNKNOWN, "configuration error")
    if view.degraded or view.watch.uncovered:
        return Standing(Mark.UNKNOWN, "degraded")
    doubtful = [p for p in view.projects if project_standing(p).mark is Mark.UNKNOWN and not p.tally.unknown]
    if doubtful:
        return Standing(Mark.UNKNOWN, f"{plural(len(doubtful), 'project')} in doubt")
    return _tally_standing(tally)


def headline(standing: Standing, tally: Tally) -> str:
    """One line: the mark, what is not verified, what was found."""
    return f"**{standing.mark.value} {sentence(standing, tally)}**"


def unknowns(tally: Tally) -> str:
    """``2 failed, 1 pending``; empty when nothing is unknown."""
    named = (("failed", tally.failed), ("stale", tally.stale), ("pending", tally.pending))
    return _listed(f"{files:,} {name}" for name, files in named if files)


def _tally_standing(tally: Tally) -> Standing:
    if not tally.accounted:
        return Standing(Mark.UNKNOWN, "files do not add up")
    if tally.unknown:
        return Standing(Mark.UNKNOWN, f"{tally.unknown:,} not verified")
    if tally.passed is None:
        return Standing(Mark.NOTHING, "no file to judge")
    return Standing(Mark.PASSED, "passed") if tally.passed else Standing(Mark.FINDINGS, "findings")


def sentence(standing: Standing, tally: Tally) -> str:
    """What is not verified, and what was found."""
    judged = plural(tally.fresh, "judged file")
    found = plural(tally.counts.total, "finding")
    match standing.mark:
        case Mark.PASSED if tally.counts.total:
            return f"Passed: {found} in {judged}, all of them advice, and nothing is unknown."
        case Mark.PASSED:
            return f"Passed: no finding in {judged}, and nothing is unknown."
        case Mark.FINDINGS:
            return f"Findings: {found} in {judged}, and nothing is unknown."
        case Mark.NOTHING:
            return f"Nothing is judged: {standing.words}."
        case Mark.UNKNOWN if tally.unknown:
            return f"Not proved: {unknowns(tally)} of {plural(tally.files, 'file')}; {found} in {judged}."
        case Mark.UNKNOWN:
            return f"Not proved: {standing.words}; {found} in {judged}."


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
