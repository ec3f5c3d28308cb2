from __future__ import annotations

import dataclasses
import json

from dev_assistant.model import FileState
from dev_assistant.report.canonical import encode
from dev_assistant.report.status import status_document
from dev_assistant.report.views import KindView, PoolView, QueueView


def as_json(view):
    return json.loads(encode(status_document(view)))


def test_status_has_the_promised_form(project, workspace, record):
    backend = project(files={"a.py": record(F401=1), "b.py": record(FileState.PENDING)})

    document = as_json(workspace(backend, queue=QueueView(1, 2, 0.345, (KindView("ruff", 1, 2, 3),))))

    assert document["schema"] == "dev-assistant/status@1"
    promised = {"schema", "state", "degraded", "pid", "uptime_s", "projects", "queue", "watch", "memory_mb"}
    assert promised <= set(document)
    assert document["queue"] == {
        "pending": 1,
        "running": 2,
        "oldest_s": 0.3,
        "kinds": [{"verifier": "ruff", "waiting": 1, "running": 2, "limit": 3}],
    }
    assert document["pool"] is None
    assert document["projects"] == [
        {
            "name": "backend",
            "root": "/w/backend",
            "state": "watching",
            "reasons": [],
            "config_errors": [],
            "parked": [],
            "missed_by_events": 0,
            "files": 2,
            "fresh": 1,
            "stale": 0,
            "pending": 1,
            "failed": 0,
            "skipped": 0,
            "passed": None,
            "findings": 1,
            "counts": {"lint": 1, "design": 0, "security": 0, "unfinished": 0},
            "score": 9.8,
            "rating": ["1 lint finding: -0.2"],
        }
    ]


def test_the_workers_are_told_with_the_reason(project, workspace):
    view = workspace(project(), pool=PoolView(3, 1, 2, 6, "work waits", 0.3))
    assert as_json(view)["pool"] == {
        "workers": 3,
        "for_saves": 1,
        "min": 2,
        "max": 6,
        "reason": "work waits",
        "batch_s": 0.3,
    }


def test_everything_that_is_not_known_is_in_it(project, workspace, watch):
    broken = project(state="missing", reasons=("gone \udcff",), config_errors=("pyproject.toml:3: bad",))
    broken = dataclasses.replace(broken, parked=("a\udcff.py",), missed_by_events=2)
    view = workspace(
        broken,
        degraded=("polling",),
        config_errors=("workspace.json:1: bad",),
        watch=watch(
            overflows=1,
            missed_by_events=2,
            uncovered=(("/w/x", "limit"),),
            last_audit_s=3.21,
            polled=1,
            holders=((7, "code", 12),),
        ),
    )

    document = as_json(view)

    assert document["degraded"] == ["polling"]
    assert document["config_errors"] == ["workspace.json:1: bad"]
    assert document["projects"][0]["reasons"] == ["gone \\xff"]
    assert document["projects"][0]["parked"] == ["a\\xff.py"]
    assert document["projects"][0]["missed_by_events"] == 2
    assert document["projects"][0]["config_errors"] == ["pyproject.toml:3: bad"]
    assert document["watch"] == {
        "backend": "inotify",
        "directories": 10,
        "overflows": 1,
        "missed_by_events": 2,
        "uncovered": [{"directory": "/w/x", "reason": "limit"}],
        "last_audit_s": 3.2,
        "polled": 1,
        "holders": [{"pid": 7, "name": "code", "watches": 12}],
    }
