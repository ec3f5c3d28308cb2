from __future__ import annotations

import pytest

from dev_assistant.model import FileState
from dev_assistant.report.standing import Mark, headline, project_standing, unknowns, workspace_standing
from dev_assistant.report.tally import Tally, tally_of, total


@pytest.mark.parametrize("state", ["watching", "polling", "checked"])
def test_green_takes_a_proof_for_every_file(project, record, state):
    assert project_standing(project(files={"a.py": record()}, state=state)).mark is Mark.PASSED
    assert project_standing(project(files={"a.py": record(F401=1)}, state=state)).mark is Mark.FINDINGS


@pytest.mark.parametrize("state", ["degraded", "missing", "error"])
def test_a_project_in_trouble_is_never_green(project, record, state):
    assert project_standing(project(files={"a.py": record()}, state=state)).mark is Mark.UNKNOWN


@pytest.mark.parametrize("state", [FileState.FAILED, FileState.PENDING, FileState.STALE])
def test_an_unknown_file_outweighs_any_finding(project, record, state):
    view = project(files={"a.py": record(F401=1), "b.py": record(state)})

    assert project_standing(view).mark is Mark.UNKNOWN


def test_what_was_not_judged_is_neither_green_nor_red(project, record):
    assert project_standing(project()).mark is Mark.NOTHING
    assert project_standing(project(files={"a": record(FileState.SKIPPED)})).mark is Mark.NOTHING
    assert project_standing(project(files={"a.py": record()}, state="disabled")).mark is Mark.NOTHING


def test_an_account_that_does_not_add_up_is_not_green(project):
    assert project_standing(project(tally=Tally(files=2, fresh=1, clean=1))).mark is Mark.UNKNOWN


def test_a_configuration_error_is_not_green(project, workspace, record):
    view = project(files={"a.py": record()}, config_errors=("bad",))

    assert project_standing(view).mark is Mark.UNKNOWN
    assert workspace_standing(workspace(view), view.tally).mark is Mark.UNKNOWN


@pytest.mark.parametrize(
    "doubt",
    [
        {"state": "starting"},
        {"state": "stuck"},
        {"state": "stopped"},
        {"degraded": ("polling",)},
        {"config_errors": ("bad",)},
    ],
)
def test_a_doubt_about_the_daemon_is_a_doubt_about_the_workspace(project, workspace, record, doubt):
    view = project(files={"a.py": record()})

    assert workspace_standing(workspace(view), view.tally).mark is Mark.PASSED
    assert workspace_standing(workspace(view, **doubt), view.tally).mark is Mark.UNKNOWN


def test_a_directory_without_a_watch_is_a_doubt(project, workspace, watch, record):
    view = project(files={"a.py": record()})
    blind = workspace(view, watch=watch(uncovered=(("/w/x", "limit"),)))

    assert workspace_standing(blind, view.tally).mark is Mark.UNKNOWN


def test_a_missing_project_is_a_doubt_about_the_workspace(project, workspace, record):
    view = workspace(project(files={"a.py": record()}), project("gone", state="missing"))

    standing = workspace_standing(view, total(p.tally for p in view.projects))

    assert str(standing) == "⚠️ 1 project in doubt"


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ([{}], "**✅ Passed: no finding in 1 judged file, and nothing is unknown.**"),
        ([{"F401": 2}, {}], "**❌ Findings: 2 findings in 2 judged files, and nothing is unknown.**"),
        ([], "**⚪ Nothing is judged: no file to judge.**"),
    ],
)
def test_headline(project, record, files, line):
    view = project(files={f"{n}.py": record(**rules) for n, rules in enumerate(files)})

    assert headline(project_standing(view), view.tally) == line


def test_headline_of_a_doubt_says_what_is_unknown(project, record):
    view = project(
        files={"a.py": record(FileState.FAILED), "b.py": record(FileState.PENDING), "c.py": record()}
    )
    missing = project(state="missing")

    assert headline(project_standing(view), view.tally) == (
        "**⚠️ Not proved: 1 failed, 1 pending of 3 files; 0 findings in 1 judged file.**"
    )
    assert headline(project_standing(missing), missing.tally) == (
        "**⚠️ Not proved: missing; 0 findings in 0 judged files.**"
    )


def test_unknowns_name_each_state(record):
    assert unknowns(tally_of([record(FileState.STALE), record()])) == "1 stale"
    assert unknowns(tally_of([record()])) == ""
