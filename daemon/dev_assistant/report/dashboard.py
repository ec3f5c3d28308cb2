"""The Markdown pages for people: what is known, what is not, and what to do next.

Only the line that starts with ``Generated`` differs between two pages of the same tree, so a page can be kept
under version control and its diff says what happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from dev_assistant.report.between import between
from dev_assistant.report.functions import functions
from dev_assistant.report.markdown import NOTHING, code, link, number, percent, plural, table
from dev_assistant.report.rating import reasons
from dev_assistant.report.recommend import recommendations
from dev_assistant.report.sections import (
    back_to,
    causes,
    critical,
    figures,
    more,
    project_remarks,
    section,
    workspace_remarks,
    worst,
)
from dev_assistant.report.standing import Mark, headline, project_standing, workspace_standing
from dev_assistant.report.tally import Tally, total
from dev_assistant.report.trends import Point
from dev_assistant.report.views import ProjectView, WorkspaceView

_PROJECTS = 60
_STATS = "RUNS/stats"
_AS_OF = (
    "As of the time above. A daemon that runs writes this page anew when anything in it changes; "
    "`dev-assistant status` says whether one does. If none does, what changed since is not in here."
)


def workspace_dashboard(view: WorkspaceView, *, trends: Sequence[Point] = (), now: float) -> str:
    """``workspace_dashboard.md``: one page over all projects; ``now`` is wall-clock seconds."""
    projects = sorted(view.projects, key=lambda project: project.name)
    tally = total(project.tally for project in projects)
    return _page(
        f"# Workspace {code(view.name)}",
        _generated(now, _process(view), _cache(projects)),
        [_AS_OF],
        [headline(workspace_standing(view, tally), tally), "", *_totals(tally)],
        section("Projects", _projects(projects, view.root)),
        section("What is not known", [*workspace_remarks(view), *causes(projects, view.root)]),
        section(
            "What to do",
            _advice(recommendations(projects, watch=view.watch, config_errors=view.config_errors)),
        ),
        section("Worst files", worst(projects, view.root)),
        section("Worst functions", functions(projects, view.root)),
        section("Critical files", critical(projects, view.root)),
        *figures(tally, trends),
    )


def project_dashboard(
    project: ProjectView, *, trends: Sequence[Point] = (), now: float, authors: Sequence[str] = ()
) -> str:
    """``team_dashboard.md``: one page over one project; ``now`` is wall-clock seconds.

    ``authors`` is a finished section.
    """
    return _page(
        f"# Project {code(project.name)}",
        _generated(now, _watching(project.missed_by_events, project.last_audit_s), _cache((project,))),
        [_AS_OF],
        [headline(project_standing(project), project.tally), "", *_totals(project.tally)],
        section("What is not known", [*project_remarks(project), *causes((project,), project.root)]),
        section("What to do", _advice(recommendations((project,)))),
        section("Worst files", worst((project,), project.root)),
        section("Worst functions", functions((project,), project.root)),
        section("Between files", between(project)),
        section("Critical files", critical((project,), project.root)),
        authors,
        *figures(project.tally, trends),
    )


def _page(title: str, generated: str, *blocks: Sequence[str]) -> str:
    lines = [title, "", generated]
    for block in blocks:
        if block:
            lines += ["", *block]
    return "\n".join(lines) + "\n"


def _generated(now: float, *facts: str) -> str:
    time = dt.datetime.fromtimestamp(now, dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return " · ".join((f"Generated {time}", *(fact for fact in facts if fact)))


def _process(view: WorkspaceView) -> str:
    watch = view.watch
    directories = plural(watch.directories, "directory", "directories")
    facts = [
        view.state,
        f"pid {view.pid}",
        f"up {_span(view.uptime_s)}",
        f"{view.memory.mb:.0f} MB",
        f"{view.queue.pending} waiting, {view.queue.running} running",
        "" if watch.backend == "none" else f"{watch.backend} on {directories}",
        _watching(watch.missed_by_events, watch.last_audit_s),
    ]
    return " · ".join(filter(None, facts))


def _watching(missed: int, audit_s: float | None) -> str:
    """Both are shown always: that there is none of it is something to know."""
    audited = "not audited yet" if audit_s is None else f"audited {_span(audit_s)} ago"
    return f"{missed:,} missed by events · {audited}"


def _cache(projects: Iterable[ProjectView]) -> str:
    hits = misses = 0
    for project in projects:
        hits, misses = hits + project.hits, misses + project.misses
    return f"{percent(hits / (hits + misses))} from the cache" if hits + misses else ""


def _totals(tally: Tally) -> list[str]:
    header = (
        "Files",
        "Fresh",
        "Stale",
        "Pending",
        "Failed",
        "Skipped",
        "Findings",
        "Security",
        "Clean",
        "Score",
    )
    return table(header, [_numbers(tally)], left=0)


def _numbers(tally: Tally) -> list[str]:
    counted = (tally.files, tally.fresh, tally.stale, tally.pending, tally.failed, tally.skipped)
    found = (tally.counts.total, tally.counts.security)
    return [*(f"{value:,}" for value in (*counted, *found)), percent(tally.pass_rate), number(tally.score)]


def _projects(projects: Sequence[ProjectView], workspace: str) -> list[str]:
    header = (
        "Project",
        "Standing",
        "Rating",
        "Files",
        "Fresh",
        "Unknown",
        "Skipped",
        "Findings",
        "Security",
        "Clean",
        "Score",
    )
    needy = sorted(projects, key=lambda project: project_standing(project).mark is Mark.PASSED)[:_PROJECTS]
    shown = sorted(needy, key=lambda project: project.name)
    lines = table(header, (_project_row(project, workspace) for project in shown), left=3)
    return lines + more(len(projects) - _PROJECTS, "project")


def _project_row(project: ProjectView, workspace: str) -> list[str]:
    tally = project.tally
    page = f"{back_to(workspace, project.root)}/{_STATS}/team_dashboard.md"
    figures = (
        tally.files,
        tally.fresh,
        tally.unknown,
        tally.skipped,
        tally.counts.total,
        tally.counts.security,
    )
    return [
        code(project.name) if project.state in ("missing", "disabled") else link(project.name, to=page),
        str(project_standing(project)),
        ", ".join(reasons(tally.counts, tally.mean_costs)) or NOTHING,
        *(f"{value:,}" for value in figures),
        percent(tally.pass_rate),
        number(tally.score),
    ]


def _span(seconds: float) -> str:
    """The largest unit that is not zero, and the next one."""
    minutes, left = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"


def _advice(sentences: Sequence[str]) -> list[str]:
    return [f"{place}. {sentence}" for place, sentence in enumerate(sentences, 1)]
