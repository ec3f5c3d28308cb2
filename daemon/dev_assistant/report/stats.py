"""The statistics files: numbers for scripts, computed from tallies and never counted by hand.

Two runs over the same tree give the same bytes but for ``meta``; how much came from the cache is history and
stands there too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from dev_assistant.model import Counts, FileRecord, FileState, RelPath
from dev_assistant.report.canonical import encode, text
from dev_assistant.report.documents import relative_root
from dev_assistant.report.tally import Rule, RuleCount, Tally, tally_of, total
from dev_assistant.report.views import ProjectView, WorkspaceView, cache_by_verifier
from dev_assistant.report.worst import Worst, worst_files

TEAM_STATS = "dev-assistant/team-stats@1"
PROBLEM_FILES = "dev-assistant/problem-files@1"
WORKSPACE_STATS = "dev-assistant/workspace-stats@1"
_PROBLEMS = 50
_TOP_RULES = 20
_RULES_OF_FILE = 5


class FileStats(NamedTuple):
    """One file as the library shows it."""

    path: RelPath
    record: FileRecord

    @property
    def state(self) -> FileState:
        return self.record.state

    @property
    def passed(self) -> bool | None:
        return self.record.passed

    @property
    def violations(self) -> int:
        return self.record.counts.total

    @property
    def security_issues(self) -> int:
        return self.record.counts.security

    @property
    def quality_score(self) -> float | None:
        """From 0 to 10; None unless fresh."""
        return self.record.counts.score if self.state is FileState.FRESH else None


@dataclass(frozen=True, slots=True)
class TeamStats:
    """A project's or a workspace's numbers. Rates are from 0 to 1; None is unknown, never zero.

    ``avg_quality_score`` is over fresh files, each weighing the same, also in a workspace.
    """

    tally: Tally
    hits: int = 0
    misses: int = 0

    @property
    def total_files(self) -> int:
        return self.tally.files

    @property
    def avg_quality_score(self) -> float | None:
        return self.tally.score

    @property
    def pass_rate(self) -> float | None:
        return self.tally.pass_rate

    @property
    def total_violations(self) -> int:
        return self.tally.counts.total

    @property
    def total_security_issues(self) -> int:
        return self.tally.counts.security

    @property
    def cache_hit_rate(self) -> float | None:
        asked = self.hits + self.misses
        return round(self.hits / asked, 4) if asked else None


def collect_file_stats(files: Mapping[RelPath, FileRecord]) -> list[FileStats]:
    """Every file, by path."""
    return [FileStats(path, files[path]) for path in sorted(files)]


def collect_team_stats(files: Iterable[FileStats], *, hits: int = 0, misses: int = 0) -> TeamStats:
    """The numbers over ``files``; hits and misses are the cache's."""
    return TeamStats(tally_of(each.record for each in files), hits, misses)


class RuleRow(msgspec.Struct, frozen=True):
    """A rule with its findings and the files that have any."""

    rule: str
    verifier: str
    findings: int
    files: int


class StatsRow(msgspec.Struct, frozen=True):
    """One project's numbers; ``distribution[n]`` files score from n to n + 1, the last one a full 10.

    Of the ``analysed`` files ``duplicates`` are the groups of functions with the same body.
    """

    name: str
    root: str
    total_files: int
    fresh: int
    stale: int
    pending: int
    failed: int
    skipped: int
    passed: bool | None
    avg_quality_score: float | None
    pass_rate: float | None
    total_violations: int
    total_security_issues: int
    critical_files: int
    counts: Counts
    top_rules: tuple[RuleRow, ...]
    distribution: tuple[int, ...]
    analysed: int
    duplicates: int
    import_cycles: int


class TeamStatsDocument(StatsRow, frozen=True, kw_only=True):
    """``team_stats.json``: the row of one project."""

    schema: str
    meta: Mapping[str, object]


class WorkspaceStatsDocument(msgspec.Struct, frozen=True):
    """``workspace_stats.json``; ``meta.cache_hit_rate`` has one rate for each project and ``""`` for all."""

    schema: str
    meta: Mapping[str, object]
    workspace: StatsRow
    projects: tuple[StatsRow, ...]


class FileCount(msgspec.Struct, frozen=True):
    """How often a rule is broken in one file."""

    rule: str
    findings: int


class ProblemRow(msgspec.Struct, frozen=True):
    """A file that needs a person."""

    path: str
    score: float
    findings: int
    counts: Counts
    top_rules: tuple[FileCount, ...]


class ProblemFilesDocument(msgspec.Struct, frozen=True):
    """``problem_files.json``: the worst first, at most 50."""

    schema: str
    meta: Mapping[str, object]
    project: str
    files: tuple[ProblemRow, ...]


def team_stats(project: ProjectView, *, meta: Mapping[str, object]) -> bytes:
    """``team_stats.json`` of one project; its root is ``.``: the file stands inside of it."""
    stats = TeamStats(project.tally, project.hits, project.misses)
    row = _row(project.name, ".", (project,))
    return _file(
        TeamStatsDocument(
            **msgspec.structs.asdict(row),
            schema=TEAM_STATS,
            meta={**meta, "cache_hit_rate": stats.cache_hit_rate, "cache": cache_by_verifier((project,))},
        )
    )


def problem_files(project: ProjectView, *, meta: Mapping[str, object]) -> bytes:
    """``problem_files.json`` of one project."""
    worst = worst_files((project,), limit=_PROBLEMS)
    return _file(
        ProblemFilesDocument(PROBLEM_FILES, meta, text(project.name), tuple(map(_problem_row, worst)))
    )


def workspace_stats(view: WorkspaceView, *, meta: Mapping[str, object]) -> bytes:
    """``workspace_stats.json``: totals and a row for each project, by name."""
    judged = (project for project in view.projects if project.state != "disabled")
    projects = sorted(judged, key=lambda project: project.name)
    return _file(
        WorkspaceStatsDocument(
            schema=WORKSPACE_STATS,
            meta={**meta, "cache_hit_rate": _hit_rates(projects), "cache": cache_by_verifier(projects)},
            workspace=_row(view.name, ".", projects),
            projects=tuple(_project_row(project, view.root) for project in projects),
        )
    )


def top_rules(tally: Tally, *, limit: int) -> list[tuple[Rule, RuleCount]]:
    """The rules with the most findings, then in more files, then by name."""
    by = sorted(tally.rules.items(), key=lambda item: (-item[1].findings, -item[1].files, item[0]))
    return by[:limit]


def _file(document: msgspec.Struct) -> bytes:
    return encode(document, indent=2)


def _project_row(project: ProjectView, workspace: str) -> StatsRow:
    return _row(project.name, relative_root(project.root, workspace=workspace), (project,))


def _row(name: str, root: str, projects: Sequence[ProjectView]) -> StatsRow:
    tally = total(project.tally for project in projects)
    relations = [project.relations() for project in projects]
    return StatsRow(
        name=text(name),
        root=root,
        total_files=tally.files,
        fresh=tally.fresh,
        stale=tally.stale,
        pending=tally.pending,
        failed=tally.failed,
        skipped=tally.skipped,
        passed=tally.passed,
        avg_quality_score=tally.score,
        pass_rate=tally.pass_rate,
        total_violations=tally.counts.total,
        total_security_issues=tally.counts.security,
        critical_files=sum(project.critical for project in projects),
        counts=tally.counts,
        top_rules=tuple(
            RuleRow(text(rule.code), rule.verifier, count.findings, count.files)
            for rule, count in top_rules(tally, limit=_TOP_RULES)
        ),
        distribution=tally.distribution,
        analysed=sum(each.analysed for each in relations),
        duplicates=sum(len(each.duplicates) for each in relations),
        import_cycles=sum(len(each.cycles) for each in relations),
    )


def _problem_row(file: Worst) -> ProblemRow:
    return ProblemRow(
        path=text(file.path),
        score=file.score,
        findings=file.counts.total,
        counts=file.counts,
        top_rules=tuple(FileCount(text(rule), n) for rule, n in file.rules[:_RULES_OF_FILE]),
    )


def _hit_rates(projects: Sequence[ProjectView]) -> dict[str, float | None]:
    rates = {text(p.name): TeamStats(p.tally, p.hits, p.misses).cache_hit_rate for p in projects}
    hits, misses = sum(p.hits for p in projects), sum(p.misses for p in projects)
    return {"": TeamStats(Tally(), hits, misses).cache_hit_rate, **rates}
