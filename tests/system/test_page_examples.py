"""The examples of the pages run as they stand, and print what is told there.

A fenced block of Python shares its names with those before it; one of text right after it is what it prints.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant.record.evidence import JsonlEvidenceLog
from documents import REPOSITORY, Fence, fences
from fakes.record import evidence

COMMIT = REPOSITORY / "docs" / "before-a-commit.md"
EVIDENCE = REPOSITORY / "docs" / "evidence.md"
LIBRARY = REPOSITORY / "docs" / "library.md"
PROJECT = REPOSITORY / "examples" / "frontend"


def examples(page: Path) -> list[tuple[Fence, Fence | None]]:
    """The blocks of Python, each with what it prints, if that is told."""
    blocks = fences(page)
    following = [*blocks[1:], None]
    return [
        (block, after if after is not None and after.follows and after.language == "text" else None)
        for block, after in zip(blocks, following, strict=True)
        if block.language == "python"
    ]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, as the current directory."""
    copy = tmp_path / "frontend"
    shutil.copytree(PROJECT, copy, ignore=shutil.ignore_patterns("RUNS"))
    monkeypatch.chdir(copy)
    return copy


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize("page", [LIBRARY, REPOSITORY / "README.md"], ids=lambda page: page.name)
def test_the_examples_run_and_print_what_is_told(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names: dict[str, object] = {"__name__": "example"}
    blocks = examples(page)
    assert blocks
    for block, printed in blocks:
        place = f"{page.name}:{block.line}"
        exec(compile(block.text, place, "exec"), names)
        out = capsys.readouterr().out
        if printed is not None:
            assert out == printed.text, place


def test_evidence_can_be_checked_as_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory = tmp_path / "RUNS" / "evidence"
    directory.mkdir(parents=True)
    heads: list[str] = []
    log = JsonlEvidenceLog(directory, project="demo", head=lambda: None, save_head=heads.append)
    for name in ("a.py", "b.py", "c.py"):
        log.append([evidence(name)])
    log.close()
    monkeypatch.chdir(tmp_path)
    [(script, _)] = examples(EVIDENCE)
    exec(script.text, {})
    assert capsys.readouterr().out == f"3 lines, the last one is {heads[-1]}\n"
    [day] = directory.glob("*.jsonl")
    day.write_bytes(day.read_bytes().replace(b"b.py", b"x.py"))
    exec(script.text, {})
    assert capsys.readouterr().out.startswith(f"{day.name}:3 does not follow the line before\n3 lines")


@pytest.mark.parametrize(
    ("hook", "staged", "stops"), [(0, "good.py", False), (0, "bad.py", True), (1, "data.bin", False)]
)
def test_gits_hook_stops_a_commit_with_findings(tmp_path: Path, hook: int, staged: str, stops: bool) -> None:
    for name, text in {
        "pyproject.toml": "",
        "good.py": "x = 1\n",
        "bad.py": "import os\n",
        "data.bin": "?",
    }.items():
        (tmp_path / name).write_text(text)
    script = [fence.text for fence in fences(COMMIT) if fence.language == "sh"][hook]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in (["git", "init", "-q"], ["git", "add", staged]):
        subprocess.run(command, cwd=tmp_path, check=True, timeout=60)
    environ = {**os.environ, "PATH": path}
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, env=environ, timeout=60, check=False)
    assert bool(done.returncode) is stops


def test_each_public_name_is_explained() -> None:
    text = LIBRARY.read_text(encoding="utf-8")
    assert [name for name in dev_assistant.__all__ if not re.search(rf"`{name}\b", text)] == []
