"""What is asked of a daemon on real code: the same findings as ruff, consistent totals, no work twice.

Each scenario returns figures, and raises Disagreement with the first differences when the daemon is wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from corpus import Workspace
from subject import Daemon

SHOWN = 10
Document = dict[str, Any]


class Disagreement(Exception):  # noqa: N818  the outcome of a comparison, not a fault of the program
    """The daemon says something else than it should."""


class Place(NamedTuple):
    """One finding, as ruff and the daemon both tell it."""

    rule: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str


Findings = dict[tuple[str, str], list[Place]]
"""By project and path, sorted; a file without findings has an empty list."""


def check(daemon: Daemon, *, timeout: float = 300.0) -> Document:
    """The daemon's check document, whatever it found."""
    done = daemon.run("check", "--json", "--timeout", f"{timeout:g}", timeout=timeout + 20)
    if done.returncode not in {0, 1, 3}:
        raise SystemExit(f"dev-assistant check: {done.stderr.decode()}")
    document: Document = json.loads(done.stdout)
    return document


def by_daemon(document: Document) -> Findings:
    """The findings of all files that it judged."""
    return {
        (file["project"], file["path"]): sorted(map(_shown, file["findings"]))
        for file in document["files"]
        if file["state"] == "fresh"
    }


def _shown(finding: Mapping[str, Any]) -> Place:
    return Place(*(finding[field] for field in Place._fields))


def by_ruff(workspace: Workspace) -> Findings:
    """What ``ruff check --no-cache`` finds, run in each project."""
    found: Findings = {}
    for project in workspace.projects:
        root = workspace.root / project
        for name in _ruff(root, "--show-files").splitlines():
            found[project, os.path.relpath(name, root)] = []
        for finding in json.loads(_ruff(root, "--no-cache", "--output-format", "json")):
            found[project, os.path.relpath(finding["filename"], root)].append(_told(finding))
    return {key: sorted(findings) for key, findings in found.items()}


def _told(finding: Mapping[str, Any]) -> Place:
    start, end = finding["location"], finding["end_location"]
    rule = finding["code"] or "invalid-syntax"
    return Place(rule, start["row"], start["column"], end["row"], end["column"], finding["message"])


def _ruff(root: Path, *options: str) -> str:
    command = [sys.executable, "-m", "ruff", "check", *options, "."]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(f"ruff in {root}: {done.stderr}")
    return done.stdout


def same_findings(workspace: Workspace, document: Document) -> dict[str, float]:
    """File by file; pyproject.toml, which ruff lists and does not judge as a module, is no part of it."""
    known, right = by_daemon(document), by_ruff(workspace)
    unknown = [file for file in document["files"] if file["state"] in {"stale", "pending"}]
    failed = {
        (file["project"], file["path"]): file["reason"]
        for file in document["files"]
        if file["state"] == "failed"
    }
    modules = {key for key in known.keys() | right.keys() if key[1].endswith((".py", ".pyi", ".ipynb"))}
    different = [
        key
        for key in sorted(modules)
        if known.get(key) != right.get(key) and not _excused(key, failed, right)
    ]
    if different or unknown:
        raise Disagreement(
            "\n".join(f"{key}: {known.get(key)}, ruff: {right.get(key)}" for key in different[:SHOWN])
        )
    compared = sum(len(known[key]) for key in modules & known.keys())
    return {"files": len(modules), "failed": len(failed), "findings": compared, "different": len(different)}


def _excused(key: tuple[str, str], failed: Mapping[tuple[str, str], str], right: Findings) -> bool:
    """Ruff cannot read a file either: it tells so with E902, which for us is a failure and no finding."""
    return key in failed and any(place.rule == "E902" for place in right.get(key, ()))


def same_totals(workspace: Workspace, document: Document) -> dict[str, float]:
    """Dashboard and statistics are the sum of what check lists."""
    files, findings = len(document["files"]), sum(len(file["findings"]) for file in document["files"])
    stats = workspace.root / "RUNS" / "stats"
    row = json.loads((stats / "workspace_stats.json").read_bytes())["workspace"]
    told = {
        "check": (document["summary"]["files"], document["summary"]["findings"]),
        "workspace_stats.json": (row["total_files"], row["total_violations"]),
        "workspace_dashboard.md": _first_table((stats / "workspace_dashboard.md").read_text("utf-8")),
    }
    wrong = {name: pair for name, pair in told.items() if pair != (files, findings)}
    if wrong:
        raise Disagreement(f"{files} files with {findings} findings are listed, but the totals say {wrong}")
    return {"total_files": files, "total_findings": findings}


def _first_table(page: str) -> tuple[int, int]:
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("|")]
    row = dict(zip(rows[0], rows[2], strict=True))
    return int(row["Files"].replace(",", "")), int(row["Findings"].replace(",", ""))


def evidence(workspace: Workspace) -> int:
    """Lines of evidence: a verdict that is new makes one."""
    files = (
        path
        for name in workspace.projects
        for path in (workspace.root / name / "RUNS/evidence").glob("*.jsonl")
    )
    return sum(path.read_bytes().count(b"\n") for path in files)


def restart(daemon: Daemon, workspace: Workspace, *, before: Document) -> dict[str, float]:
    """Stop and start: the same body, and not one verdict anew."""
    lines, begun = evidence(workspace), time.monotonic()
    for command in (("stop",), ("start",)):
        done = daemon.run(*command, timeout=120)
        if done.returncode != 0:
            raise SystemExit(f"dev-assistant {command[0]}: {done.stderr.decode()}")
    daemon.settle(timeout=300)
    seconds = time.monotonic() - begun
    after = check(daemon)
    if {**before, "meta": None} != {**after, "meta": None}:
        raise Disagreement("a restart changes what check says")
    if (new := evidence(workspace) - lines) > 0:
        raise Disagreement(f"{new} verdicts were made anew by a restart")
    return {"restart_s": seconds, "verified_again": 0}
