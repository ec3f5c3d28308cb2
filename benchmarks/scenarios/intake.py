"""Taking events in: what a watcher costs for each saved file, and what is lost at 20,000 events a second.

A save here is an open file that is written and closed: two events of the kernel. Every file is saved once, so
one that nobody was told of is lost. The last row is a whole daemon, whose workers judge what comes in
meanwhile: lost is what its verdict does not know.
"""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import subject
import watcher
from corpus import Workspace
from figures import Goal, Row
from scenario import Field, Scenario, Series
from subject import running

EVENTS_A_SECOND = 20_000
EVENTS_A_SAVE = 2
LIMIT_MICROSECONDS = 10.0
IN_DIRECTORY = 100
BURST = 100
QUIET_SECONDS = 0.3
WAYS = ("dev-assistant", "watchdog", "watchfiles")
BEFORE, AFTER = b"value = 1\n", b"undefined\n"


def run(field: Field) -> list[Row]:
    series = {way: Series() for way in WAYS}
    rates: dict[str, float] = {}
    for number in range(field.rounds(quick=2, full=6)):
        for way in WAYS:
            workspace = plain(field.scratch / f"{way}-{number}", field.files)
            rates[way] = watched(way, workspace, series[way])
    rows = [each.row(way, "µs CPU a save", throughput=rates[way]) for way, each in series.items()]
    goals = (
        Goal("µs CPU a save, p50", rows[0].median, LIMIT_MICROSECONDS),
        Goal("saves lost", rows[0].errors, 0),
    )
    ours = series[WAYS[0]].row(WAYS[0], "µs CPU a save", throughput=rates[WAYS[0]], goals=goals)
    return [ours, *rows[1:], whole(field)]


def watched(way: str, workspace: Workspace, series: Series) -> float:
    """Save everything once under a watcher; events a second that were made."""
    with watcher.watching(way, workspace.root) as watching:
        before, _ = watching.told()
        rate = save_all(workspace)
        used, seen = -1.0, 0
        while True:
            time.sleep(QUIET_SECONDS)
            now_used, now_seen = watching.told()
            if now_seen == seen:
                break
            used, seen = now_used, now_seen
        series.samples.append(1e6 * (used - before) / workspace.python_files)
        series.errors += workspace.python_files - seen
    return rate


def whole(field: Field) -> Row:
    """A daemon that judges all the while."""
    workspace = plain(field.scratch / "whole", field.files)
    with running(workspace.file, home=field.home()) as daemon:
        daemon.settle()
        before = subject.processor_seconds([daemon.process])
        rate = save_all(workspace)
        daemon.settle()
        used = subject.processor_seconds([daemon.process]) - before
        document = json.loads(daemon.run("check", "--json", timeout=120).stdout)
        status = daemon.status()
        memory = subject.memory_mb(daemon.family())
    lost = field.files - document["summary"]["findings"]
    goals = (
        Goal("saves lost", lost, 0),
        Goal("overflows", status["watch"]["overflows"], 0),
        Goal("events a second that were made", rate, 0.9 * EVENTS_A_SECOND, least=True),
    )
    sample = 1e6 * used / field.files
    return Row(
        "dev-assistant, judging too", "µs CPU a save", (sample,), lost, memory, throughput=rate, goals=goals
    )


def plain(root: Path, files: int) -> Workspace:
    """A workspace of tiny files that nobody finds fault with."""
    for number in range(files):
        path = _path(root, number)
        if number % IN_DIRECTORY == 0:
            path.parent.mkdir(parents=True)
        path.write_bytes(BEFORE)
    (root / "project" / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["F821"]\n')
    (root / "workspace.json").write_text(json.dumps({"projects": [{"name": "p", "path": "./project"}]}))
    return Workspace(root, ("project",), files)


def save_all(workspace: Workspace) -> float:
    """Save each file once at EVENTS_A_SECOND; how many events a second it was."""
    begun = time.monotonic()
    for number in range(workspace.python_files):
        if number % BURST == 0:
            due = begun + number * EVENTS_A_SAVE / EVENTS_A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
        descriptor = os.open(_path(workspace.root, number), os.O_WRONLY)
        os.write(descriptor, AFTER)
        os.close(descriptor)
    return workspace.python_files * EVENTS_A_SAVE / (time.monotonic() - begun)


def _path(root: Path, number: int) -> Path:
    return root / "project" / f"d{number // IN_DIRECTORY:04d}" / f"m{number:06d}.py"


SCENARIO = Scenario(
    name="intake",
    title="20,000 events a second",
    goal="≤ 10 µs of processor time per event, 0 lost with workers busy",
    run=run,
    quick=(10_000,),
    full=(20_000,),
)
