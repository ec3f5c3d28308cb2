"""Commands in surroundings that are not as one expects: streams that fail, and a directory that is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = (sys.executable, "-m", "dev_assistant")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "alpha").mkdir()
    (tmp_path / "alpha" / "a.py").write_text("import os\n")
    projects = [{"name": "\N{LATIN SMALL LETTER U WITH DIAERESIS}", "path": "alpha"}]
    (tmp_path / "workspace.json").write_text(json.dumps({"projects": projects}))
    return tmp_path


def run(line: str, *, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """``line`` is for the shell, with the program as ``$0 $@``."""
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        ["/bin/sh", "-c", line, *PROGRAM],
        cwd=cwd,
        env={**buffered, **environ},
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments", ["check --json --no-cache", "check --no-cache", "explain DA102", "status --help", "--help"]
)
def test_what_cannot_be_shown_is_told_and_is_no_finding(tree: Path, arguments: str, unbuffered: str) -> None:
    done = run(f'"$0" "$@" {arguments} > /dev/full', cwd=tree, PYTHONUNBUFFERED=unbuffered)
    assert done.returncode == 2
    assert done.stderr.startswith("dev-assistant: No space left on device\n  \N{RIGHTWARDS ARROW}")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_a_mistake_is_told_all_the_same(tree: Path) -> None:
    done = run('"$0" "$@" check nope --no-cache --json > /dev/full', cwd=tree)
    assert done.returncode == 2
    assert "no watched directory" in done.stderr
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("option", ["", "--json"])
def test_closed_streams_leave_the_status(tree: Path, option: str) -> None:
    for closed in (">&-", ">&- 2>&-"):
        done = run(f'"$0" "$@" check --no-cache {option} {closed}', cwd=tree)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


@pytest.mark.parametrize("arguments", ["check --no-cache", "gate --no-cache"])
def test_what_stdout_cannot_encode_is_escaped(tree: Path, arguments: str) -> None:
    done = run(f'"$0" "$@" {arguments}', cwd=tree, PYTHONIOENCODING="ascii")
    assert done.returncode == 1
    assert r"\xfc" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    ["status", "check", "start", "stop", "init", "doctor", "config validate", "gate", "events", "why x"],
)
def test_a_directory_that_is_gone_is_told_with_the_way_out(tree: Path, arguments: str) -> None:
    (tree / "sub").mkdir()
    done = run(f'cd sub && rmdir ../sub && "$0" "$@" {arguments}', cwd=tree)
    assert done.returncode == 2
    told = "the current directory is gone\n  \N{RIGHTWARDS ARROW} cd to a directory that exists"
    assert done.stderr == f"dev-assistant: {told}\n"


@pytest.mark.parametrize("option", ["", "--staged"])
def test_a_workspace_without_its_file_is_told(tree: Path, option: str) -> None:
    done = run(f'"$0" "$@" -w . check --no-cache {option}', cwd=tree / "alpha")
    assert done.returncode == 2
    assert "alpha/workspace.json: no such file" in done.stderr
