from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from dev_assistant.model import FileRecord, FileState, Part, Summary
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import check_document
from dev_assistant.report.merge import result_of, results_of
from dev_assistant.report.plain import render_check, render_status
from dev_assistant.report.status import status_document
from dev_assistant.report.views import PoolView, QueueView


def status_of(view, *, colour=False):
    return render_status(json.loads(encode(status_document(view))), colour=colour)


def check_of(*files, colour=False, **meta):
    made = [
        result_of(record, findings, project=project, path=path, verified_at=1.0)
        for project, path, record, findings in files
    ]
    document = check_document(results_of({}, made), meta={"settled": True, **meta})
    return render_check(json.loads(encode(document)), colour=colour)


def test_check_lists_findings_by_project_then_what_is_open_then_a_summary(finding, record):
    text = check_of(
        ("a", "x.py", record(F401=1), [finding(line=3, message="`os` imported but unused", fixable=True)]),
        ("b", "y.py", record(S101=2), [finding("S101", 1, 2, "assert"), finding("S101", 9, 2, "assert")]),
        ("b", "z.py", record(FileState.FAILED, "ruff crashed"), []),
        ("b", "w.py", record(FileState.PENDING), []),
        ("b", "c.js", record(FileState.SKIPPED, "no verifier"), []),
        ("b", "d.js", record(FileState.SKIPPED, "no verifier"), []),
    )

    assert text == (
        "a\n"
        "x.py:3:1: F401 [*] `os` imported but unused\n"
        "\n"
        "b\n"
        "y.py:1:2: S101 assert\n"
        "y.py:9:2: S101 assert\n"
        "\n"
        "failed: b: z.py: ruff crashed\n"
        "pending: b: w.py\n"
        "skipped: 2 files: no verifier\n"
        "\n"
        "incomplete: 3 findings in 2 files; 1 failed, 1 pending; "
        "score 8.90 (1 lint finding: -0.1, 2 security findings: -1.0)\n"
    )


def test_a_pass_is_said_only_when_it_is_one(record):
    assert check_of(("a", "x.py", record(), [])) == "passed: 1 file; score 10.00\n"
    assert check_of() == "nothing matched\n"
    assert "passed" not in check_of(("a", "x.py", record(), []), ("a", "y.py", record(FileState.STALE), []))
    assert check_of(("a", "c.js", record(FileState.SKIPPED, "off"), [])).endswith(
        "0 findings in 0 files; nothing was judged; score -\n"
    )


@pytest.mark.parametrize(
    "meta",
    [{"settled": False}, {"missing": ["/w/gone"]}, {"missing_shards": ["api 3/3"]}, {"config_errors": ["x"]}],
)
def test_what_is_no_proof_is_incomplete(record, finding, meta):
    bad = ("a", "y.py", record(F401=1), [finding()])
    assert check_of(("a", "x.py", record(), []), **meta) == "incomplete: 0 findings in 0 files; score 10.00\n"
    assert check_of(**meta) == "incomplete: nothing was judged\n"
    assert check_of(bad, **meta).splitlines()[-1].startswith("incomplete: 1 finding in 1 file; score ")
    assert "\x1b[33mincomplete" in check_of(bad, colour=True, **meta)


def test_a_long_list_is_cut_and_counted(record):
    files = [("a", f"{n}.py", record(FileState.PENDING), []) for n in range(53)]

    assert "... and 3 more pending\n" in check_of(*files)


def test_what_files_have_in_common_is_told_below_them_and_cut(finding, record):
    deep = FileRecord(FileState.FRESH, None, (Part("deep", "0" * 32, Summary("checked"), b"outline"),))
    related = [finding("DA109", line=line, message="f is a copy") for line in range(1, 13)]
    files = [
        result_of(deep, [], project="a", path="x.py", verified_at=1.0, related=related),
        result_of(record(), [], project="a", path="y.py", verified_at=1.0),
    ]
    document = json.loads(encode(check_document(results_of({}, files), meta={"settled": True})))

    lines = render_check(document, colour=False).splitlines()

    assert lines[:2] == ["a, between files (1 file analysed)", "x.py:1:1: DA109 f is a copy"]
    assert lines[-3:] == [
        "... and 2 more (check --json lists all)",
        "",
        "passed: 2 files; score 10.00",
    ]


def test_foreign_text_moves_no_cursor(finding, record, project, workspace):
    evil = "e\x1b[2J\u202e\nx"
    view = workspace(
        project(evil, state="missing", reasons=(evil,), config_errors=(evil,)), name=evil, degraded=(evil,)
    )

    check = check_of(
        (evil, evil, record(F401=1), [finding(evil, message=evil)]),
        (evil, "b", record(FileState.FAILED, evil), []),
        (evil, "c", record(FileState.SKIPPED, evil), []),
    )

    for text in (check, status_of(view)):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "\\x1b[2J" in text
        assert not [line for line in text.splitlines() if line.startswith("x")]


def test_status_shows_each_project_and_the_machinery(project, workspace, watch, record):
    view = workspace(
        project("backend", {"a.py": record(F401=1), "b.py": record(FileState.FAILED)}),
        project("ui", {"c.py": record()}),
        state="busy",
        uptime_s=3725.0,
        queue=QueueView(3, 1, 0.25),
        pool=PoolView(2, 1, 2, 6, "nothing waits", 0.3),
        watch=watch(overflows=1, missed_by_events=2, last_audit_s=75.0),
    )

    assert status_of(view) == (
        "demo: busy (pid 12, up 1 h 2 min, 80 MB)\n"
        "\n"
        "project  state     files  fresh  stale  pending  failed  skipped  findings  score\n"
        "backend  watching      2      1      0        0       1        0         1   9.80\n"
        "ui       watching      1      1      0        0       0        0         0  10.00\n"
        "\n"
        "queue: 3 pending, 1 running, oldest 0.2 s\n"
        "workers: 2 of 2 to 6, and 1 for saves: nothing waits\n"
        "watch: inotify, 10 directories, 1 overflows, 2 missed by events, audited 1 min 15 s ago\n"
    )


def test_status_tells_every_doubt(project, workspace, watch):
    view = workspace(
        project(state="missing", reasons=("no directory",), config_errors=("pyproject.toml:1: bad",)),
        degraded=("polling",),
        config_errors=("workspace.json:1: bad",),
        watch=watch(uncovered=(("/w/x", "limit"),)),
    )

    assert status_of(view).splitlines()[1:6] == [
        "configuration: workspace.json:1: bad (the last good configuration is kept)",
        "degraded: polling",
        "configuration: backend: pyproject.toml:1: bad (the last good configuration is kept)",
        "missing: backend: no directory",
        "not watched: /w/x: limit",
    ]


def test_status_names_parked_files(project, workspace):
    view = workspace(project(parked=("a.py", *(f"b{n}.py" for n in range(12)))))

    lines = status_of(view).splitlines()
    assert lines[1] == "parked: backend: a.py broke its tool twice, and is left alone until that changes"
    assert lines[11] == "parked: backend: and 3 files more (status --json lists all)"


def test_a_stopped_daemon_has_little_to_say():
    assert render_status({"schema": "dev-assistant/status@1", "state": "stopped"}, colour=False) == (
        "dev-assistant: stopped\n"
    )


@pytest.mark.parametrize(
    ("files", "code"),
    [({"a.py": {}}, 32), ({"a.py": {"F401": 1}}, 31), ({}, 33)],
)
def test_green_takes_a_proof(project, workspace, record, files, code):
    view = project("demo2", {path: record(**rules) for path, rules in files.items()})

    assert f"\x1b[{code}mdemo2" in status_of(workspace(view), colour=True)


def test_a_project_in_trouble_is_not_green(project, workspace, record):
    view = project("demo2", {"a.py": record()}, state="degraded")

    assert "\x1b[33mdemo2" in status_of(workspace(view), colour=True)


def test_colour_changes_nothing_but_colour(finding, record):
    files = [
        ("a", "x.py", record(F401=1), [finding()]),
        ("a", "y.py", record(FileState.STALE, "changed"), []),
    ]

    assert re.sub("\x1b\\[[0-9]+m", "", check_of(*files, colour=True)) == check_of(*files)


def test_nothing_heavy_is_imported():
    program = (
        "import sys; old = {*sys.modules}; import dev_assistant.report.plain; print(*{*sys.modules} - old)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "dev_assistant.report.plain" in done.stdout
    assert not {"msgspec", "rich", "pydantic", "dataclasses", "dev_assistant.model"} & set(
        done.stdout.split()
    )
