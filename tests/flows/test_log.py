"""A fault that lasts for a day writes few lines: each is told when it begins and when it ends."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Clock
from dev_assistant.service.refusals import Refusals
from flows.world import World, workspace

DAY = 86_400.0
HOUR = 3600.0
STEP = 15.0
"""A process that is later than 20 s for what it had to do takes it that the machine slept."""


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = workspace(tmp_path, "app", "web")
    for name in ("app", "web"):
        (root / name).mkdir()
        (root / name / "a.py").write_text("fine\n")
    return World(root, project="web").start()


def missing_root(world: World) -> None:
    shutil.rmtree(world.root / "app")
    world.source.lose(str(world.root / "app"))


def missing_tool(world: World) -> None:
    world.verifier.broken = "ruff is not installed"
    world.write("web/a.py", "fine again\n")


def broken_workspace(world: World) -> None:
    (world.root / "workspace.json").write_text("{")
    world.source.hint(str(world.root / "workspace.json"))


def broken_settings(world: World) -> None:
    (world.root / "web" / "pyproject.toml").write_text("[tool.dev-assistant]\nlog_level = 3\n")
    world.source.hint(str(world.root / "web" / "pyproject.toml"))


def unreadable_settings(world: World) -> None:
    world.load_error = OSError(24, "Too many open files")


def a_file_that_breaks_the_tool(world: World) -> None:
    world.write("web/a.py", "CRASH\n")


def losses(world: World) -> None:
    world.source.overflow()


FAULTS = [
    broken_workspace,
    missing_root,
    missing_tool,
    broken_settings,
    unreadable_settings,
    a_file_that_breaks_the_tool,
]


def live(world: World, seconds: float, *, each: Callable[[World], None] = lambda world: None) -> None:
    end = world.time + seconds
    while world.time < end:
        each(world)
        while world.step():
            pass
        world.time += STEP


def lines(caplog: pytest.LogCaptureFixture) -> Counter[str]:
    """By level and text; INFO and above, which is what is written by default."""
    return Counter(
        f"{record.levelname} {getattr(record.msg, 'event', record.msg)}"
        for record in caplog.records
        if record.levelno >= logging.INFO
    )


@pytest.mark.parametrize("fault", [broken_workspace, unreadable_settings])
def test_a_fault_that_lasts_two_hours(
    world: World, fault: Callable[[World], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="dev_assistant")
    fault(world)
    live(world, 2 * HOUR)
    assert sum(lines(caplog).values()) <= 3, lines(caplog)


@pytest.mark.sweep
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_lasts_a_day(
    world: World, fault: Callable[[World], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="dev_assistant")
    fault(world)
    live(world, DAY)
    assert sum(lines(caplog).values()) <= 40, lines(caplog)


@pytest.mark.sweep
def test_losses_that_last_a_day(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="dev_assistant")
    live(world, DAY, each=losses)
    assert sum(lines(caplog).values()) <= DAY / 60 + 20, lines(caplog)


def test_a_disk_that_refuses_for_a_day(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="dev_assistant")
    clock = Clock()
    refusals = Refusals(now=clock, wall=clock)
    while clock.time < DAY:
        if refusals.due("verdicts"):
            refusals.refused("verdicts", "disk full")
        clock.advance(1.0)
    refusals.accepted("verdicts")
    assert [record.msg.event for record in caplog.records] == ["write failed", "written again"]
