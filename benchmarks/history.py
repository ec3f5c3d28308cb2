"""Runs on disk: one JSON file each in ``results/``, with what is needed to read it later."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from figures import Row, distribution

RESULTS = Path(__file__).resolve().parent / "results"
REPOSITORY = RESULTS.parents[1]
SCHEMA = "dev-assistant/benchmarks@1"
PACKAGES = ("dev-assistant", "ruff", "watchdog", "watchfiles")
DIGITS = 6
"""Significant ones that are kept of a sample."""

Run = dict[str, Any]


def new(*, profile: str, note: str) -> Run:
    """A run that has measured nothing yet."""
    return {
        "schema": SCHEMA,
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "profile": profile,
        "note": note,
        "revision": revision(),
        "machine": {
            "cores": os.cpu_count(),
            "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            "system": platform.platform(),
            "python": platform.python_version(),
            "load": [round(each, 2) for each in os.getloadavg()],
        },
        "versions": {package: version(package) for package in PACKAGES},
        "scenarios": [],
    }


def add(run: Run, *, name: str, files: int, seconds: float, rows: Sequence[Row]) -> None:
    """What one scenario gave at one size."""
    result = {"name": name, "files": files, "seconds": round(seconds, 1), "rows": [*map(_encoded, rows)]}
    run["scenarios"].append(result)


def failed(run: Run, *, name: str, files: int, seconds: float, error: str) -> None:
    """A scenario that could not be measured is told of, too."""
    result = {"name": name, "files": files, "seconds": round(seconds, 1), "rows": [], "error": error}
    run["scenarios"].append(result)


def save(run: Mapping[str, Any]) -> Path:
    """Write ``results/TIME.json``."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{run['time'][:19].replace('-', '').replace(':', '')}.json"
    path.write_text(json.dumps(run, indent=1) + "\n")
    return path


def runs() -> list[Run]:
    """All of them, the oldest first."""
    found: list[Run] = [json.loads(path.read_bytes()) for path in sorted(RESULTS.glob("*.json"))]
    return [run for run in found if run.get("schema") == SCHEMA]


def revision() -> str:
    """What is checked out; with a plus when the working tree differs."""
    head = _git("rev-parse", "--short=12", "HEAD").strip()
    return head + ("+" if _git("status", "--porcelain", "--untracked-files=no", "--", "daemon") else "")


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout


def _encoded(row: Row) -> dict[str, Any]:
    figures = asdict(distribution(row.samples)) if row.samples else None
    goals = [{**asdict(goal), "value": _rounded(goal.value), "reached": goal.reached} for goal in row.goals]
    return {
        "subject": row.subject,
        "unit": row.unit,
        "samples": [*map(_rounded, row.samples)],
        "figures": figures and {name: _rounded(value) for name, value in figures.items()},
        "errors": row.errors,
        "memory_mb": _rounded(row.memory_mb),
        "throughput": _rounded(row.throughput),
        "goals": goals,
    }


def _rounded(value: float | None) -> float | None:
    """None for what JSON cannot say."""
    return None if value is None or math.isnan(value) else float(f"{value:.{DIGITS}g}")
