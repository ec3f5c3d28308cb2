"""Builders of records and views; sessions share them, so hypothesis may use them too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dev_assistant.model import Category, Checked, FileRecord, FileState, Finding, Part, Severity, summarize
from dev_assistant.report.documents import CheckDocument, check_document
from dev_assistant.report.merge import result, results_of
from dev_assistant.report.tally import tally
from dev_assistant.report.views import MemoryView, ProjectView, QueueView, WatchView, WorkspaceView

_CATEGORIES = {"S": Category.SECURITY, "C": Category.DESIGN, "F": Category.LINT, "E": Category.LINT}


def _finding(
    rule: str = "F401", line: int = 1, column: int = 1, message: str = "unused", **changed: object
) -> Finding:
    values = {
        "rule": rule,
        "category": _CATEGORIES.get(rule[:1], Category.UNFINISHED),
        "severity": Severity.WARNING,
        "line": line,
        "column": column,
        "end_line": line,
        "end_column": column + 1,
        "message": message,
        "fixable": False,
    }
    return Finding(**{**values, **changed})


def _record(
    state: FileState = FileState.FRESH, reason: str = "", *, verifier: str = "ruff", **rules: int
) -> FileRecord:
    findings = tuple(_finding(rule, line) for rule, times in rules.items() for line in range(1, times + 1))
    return FileRecord(state, None, (Part(verifier, "0" * 32, summarize(Checked(findings))),), reason)


def _project(
    name: str = "backend", files: dict[str, FileRecord] | None = None, **changed: object
) -> ProjectView:
    files = files or {}
    values = {
        "name": name,
        "root": f"/w/{name}",
        "state": "watching",
        "reasons": (),
        "files": files,
        "tally": tally(files),
        "hits": 0,
        "misses": 0,
    }
    return ProjectView(**{**values, **changed})


def _watch(**changed: object) -> WatchView:
    values = {
        "backend": "inotify",
        "directories": 10,
        "overflows": 0,
        "missed_by_events": 0,
        "uncovered": (),
        "last_audit_s": None,
    }
    return WatchView(**{**values, **changed})


def _workspace(*projects: ProjectView, **changed: object) -> WorkspaceView:
    values = {
        "name": "demo",
        "root": "/w",
        "state": "idle",
        "degraded": (),
        "pid": 12,
        "uptime_s": 61.0,
        "projects": projects,
        "queue": QueueView(0, 0, None),
        "watch": _watch(),
        "memory": MemoryView(60.0, 20.0, 1024),
        "version": "1.0",
    }
    return WorkspaceView(**{**values, **changed})


@pytest.fixture(scope="session")
def finding() -> Callable[..., Finding]:
    return _finding


@pytest.fixture(scope="session")
def record() -> Callable[..., FileRecord]:
    return _record


@pytest.fixture(scope="session")
def project() -> Callable[..., ProjectView]:
    return _project


@pytest.fixture(scope="session")
def watch() -> Callable[..., WatchView]:
    return _watch


@pytest.fixture(scope="session")
def workspace() -> Callable[..., WorkspaceView]:
    return _workspace


def _judgement(
    files: dict[tuple[str, str], list[Finding]],
    *,
    states: dict[tuple[str, str], FileState] | None = None,
    related: dict[tuple[str, str], list[Finding]] | None = None,
    **meta: object,
) -> CheckDocument:
    rows = [
        result(
            findings,
            project=project,
            path=path,
            state=(states or {}).get((project, path), FileState.FRESH),
            verified_at=None,
            reason="",
            related=(related or {}).get((project, path), ()),
        )
        for (project, path), findings in files.items()
    ]
    roots = {project: project for project, _ in files}
    return check_document(results_of(roots, rows), meta={"settled": True, **meta})


@pytest.fixture(scope="session")
def judgement() -> Callable[..., CheckDocument]:
    """The check document of findings by (project, path)."""
    return _judgement
