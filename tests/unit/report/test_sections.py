from __future__ import annotations

from dev_assistant.model import Criticality, FileState
from dev_assistant.report.sections import (
    back_to,
    causes,
    critical,
    figures,
    project_remarks,
    section,
    subtrees,
    workspace_remarks,
    worst,
)
from dev_assistant.report.tally import EMPTY
from dev_assistant.report.trends import point_of

DAY = 86_400.0
NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC


def test_an_empty_section_is_left_out():
    assert section("Title", []) == []
    assert section("Title", ["x"]) == ["## Title", "", "x"]


def test_causes_are_ordered_by_how_bad_and_show_an_example(project, record):
    files = {
        "skip.md": record(FileState.SKIPPED, "no verifier"),
        "wait.py": record(FileState.PENDING),
        "z.py": record(FileState.FAILED, "hung"),
        "b/a.py": record(FileState.FAILED, "hung"),
        "c.py": record(FileState.FAILED, "hung"),
        "old.py": record(FileState.STALE, "changed"),
    }

    assert causes((project(files=files),), "/w")[2:] == [
        "| failed | `backend` | `hung` | [`b/a.py`](../../backend/b/a.py) | 3 |",
        "| stale | `backend` | `changed` | [`old.py`](../../backend/old.py) | 1 |",
        "| pending | `backend` | - | [`wait.py`](../../backend/wait.py) | 1 |",
        "| skipped | `backend` | `no verifier` | - | 1 |",
    ]


def test_causes_that_are_not_shown_are_counted(project, record):
    files = {f"{n}.py": record(FileState.FAILED, f"reason {n}") for n in range(15)}

    assert causes((project(files=files),), "/w")[-1] == "… and 3 more reasons"


def test_no_cause_is_said(project, record):
    assert causes((project(files={"a.py": record()}),), "/w") == ["Every discovered file is fresh."]


def test_remarks_tell_every_doubt(project, workspace, watch):
    broken = project(state="missing", reasons=("no directory",), config_errors=("pyproject.toml:1: bad",))
    view = workspace(
        broken,
        degraded=("polling",),
        config_errors=("workspace.json:1: bad",),
        watch=watch(overflows=1, missed_by_events=2, uncovered=tuple((f"/d{n}", "limit") for n in range(7))),
    )

    assert workspace_remarks(view) == [
        "- Configuration error, the last good configuration is kept: `workspace.json:1: bad`",
        "- Degraded: `polling`",
        *(f"- No watch on `/d{n}`: `limit`" for n in range(5)),
        "- … and 2 more directories",
        "- Missed by events and found by the audit: 2 changes",
        "- Lost events, made good by a survey: 1 overflow",
        "- `backend`: configuration error, the last good configuration is kept: `pyproject.toml:1: bad`",
        "- `backend`: missing: `no directory`",
        "",
    ]
    assert project_remarks(broken) == [
        "- configuration error, the last good configuration is kept: `pyproject.toml:1: bad`",
        "- missing: `no directory`",
        "",
    ]


def test_what_is_not_watched_is_told_by_its_topmost_directories():
    gaps = [
        ("/w/b", "x"),
        ("/w/a/c", "x"),
        ("/w/a", "x"),
        ("/w/a-b", "x"),
        ("/w/a/d", "y"),
        ("/w/a/d/e", "x"),
    ]

    assert subtrees(gaps) == [
        ("/w/a-b", 0, "x"),
        ("/w/a", 2, "x"),
        ("/w/a/d", 0, "y"),
        ("/w/b", 0, "x"),
    ]
    assert subtrees(reversed(gaps)) == subtrees(gaps)
    assert subtrees([("/", "x"), ("/a", "x")]) == [("/", 1, "x")]


def test_parked_files_are_named_and_counted(project):
    lines = project_remarks(project(parked=tuple(f"{n}.py" for n in range(7))))

    assert lines[0] == "- parked: `0.py` broke its tool twice, and is left alone until that changes"
    assert lines[5] == "- … and 2 more parked files"


def test_remarks_that_are_not_shown_are_counted(workspace):
    lines = workspace_remarks(workspace(degraded=tuple(map(str, range(20)))))

    assert lines[-2:] == ["- … and 5 more remarks", ""]


def test_worst_files_link_from_where_the_page_is(project, record):
    view = project(files={"src/x.py": record(F401=4, E501=3, S101=2, C901=1)})

    (row,) = worst((view,), "/w/backend")[2:]

    assert row.startswith(
        "| [`src/x.py`](../../src/x.py) | `backend` | `F401` (4), `E501` (3), `S101` (2), … |"
    )
    assert row.endswith(
        "| 7 lint findings: -1.4, 1 design finding: -0.5, 2 security findings: -2.0 | 10 | 2 | 6.10 |"
    )
    assert worst((project(),), "/w") == []


def test_critical_files_tell_why_and_in_what_state(project, record):
    rank = Criticality(0.7, ("name: 0.4", "hmac: 0.3"), is_critical=True)
    view = project(files={"auth.py": record(FileState.STALE, S101=2)}, ranks={"auth.py": rank})

    assert critical((view,), "/w/backend")[0] == "1 file in all, those that need somebody most first."
    assert critical((view,), "/w/backend")[4:] == [
        "| [`auth.py`](../../auth.py) | `backend` | `name: 0.4`, `hmac: 0.3` | stale | 0.70 | 2 | - |"
    ]
    assert critical((project(),), "/w") == []


def test_critical_files_are_counted_beyond_those_that_are_shown(project, record):
    files = {f"a{n}.py": record() for n in range(20)}
    view = project(files=files, ranks=dict.fromkeys(files, Criticality(0.5, (), is_critical=True)))

    lines = critical((view,), "/w/backend")

    assert (lines[0][:15], lines[-1]) == ("20 files in all", "… and 5 more critical files")


def test_figures_are_left_out_when_there_are_none():
    assert figures(EMPTY, ()) == [[], [], []]


def test_trend_shows_days_without_a_daemon(project, record):
    points = [
        point_of(project(files={"a.py": record(**rules)}).tally, now=NOON + day * DAY)
        for day, rules in ((0, {"F401": 10}), (1, {"F401": 5}), (4, {}))
    ]

    assert figures(EMPTY, points)[2][2:] == [
        "```text",
        "2023-11-15 to 2023-11-19",
        "score     ▁▅··█  8.00 -> 10.00",
        "findings  █▅··▁  10 -> 0",
        "files     ▁▁··▁  1 -> 1",
        "```",
    ]


def test_trend_of_a_score_nobody_knows():
    assert "score     ·  unknown" in figures(EMPTY, [point_of(EMPTY, now=NOON)])[2]


def test_rules_that_are_not_shown_are_counted(project, record):
    view = project(files={"a.py": record(**{f"F{n}": 1 for n in range(12)})})

    assert figures(view.tally, ())[0][-1] == "… and 2 more rules"


def test_the_way_back_leads_anywhere():
    assert back_to("/w", "/w") == "../.."
    assert back_to("/w", "/w/a/b") == "../../a/b"
    assert back_to("/w", "/other") == "../../../other"
