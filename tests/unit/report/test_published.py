from __future__ import annotations

import json

import pytest

from dev_assistant.errors import UserError
from dev_assistant.model import FileState
from dev_assistant.report.artefacts import project_artefacts, workspace_artefacts
from dev_assistant.report.published import of_project, of_workspace
from dev_assistant.report.standing import Mark

NOON = 1_700_049_600.0


@pytest.fixture
def published(project, record):
    def published(**changed):
        view = project(files={"a.py": record(F401=2), "b.py": record()}, **changed)
        return project_artefacts(view, trends=None, now=NOON)

    return published


def figures(files):
    return of_project(
        files["team_stats.json"], files["problem_files.json"], files["trends.json"], place="here"
    )


def test_a_project_is_read_back(published):
    read = figures(published())

    assert (read.row.name, read.row.total_files, read.as_of) == ("backend", 2, "2023-11-15T12:00:00+00:00")
    assert read.standing == (Mark.FINDINGS, "findings")
    assert [(file.path, file.findings) for file in read.problems] == [("a.py", 2)]
    assert [point.findings for point in read.points] == [2]
    assert (read.tally.fresh, read.tally.counts.lint) == (2, 2)


def test_a_doubt_beside_the_figures_is_kept(published):
    assert figures(published(state="degraded")).standing == (Mark.UNKNOWN, "degraded")


@pytest.mark.parametrize(
    "standing", [{"": {"mark": "passed", "reason": "passed"}}, 1, {"": {"mark": "x"}}, None]
)
def test_nothing_is_greener_than_its_figures(published, standing):
    files = published()
    document = json.loads(files["team_stats.json"])
    document["meta"]["standing"] = standing
    files["team_stats.json"] = json.dumps(document).encode()
    assert figures(files).standing.mark is Mark.FINDINGS


def test_files_that_are_not_verified_are_a_doubt(project, record):
    files = {"a.py": record(FileState.STALE), "b.py": record()}
    read = figures(project_artefacts(project(files=files), trends=None, now=NOON))
    assert read.standing == (Mark.UNKNOWN, "1 not verified")


def test_a_workspace_has_its_projects_by_name(project, workspace, record):
    known, gone = project("b", {"a.py": record(F401=1)}), project("a", state="missing")
    whole = workspace_artefacts(workspace(known, gone), trends=None, now=NOON)
    files = project_artefacts(known, trends=None, now=NOON)

    picture = of_workspace(
        whole["workspace_stats.json"], whole["trends.json"], {"b": figures(files)}, place="here"
    )

    assert [each.row.name for each in picture.projects] == ["a", "b"]
    assert [each.standing.words for each in picture.projects] == ["missing", "findings"]
    assert [len(each.problems) for each in picture.projects] == [0, 1]
    assert picture.whole.standing == (Mark.UNKNOWN, "1 project in doubt")


def test_that_the_daemon_has_ended_is_no_doubt_about_what_it_wrote(project, workspace, record):
    view = workspace(project(files={"a.py": record()}), state="stopped")
    files = workspace_artefacts(view, trends=None, now=NOON)
    picture = of_workspace(files["workspace_stats.json"], None, {}, place="here")
    assert picture.whole.standing.mark is Mark.PASSED


@pytest.mark.parametrize("data", [b"", b"{}", b"[" * 5_000, b'{"schema": "\xff"}'])
def test_what_is_not_ours_is_refused_with_its_place(data):
    with pytest.raises(UserError, match="here: not a dev-assistant/team-stats@1 document"):
        of_project(data, None, None, place="here")


def test_another_schema_is_refused(published):
    data = published()["team_stats.json"].replace(b"team-stats@1", b"team-stats@9")
    with pytest.raises(UserError, match="team-stats@9"):
        of_project(data, None, None, place="here")
