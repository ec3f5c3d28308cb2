from __future__ import annotations

import json

from dev_assistant.report.artefacts import project_artefacts, workspace_artefacts

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC


def test_a_project_has_four_files(project, record):
    files = project_artefacts(project(files={"a\udcff.py": record(F401=1)}), trends=None, now=NOON)

    assert set(files) == {"team_dashboard.md", "team_stats.json", "problem_files.json", "trends.json"}
    assert b"2023-11-15 to 2023-11-15" in files["team_dashboard.md"]
    assert json.loads(files["team_stats.json"])["meta"]["generated_at"] == "2023-11-15T12:00:00+00:00"


def test_a_workspace_has_three(project, workspace, record):
    view = workspace(project(files={"a.py": record(F401=1)}), project("b", {"c.py": record()}))

    first = workspace_artefacts(view, trends=None, now=NOON)
    second = workspace_artefacts(view, trends=first["trends.json"], now=NOON + 86_400)

    assert set(first) == {"workspace_dashboard.md", "workspace_stats.json", "trends.json"}
    assert [day["files"] for day in json.loads(second["trends.json"])["days"]] == [2, 2]
    assert b"2023-11-15 to 2023-11-16" in second["workspace_dashboard.md"]


def test_standings_stand_beside_the_time(project, workspace, record):
    view = workspace(project(files={"a.py": record(F401=1)}), project("gone", state="missing"))

    meta = json.loads(workspace_artefacts(view, trends=None, now=NOON)["workspace_stats.json"])["meta"]

    assert meta["standing"] == {
        "": {"mark": "unknown", "reason": "1 project in doubt"},
        "backend": {"mark": "findings", "reason": "findings"},
        "gone": {"mark": "unknown", "reason": "missing"},
    }
