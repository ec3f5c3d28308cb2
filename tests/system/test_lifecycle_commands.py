"""start, status, wait, logs, restart and stop as a person types them, against the real daemon."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 90.0


class Shell:
    """Runs commands in a workspace that nothing else uses."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-m", "dev_assistant", *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
            env={**os.environ, "COLUMNS": "100"},
        )

    def document(self, *arguments: str) -> Any:
        done = self(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "app.py").write_text("import os\n")
    shell = Shell(tmp_path)
    yield shell
    shell("stop")


def test_from_start_to_stop(shell: Shell) -> None:
    first = shell.document("start")
    assert first["state"] == "started"
    assert shell.document("start") == {**first, "state": "already-running"}
    assert shell.document("status")["pid"] == first["meta"]["pid"]
    assert shell.document("wait")["settled"]
    assert " ready " in shell("logs").stdout
    assert shell.document("stop")["state"] == "stopped"
    assert shell.document("stop")["state"] == "not-running"
    assert [shell(command).returncode for command in ("status", "wait", "events")] == [4, 4, 4]
    assert shell("logs", "-f").returncode == 4


def test_a_restart_keeps_the_options(shell: Shell) -> None:
    before = shell.document("start", "--watch-dirs", "src")
    assert shell.document("wait")["settled"]
    files = [project["files"] for project in shell.document("status")["projects"]]

    after = shell.document("restart")

    assert after["state"] == "started"
    assert after["meta"]["pid"] != before["meta"]["pid"]
    assert shell.document("wait")["settled"]
    assert [project["files"] for project in shell.document("status")["projects"]] == files == [1]


def test_a_restart_that_would_fail_leaves_the_daemon(shell: Shell) -> None:
    workspace = shell.root / "workspace.json"
    workspace.write_text('{"projects": [{"name": "src", "path": "src"}]}')
    pid = shell.document("start")["meta"]["pid"]

    refused = shell("restart", "--watch-dirs", "nope")
    assert refused.returncode == 2
    assert "--watch-dirs: no project" in refused.stderr
    workspace.write_text('{"projects": 3}')
    broken = shell("restart")
    assert broken.returncode == 2
    assert "projects" in broken.stderr

    assert shell.document("status")["pid"] == pid


def test_the_workspace_only_says_which_daemon_is_meant(shell: Shell) -> None:
    shell.document("start", "--watch-dirs", "src")
    shell.document("restart", "--workspace", str(shell.root))
    assert shell.document("wait")["settled"]
    assert [project["files"] for project in shell.document("status")["projects"]] == [1]


def test_what_keeps_it_from_starting_is_shown(shell: Shell) -> None:
    (shell.root / "workspace.json").write_text('{"projects": 3}')

    done = shell("start")

    assert done.returncode == 2
    assert "workspace.json" in done.stderr
    assert "projects" in done.stderr
    assert "Traceback" not in done.stderr
