"""The assembled daemon inside this process: what the control socket's methods answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.bootstrap import Assembly, Loading, assemble
from dev_assistant.errors import ConfigError, UserError
from dev_assistant.once import check_once
from dev_assistant.report.canonical import encode
from dev_assistant.service.answers import Answers
from dev_assistant.service.records import DiskRecords
from dev_assistant.watch.choose import open_source


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F"]\n')
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("import os\n")
    return tmp_path.resolve()


@pytest.fixture
def assembly(tree: Path) -> Iterator[Assembly]:
    loading = Loading(None, tree, {})
    made = assemble(
        loading(),
        loading=loading,
        source=open_source(poll_interval=0.05),
        records=DiskRecords(),
        stop=threading.Event().set,
    )
    made.daemon.start()
    assert made.daemon.coordinator.ready.wait(30)
    yield made
    assert made.daemon.stop(10) == []


def rules(document: bytes) -> dict[str, list[str]]:
    files = json.loads(document)["files"]
    return {file["path"]: [finding["rule"] for finding in file["findings"]] for file in files}


def test_a_check_sees_every_write_before_it(assembly: Assembly, tree: Path) -> None:
    for number in range(20):
        (tree / "good.py").write_text("import os\n" * (number % 2) + f"x = {number}\n")
        found = rules(assembly.answers.check([], 30))
        assert found["good.py"] == ["F401"] * (number % 2)
        assert found["bad.py"] == ["F401"]


def test_a_check_of_paths_is_confined_to_them(assembly: Assembly, tree: Path) -> None:
    (tree / "pkg").mkdir()
    (tree / "pkg" / "new.py").write_text("import sys\n")
    assert rules(assembly.answers.check([str(tree / "pkg")], 30)) == {"pkg/new.py": ["F401"]}
    assert rules(assembly.answers.check([str(tree / "bad.py")], 30)) == {"bad.py": ["F401"]}
    with pytest.raises(UserError, match="no watched directory"):
        assembly.answers.check(["/elsewhere"], 30)


def test_findings_that_the_cache_has_lost_are_made_anew(assembly: Assembly, tree: Path) -> None:
    assert rules(assembly.answers.check([], 30))["bad.py"] == ["F401"]
    for path in (tree / "RUNS" / ".cache").iterdir():
        path.unlink()
    assert rules(assembly.answers.check([], 30))["bad.py"] == ["F401"]


def test_the_same_by_a_daemon_and_by_a_fresh_look(
    assembly: Assembly, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree)
    by_daemon: dict[str, Any] = json.loads(assembly.answers.check([], 30))
    alone = check_once(workspace=None, watch_dirs=(), paths=[], cached=False, timeout=60)
    assert {**by_daemon, "meta": None} == {**json.loads(encode(alone)), "meta": None}


def test_a_fresh_look_without_cache_writes_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    document = check_once(workspace=None, watch_dirs=(), paths=[], cached=False, timeout=60)
    assert document.summary.findings == 1
    assert sorted(path.name for path in tree.iterdir()) == ["bad.py", "good.py", "pyproject.toml"]


def test_a_broken_configuration_is_refused(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree)
    (tree / "workspace.json").write_text('{"projects": [{"name": "a"}]}')
    with pytest.raises(ConfigError, match="path"):
        check_once(workspace=None, watch_dirs=(), paths=[], cached=False, timeout=60)


def test_waiting_tells_what_is_unknown(assembly: Assembly, tree: Path) -> None:
    answers: Answers = assembly.answers
    assert answers.wait(30) == {"settled": True, "failed": 0}
    (tree / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["NOSUCHRULE"]\n')
    broken = answers.wait(30)
    assert broken["settled"] is True and broken["failed"] != 0
    assert json.loads(answers.status())["projects"][0]["passed"] is None


def test_events_are_told_as_they_are_accepted(assembly: Assembly, tree: Path) -> None:
    assembly.answers.wait(30)
    follower = assembly.answers.events()
    (tree / "good.py").write_text("import os\n")
    event = next(event for event in follower if event is not None)
    assert (event["path"], event["passed"], event["cached"]) == ("good.py", False, False)
    assert event["counts"]["lint"] == 1 and event["latency_ms"] >= 0
