"""All files of one RUNS/stats/ directory, by name, as the bytes to be written.

Trends are the only ones that depend on what stood there before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dev_assistant.report.canonical import text
from dev_assistant.report.dashboard import project_dashboard, workspace_dashboard
from dev_assistant.report.standing import Standing, project_standing, workspace_standing
from dev_assistant.report.stats import problem_files, team_stats, workspace_stats
from dev_assistant.report.tally import Tally, total
from dev_assistant.report.trends import point_of, read_trends, update
from dev_assistant.report.views import ProjectView, WorkspaceView

TEAM_DASHBOARD = "team_dashboard.md"
TEAM_STATS = "team_stats.json"
PROBLEM_FILES = "problem_files.json"
TRENDS = "trends.json"
WORKSPACE_DASHBOARD = "workspace_dashboard.md"
WORKSPACE_STATS = "workspace_stats.json"


def project_artefacts(
    project: ProjectView, *, trends: bytes | None, now: float, authors: Sequence[str] = ()
) -> dict[str, bytes]:
    """PROJECT/RUNS/stats/: ``trends`` is the present ``trends.json``, if any; ``now`` is wall-clock.

    ``authors`` is a finished section of the page.
    """
    updated = update(trends, point_of(project.tally, now=now))
    meta = _meta(now, {"": project_standing(project)})
    page = project_dashboard(project, trends=read_trends(updated), now=now, authors=authors)
    return {
        TEAM_DASHBOARD: page.encode(),
        TEAM_STATS: team_stats(project, meta=meta),
        PROBLEM_FILES: problem_files(project, meta=meta),
        TRENDS: updated,
    }


def workspace_artefacts(view: WorkspaceView, *, trends: bytes | None, now: float) -> dict[str, bytes]:
    """WORKSPACE/RUNS/stats/: arguments as for a project."""
    tally = total(project.tally for project in view.projects)
    updated = update(trends, point_of(tally, now=now))
    page = workspace_dashboard(view, trends=read_trends(updated), now=now)
    return {
        WORKSPACE_DASHBOARD: page.encode(),
        WORKSPACE_STATS: workspace_stats(view, meta=_meta(now, _standings(view, tally))),
        TRENDS: updated,
    }


def _standings(view: WorkspaceView, tally: Tally) -> dict[str, Standing]:
    """Of the workspace (``""``) and of its projects, as of the time that the document names: that no daemon
    goes on from there is no doubt about it.
    """
    lasting = replace(view, state="idle") if view.state == "stopped" else view
    projects = {project.name: project_standing(project) for project in view.projects}
    return {"": workspace_standing(lasting, tally), **projects}


def _meta(now: float, standings: Mapping[str, Standing]) -> Mapping[str, object]:
    """Standings are in it because they also depend on the machine, as on watches that are missing."""
    return {
        "generated_at": dt.datetime.fromtimestamp(now, dt.UTC).isoformat(timespec="seconds"),
        "standing": {
            text(name): {"mark": standing.mark.name.lower(), "reason": text(standing.words)}
            for name, standing in standings.items()
        },
    }
