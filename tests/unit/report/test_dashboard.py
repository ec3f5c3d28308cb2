from __future__ import annotations

import dataclasses
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dev_assistant.model import Criticality, FileState
from dev_assistant.report.dashboard import project_dashboard, workspace_dashboard
from dev_assistant.report.tally import EMPTY
from dev_assistant.report.trends import point_of
from dev_assistant.report.views import MemoryView, QueueView

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC
HOSTILE = [
    "new\nline.py",
    "a|b.py",
    "`tick`.py",
    "``` fence",
    "esc\x1b[31m.py",
    "bidi\u202egnp.py",
    "bytes\udcff\udcfe.py",
    "x](javascript:alert(1)).py",
    "<img src=x onerror=alert(1)>.py",
    "n" * 255,
    "@everyone.py",
    "-->.py",
    "\\|.py",
    "www.example.com",
    "$x$",
    "| --- |",
    "# heading",
    " lead and trail ",
]

# ruff: noqa: E501  the expected page has the lines it has
GOLDEN = """\
# Workspace `demo`

Generated 2023-11-15 12:00:00 UTC · idle · pid 12 · up 1 min 1 s · 80 MB · 0 waiting, 0 running · inotify on 10 directories · 0 missed by events · not audited yet · 75 % from the cache

As of the time above. A daemon that runs writes this page anew when anything in it changes; `dev-assistant status` says whether one does. If none does, what changed since is not in here.

**⚠️ Not proved: 1 failed of 5 files; 4 findings in 3 judged files.**

| Files | Fresh | Stale | Pending | Failed | Skipped | Findings | Security | Clean | Score |
| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
| 5 | 3 | 0 | 0 | 1 | 1 | 4 | 1 | 66.6 % | 9.46 |

## Projects

| Project | Standing | Rating | Files | Fresh | Unknown | Skipped | Findings | Security | Clean | Score |
| --- | --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |
| [`backend`](../../backend/RUNS/stats/team_dashboard.md) | ⚠️ 1 not verified | 3 lint findings: -0.3, 1 security finding: -0.5 | 3 | 2 | 1 | 0 | 4 | 1 | 50 % | 9.20 |
| [`frontend`](../../frontend/RUNS/stats/team_dashboard.md) | ✅ passed | - | 2 | 1 | 0 | 1 | 0 | 0 | 100 % | 10.00 |
| `shared` | ⚠️ missing | - | 0 | 0 | 0 | 0 | 0 | 0 | - | - |

## What is not known

- `shared`: missing: `no such directory`

| State | Project | Reason | For example | Files |
| --- | --- | --- | --- | --: |
| failed | `backend` | `ruff crashed` | [`api/odd name.py`](../../backend/api/odd%20name.py) | 1 |
| skipped | `frontend` | `no verifier for .js` | - | 1 |

## What to do

1. Create the directory `/w/shared` of `shared`, or correct its path in `workspace.json`.
2. 1 file of `backend` could not be verified: `ruff crashed`.
3. Look at the 1 security finding first, above all in `api/x.py` of `backend`.
4. Fix the 3 `F401` in 1 file of `backend`; what ruff can mend by itself: `ruff check --select F401 --fix`.
5. Fix the 1 `S101` in 1 file of `backend`; what ruff can mend by itself: `ruff check --select S101 --fix`.

## Worst files

| File | Project | Rules | Rating | Findings | Security | Score |
| --- | --- | --- | --- | --: | --: | --: |
| [`api/x.py`](../../backend/api/x.py) | `backend` | `F401` (3), `S101` (1) | 3 lint findings: -0.6, 1 security finding: -1.0 | 4 | 1 | 8.40 |

## Top rules

| Rule | Verifier | Findings | Files |
| --- | --- | --: | --: |
| `F401` | `ruff` | 3 | 1 |
| `S101` | `ruff` | 1 | 1 |

## Scores

| Category | Findings | Each | At most | Takes |
| --- | --: | --: | --: | --: |
| lint | 3 | -0.2 | -2.0 | -0.20 |
| design | 0 | -0.5 | -3.0 | - |
| security | 1 | -1.0 | -4.0 | -0.33 |
| unfinished | 0 | -0.1 | -1.0 | - |

```text
     10 ████████████████████████ 2
9 to 10                          0
 8 to 9 ████████████             1
 7 to 8                          0
 6 to 7                          0
 5 to 6                          0
 4 to 5                          0
 3 to 4                          0
 2 to 3                          0
 1 to 2                          0
 0 to 1                          0
```

## Trend

```text
2023-11-14 to 2023-11-15
score     ·▁  9.46 -> 9.46
findings  ▁█  0 -> 4
files     ▁█  0 -> 5
```
"""


@pytest.fixture
def small(project, workspace, record):
    """Three projects: one with findings and a failure, one clean, one that is missing."""
    backend = project(
        "backend",
        {
            "api/x.py": record(F401=3, S101=1),
            "api/odd name.py": record(FileState.FAILED, "ruff crashed"),
            "main.py": record(),
        },
        hits=2,
        misses=1,
    )
    frontend = project(
        "frontend", {"a.py": record(), "b.js": record(FileState.SKIPPED, "no verifier for .js")}, hits=1
    )
    shared = project("shared", state="missing", reasons=("no such directory",))
    return workspace(shared, frontend, backend)


def steady(page):
    return [line for line in page.splitlines() if not line.startswith("Generated")]


def shape(page):
    """Headings, and the number of cells in each row of each table."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page)
    rows: list[int] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append(0)
        elif token.type in ("td_open", "th_open"):
            rows[-1] += 1
    assert not [token for token in tokens if token.type in ("html_block", "html_inline")]
    headings = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    return headings[1:], rows


def test_dashboard_of_a_small_workspace(small, project, record):
    backend = next(view for view in small.projects if view.name == "backend")
    frontend = next(view for view in small.projects if view.name == "frontend")
    trends = [point_of(EMPTY, now=NOON - 86_400), point_of(backend.tally + frontend.tally, now=NOON)]

    assert workspace_dashboard(small, trends=trends, now=NOON) == GOLDEN


def test_only_the_generated_line_is_volatile(small):
    later = dataclasses.replace(
        small,
        pid=99,
        uptime_s=90_000.0,
        memory=MemoryView(1.0, 0.0, 1024),
        state="busy",
        queue=QueueView(3, 1, 2.0),
        watch=dataclasses.replace(small.watch, last_audit_s=4000.0),
        projects=tuple(dataclasses.replace(view, hits=7) for view in reversed(small.projects)),
    )

    before, after = workspace_dashboard(small, now=NOON), workspace_dashboard(later, now=NOON + 1e6)

    assert before != after
    assert steady(before) == steady(after)
    assert " · busy · pid 99 · up 1 d 1 h · 1 MB · 3 waiting, 1 running · inotify on " in after
    assert " · 0 missed by events · audited 1 h 6 min ago · " in after


def test_order_of_discovery_does_not_show(small):
    turned = dataclasses.replace(
        small,
        projects=tuple(dataclasses.replace(v, files=dict(reversed(v.files.items()))) for v in small.projects),
    )

    assert workspace_dashboard(turned, now=NOON) == workspace_dashboard(small, now=NOON)


def test_project_page_shows_its_own_figures(small):
    backend = next(view for view in small.projects if view.name == "backend")

    page = project_dashboard(backend, now=NOON)

    assert page.startswith(
        "# Project `backend`\n\nGenerated 2023-11-15 12:00:00 UTC · 0 missed by events · not audited yet"
        " · 66.6 % from the cache\n\nAs of the time above."
    )
    assert "[`api/x.py`](../../api/x.py)" in page
    assert "1 file of `backend` could not be verified: `ruff crashed`." in page


def test_both_pages_say_what_is_not_watched_not_judged_and_was_missed(project, workspace, watch, record):
    gaps = (("/w/backend/x", "limit"), ("/w/backend/x/y", "limit"))
    view = project(
        files={"a.py": record(FileState.FAILED, "ruff crashed (parked until it changes)")},
        parked=("a.py",),
        uncovered=gaps,
        missed_by_events=3,
        last_audit_s=75.0,
    )
    whole = workspace(view, watch=watch(uncovered=gaps, missed_by_events=3, last_audit_s=75.0))

    for page in (workspace_dashboard(whole, now=NOON), project_dashboard(view, now=NOON)):
        assert " · 3 missed by events · audited 1 min 15 s ago" in page.splitlines()[2]
        assert "- No watch on `/w/backend/x` and 1 directory below it: `limit`" in page
        assert "- Missed by events and found by the audit: 3 changes" in page
        assert "parked: `a.py` broke its tool twice" in page
        assert "Change or exclude `a.py` of `backend`: it breaks what judges it." in page


def test_both_pages_say_that_a_tool_is_broken(project, workspace, record):
    view = project(
        files={"a.py": record(FileState.FAILED, "ruff is gone")}, state="error", reasons=("ruff is gone",)
    )

    for page in (workspace_dashboard(workspace(view), now=NOON), project_dashboard(view, now=NOON)):
        assert "error: `ruff is gone`" in page
        assert "1. Nothing of `backend` can be judged: `ruff is gone`. `dev-assistant doctor` tries" in page
        assert "could not be verified" not in page


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_where_they_are_put(project, workspace, record, name):
    def pages(text, reason):
        files = {f"a/{text}": record(F401=1), f"b/{text}": record(FileState.FAILED, reason)}
        files["c"] = record(FileState.SKIPPED, reason)
        ranks = {path: Criticality(0.7, (reason,), is_critical=True) for path in files}
        changed = {"parked": (f"b/{text}",), "uncovered": ((f"/w/{text}", reason),), "ranks": ranks}
        view = project(text.replace("/", ""), files, reasons=(reason,), config_errors=(reason,), **changed)
        whole = workspace(view, name=text, degraded=(reason,), config_errors=(reason,))
        return workspace_dashboard(whole, now=NOON), project_dashboard(view, now=NOON)

    for hostile, tame in zip(pages(name, name), pages("tame", "tame"), strict=True):
        assert shape(hostile) == shape(tame)
        assert hostile.count("\n") == tame.count("\n")
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", hostile)


@given(st.text(st.characters(exclude_categories=(), exclude_characters="/"), min_size=1))
def test_no_text_changes_the_shape_of_a_page(project, record, text):
    def page(foreign):
        return project_dashboard(
            project(foreign, {foreign: record(F401=1), "b/b": record(FileState.FAILED, "x" + foreign)}),
            now=NOON,
        )

    assert shape(page(text)) == shape(page("tame"))


def test_a_page_is_short_whatever_there_is(project, workspace, watch, record):
    def crowded(name):
        files = {f"{n}.py": record(**{f"F{rule}": 1 for rule in range(20)}) for n in range(20)}
        files |= {f"failed{n}.py": record(FileState.FAILED, f"reason {n}") for n in range(20)}
        return project(name, files, reasons=("r",) * 9, config_errors=("e",) * 9)

    views = [crowded(f"project{n:02}") for n in range(80)]
    uncovered = tuple((f"/d{n}", f"limit {n}") for n in range(50))
    view = workspace(*views, degraded=("d",) * 50, watch=watch(uncovered=uncovered, overflows=3))
    trends = [point_of(EMPTY, now=NOON + day * 86_400) for day in range(30)]

    page = workspace_dashboard(view, trends=trends, now=NOON)

    assert page.count("\n") < 200
    assert "… and 20 more projects" in page


def test_what_is_not_green_is_shown_before_what_is(project, workspace, record):
    green = [project(f"a{n:02}", {"a.py": record()}) for n in range(70)]
    bad = project("z", {"a.py": record(F401=1)})

    page = workspace_dashboard(workspace(*green, bad), now=NOON)

    assert "[`z`]" in page
    assert page.index("[`a00`]") < page.index("[`z`]")
    assert "[`a60`]" not in page
