"""What asking costs as whole processes: ``status``, and ``check --json`` of all when nothing changed."""

from __future__ import annotations

import sys

import subject
from figures import Goal, Row
from scenario import Field, Scenario, interleaved, milliseconds
from subject import RUFF

CHECK, STATUS = "dev-assistant check --json", "dev-assistant status"
LIMITS_MS = {CHECK: 100.0, STATUS: 45.0}


def run(field: Field) -> list[Row]:
    workspace, daemon = field.settled()
    commands = {
        CHECK: [*daemon.command, "check", "--json"],
        STATUS: [*daemon.command, "status"],
        "ruff check with its cache": [RUFF, "check", "--quiet", "--output-format", "json-lines", "."],
        "bare python": [sys.executable, "-c", "pass"],
    }
    ways = {
        name: lambda command=command: milliseconds(command, cwd=workspace.root, environ=daemon.environ)  # type: ignore[misc]
        for name, command in commands.items()
    }
    series = interleaved(ways, rounds=field.rounds(quick=10, full=30))
    memory = subject.memory_mb(daemon.family())
    rows = []
    for name, each in series.items():
        row = each.row(name, memory_mb=memory if name in LIMITS_MS else None)
        goals = (Goal("p50 in ms", row.median, LIMITS_MS[name]),) if name in LIMITS_MS else ()
        rows.append(each.row(name, memory_mb=row.memory_mb, goals=goals))
    return rows


SCENARIO = Scenario(
    name="answers",
    title="Asking a daemon",
    goal="`check --json` ≤ 100 ms and `status` ≤ 45 ms as whole processes at 10,000 files",
    run=run,
)
