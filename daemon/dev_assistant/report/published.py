"""The statistics files read back: what a page with charts is made from, whether or not a daemon runs.

They may come from somebody else, as all that stands in a tree: what is not what we write is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import msgspec

from dev_assistant.errors import UserError
from dev_assistant.report.standing import Mark, Standing
from dev_assistant.report.stats import (
    PROBLEM_FILES,
    TEAM_STATS,
    WORKSPACE_STATS,
    ProblemFilesDocument,
    ProblemRow,
    StatsRow,
    TeamStatsDocument,
    WorkspaceStatsDocument,
)
from dev_assistant.report.tally import Tally
from dev_assistant.report.trends import Point, read_trends

_HINT = "dev-assistant check writes it anew"
_Document = TypeVar("_Document", TeamStatsDocument, WorkspaceStatsDocument, ProblemFilesDocument)


class _Told(msgspec.Struct, frozen=True):
    mark: str
    reason: str


class Figures(NamedTuple):
    """What is published of a project, or of a workspace as a whole. ``as_of`` is ISO 8601 in UTC.

    ``problems`` are the worst files first, of a project alone.
    """

    row: StatsRow
    standing: Standing
    as_of: str
    points: tuple[Point, ...] = ()
    problems: tuple[ProblemRow, ...] = ()

    @property
    def tally(self) -> Tally:
        """As far as the documents have it: states and counts."""
        row = self.row
        states = (row.total_files, row.fresh, row.stale, row.pending, row.failed, row.skipped)
        return Tally(*states, counts=row.counts)


class Picture(NamedTuple):
    """All that one page shows: ``whole``, which is the only project's where there is but one."""

    kind: str
    whole: Figures
    projects: tuple[Figures, ...]


def of_project(stats: bytes, problems: bytes | None, trends: bytes | None, *, place: str) -> Figures:
    """From ``team_stats.json``, ``problem_files.json`` and ``trends.json`` in ``place``. Raises UserError."""
    document = _decoded(stats, TeamStatsDocument, TEAM_STATS, place)
    worst = () if problems is None else _decoded(problems, ProblemFilesDocument, PROBLEM_FILES, place).files
    standing = _standing(document.meta, "", document)
    return Figures(document, standing, _as_of(document.meta), read_trends(trends), worst)


def of_workspace(
    stats: bytes, trends: bytes | None, projects: Mapping[str, Figures], *, place: str
) -> Picture:
    """From ``workspace_stats.json`` and ``trends.json`` in ``place``; ``projects`` by name.

    Of a project without files of its own the workspace's row is all. Raises UserError.
    """
    document = _decoded(stats, WorkspaceStatsDocument, WORKSPACE_STATS, place)
    meta, as_of = document.meta, _as_of(document.meta)
    shown = []
    for row in sorted(document.projects, key=lambda row: row.name):
        standing = _standing(meta, row.name, row)
        known = projects.get(row.name)
        shown.append(known._replace(standing=standing) if known else Figures(row, standing, as_of))
    whole = Figures(document.workspace, _standing(meta, "", document.workspace), as_of, read_trends(trends))
    return Picture("Workspace", whole, tuple(shown))


def _decoded(data: bytes, kind: type[_Document], schema: str, place: str) -> _Document:
    try:
        document = msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"{place}: not a {schema} document: {error}", hint=_HINT) from error
    if document.schema != schema:
        raise UserError(f"{place}: {document.schema[:80]!r} where {schema} belongs", hint=_HINT)
    return document


def _as_of(meta: Mapping[str, object]) -> str:
    return str(meta.get("generated_at", "unknown"))


def _standing(meta: Mapping[str, object], name: str, row: StatsRow) -> Standing:
    """As it was written, but never greener than the figures beside it."""
    figures = _of_row(row)
    try:
        told = msgspec.convert(meta.get("standing"), dict[str, _Told])[name]
        written = Standing(Mark[told.mark.upper()], told.reason)
    except (msgspec.ValidationError, KeyError):
        return figures
    return figures if written.mark is Mark.PASSED else written


def _of_row(row: StatsRow) -> Standing:
    """By the figures alone."""
    unknown = row.stale + row.pending + row.failed
    if unknown:
        return Standing(Mark.UNKNOWN, f"{unknown:,} not verified")
    if row.passed is None:
        return Standing(Mark.NOTHING, "no file to judge")
    return Standing(Mark.PASSED, "passed") if row.passed else Standing(Mark.FINDINGS, "findings")
