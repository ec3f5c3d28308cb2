from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dev_assistant.ports import Holder
from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.overview import Overview
from dev_assistant.service.stuck import STUCK_SECONDS
from flows.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a.py").write_text("BAD\n")
    return World(tmp_path.resolve(), project=tmp_path.name)


def overview(world: World, *trouble: str) -> WorkspaceView:
    return observer(world, trouble).view()


def observer(world: World, trouble: Sequence[str] = ()) -> Overview:
    return Overview(
        root=str(world.root),
        source=world.source,
        queue=world.queue,
        snapshot=lambda: world.coordinator.snapshot,
        trouble=lambda: tuple(trouble),
        now=lambda: world.time,
        started=1000.0,
    )


def test_a_daemon_goes_from_starting_over_busy_to_idle(world: World) -> None:
    world.coordinator.start()
    assert overview(world).state == "starting"
    world.settle()
    assert overview(world).state == "idle"
    world.write("a.py", "new\n")
    world.coordinator.step(wait=False)
    view = overview(world)
    assert view.state == "busy"
    assert view.queue.pending + view.queue.running >= 1


def test_a_path_that_nobody_answers_for_is_stuck(world: World) -> None:
    world.start()
    world.write("a.py", "new\n")
    world.coordinator.step(wait=False)
    world.time += STUCK_SECONDS + 1
    view = overview(world)
    assert view.state == "stuck"
    assert view.queue.oldest_s is not None and view.queue.oldest_s > STUCK_SECONDS


def test_the_picture_counts_what_the_state_holds(world: World) -> None:
    world.start()
    (project,) = overview(world).projects
    assert (project.tally.files, project.tally.fresh, project.tally.counts.lint) == (2, 1, 1)
    assert project.state == "watching"
    assert overview(world).pid == os.getpid()


def test_what_is_not_at_its_best_is_named(world: World) -> None:
    world.start()
    assert overview(world).degraded == ()
    assert overview(world, "cannot write: disk full").degraded == ("cannot write: disk full",)
    health = world.source.health()
    world.source.health = lambda: replace(  # type: ignore[method-assign]
        health, uncovered=((str(world.root), "watch limit"),), note="the reader failed"
    )
    view = overview(world)
    assert view.degraded == ("the reader failed", "1 directories are not watched: watch limit")
    assert view.projects[0].state == "degraded"


def test_a_missing_root_is_missing_not_green(world: World) -> None:
    world.start()
    snapshot = world.coordinator.snapshot
    missing = replace(snapshot.projects[0], missing=("/gone",))
    world.coordinator.snapshot = replace(snapshot, projects=(missing,))
    (project,) = overview(world).projects
    assert project.state == "missing"
    assert "/gone" in project.reasons[0]


def test_a_project_has_its_own_gaps_and_no_other(world: World) -> None:
    world.start()
    gaps = ((str(world.root / "x"), "limit"), (f"{world.root}-other", "limit"))
    health = replace(world.source.health(), uncovered=gaps)
    world.source.health = lambda: health  # type: ignore[method-assign]
    (project,) = overview(world).projects
    assert project.uncovered == gaps[:1]
    assert project.reasons == ("1 directories are not watched, only audited",)


def test_a_report_is_outdated_when_another_one_would_differ(world: World) -> None:
    world.start()
    health = world.source.health()
    trouble: list[str] = []
    reports = observer(world, trouble)
    assert reports.outdated  # there was none
    reports.report()
    assert not reports.outdated
    trouble.append("disk full")
    assert reports.outdated
    trouble.clear()
    for changed in ({"uncovered": (("/x", "limit"),)}, {"overflows": 1}, {"note": "x"}, {"polled": 1}):
        different = replace(health, **changed)  # type: ignore[arg-type]
        world.source.health = lambda different=different: different  # type: ignore[method-assign,misc]
        assert reports.outdated
    for noise in ({"holders": (Holder(1, "code", 2),)}, {"directories": 99}):
        same = replace(health, **noise)  # type: ignore[arg-type]
        world.source.health = lambda same=same: same  # type: ignore[method-assign,misc]
        assert not reports.outdated
