"""What was not told is found: lost events, overflow, restart, missing roots, configuration."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dev_assistant.model import ProjectName
from dev_assistant.ports import HintKind
from dev_assistant.service.messages import CacheLost
from flows.world import World


def workspace(root: Path, *names: str) -> None:
    entries = [{"name": name, "path": name} for name in names]
    (root / "workspace.json").write_text(json.dumps({"projects": entries}))


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "app").mkdir()
    workspace(tmp_path, "app")
    (tmp_path / "app" / "one.py").write_text("fine\n")
    return World(tmp_path.resolve()).start()


def fresh_check(world: World) -> dict[str, tuple[str, int]]:
    return World(world.root).start().states()


def test_what_no_event_told_is_found_by_the_audit_and_counted(world: World) -> None:
    world.write("app/one.py", "BAD\n", kind=None)
    world.write("app/two.py", "BAD BAD\n", kind=None)
    world.settle()
    assert world.states() == {"one.py": ("fresh", 0)}
    world.time += 301
    world.settle()
    assert world.states() == fresh_check(world)
    assert world.coordinator.snapshot.projects[0].missed_by_events == 2


def test_after_an_overflow_the_state_equals_a_fresh_check(world: World) -> None:
    for number in range(300):
        world.write(f"app/d{number % 7}/f{number}.py", "BAD\n" * (number % 2), kind=None)
    (world.root / "app" / "one.py").unlink()
    world.source.overflow()
    world.settle()
    assert world.states() == fresh_check(world)
    assert len(world.states()) == 300


def test_a_barrier_sees_writes_that_no_event_told(world: World) -> None:
    world.write("app/one.py", "BAD\n", kind=None)
    reached = world.barrier()
    assert not reached
    world.settle()
    assert reached and world.states()["one.py"] == ("fresh", 1)


def test_a_barrier_does_not_wait_for_what_came_after_it(world: World) -> None:
    world.write("app/one.py", "BAD\n")
    reached = world.barrier()
    for _ in range(50):
        world.step()
        if reached:
            break
        world.time += 0.002
        world.write("app/busy.py", f"{world.time}\n", kind=HintKind.TOUCHED)
    assert reached
    assert world.states()["one.py"] == ("fresh", 1)


def test_a_restart_verifies_nothing_again_and_finds_what_changed(world: World) -> None:
    world.write("app/two.py", "BAD\n")
    world.settle()
    world.write("app/one.py", "BAD\n", kind=None)
    again = World(world.root, stores=world.stores).start()
    assert again.verifier.judged == ["one.py"]
    assert again.states() == {"one.py": ("fresh", 1), "two.py": ("fresh", 1)}


def test_a_restart_with_nothing_changed_saves_nothing(world: World) -> None:
    settled = World(world.root, stores=world.stores).start()
    again = World(world.root, stores=settled.stores)
    again.time += 60  # the files are not young any more
    again.start()
    assert again.verifier.judged == []
    once_more = World(world.root, stores=again.stores)
    once_more.time += 120
    once_more.start()
    assert once_more.saved == []


def test_a_root_that_vanishes_is_missing_and_taken_up_when_it_returns(world: World) -> None:
    root = str(world.root / "app")
    shutil.rmtree(root)
    world.source.lose(root)
    world.settle()
    assert world.coordinator.snapshot.projects[0].missing == (root,)
    assert world.states() == {}
    world.write("app/one.py", "BAD\n", kind=None)
    world.time += 2
    world.settle()
    assert world.coordinator.snapshot.projects[0].missing == ()
    assert world.states() == {"one.py": ("fresh", 1)}


def test_projects_are_taken_up_and_let_go_while_running(world: World) -> None:
    world.write("web/a.py", "BAD\n", kind=None)
    workspace(world.root, "app", "web")
    world.source.hint(str(world.root / "workspace.json"))
    world.settle()
    assert world.states("web") == {"a.py": ("fresh", 1)}
    workspace(world.root, "web")
    world.source.hint(str(world.root / "workspace.json"))
    world.settle()
    assert [p.project.name for p in world.coordinator.snapshot.projects] == ["web"]
    assert str(world.root / "app") not in world.source.covered


def test_a_broken_workspace_file_keeps_the_last_good_configuration(world: World) -> None:
    world.write("workspace.json", '{"projects": [', kind=HintKind.WHOLE)
    world.settle()
    assert "workspace.json" in world.coordinator.snapshot.problems[0]
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 1)
    workspace(world.root, "app")
    world.source.hint(str(world.root / "workspace.json"))
    world.settle()
    assert world.coordinator.snapshot.problems == ()


def test_a_broken_pyproject_is_shown_and_stops_nobody(world: World) -> None:
    world.write("app/pyproject.toml", "[tool.dev-assistant]\ndebounce_ms = 'soon'\n")
    world.settle()
    assert "debounce_ms" in world.coordinator.snapshot.projects[0].problems[0]
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 1)


def test_disabled_ruff_skips_and_never_passes(world: World) -> None:
    world.write("app/pyproject.toml", "[tool.dev-assistant]\nenable_ruff = false\n")
    world.settle()
    assert world.states()["one.py"] == ("skipped", 0)
    record = world.record("one.py")
    assert record is not None and record.passed is None and record.reason == "enable_ruff is false"


def test_an_ignored_file_leaves_the_project(world: World) -> None:
    world.write("app/build/x.py", "BAD\n", kind=None)
    world.source.hint(str(world.root / "app" / "build"), HintKind.DIRECTORY)
    world.settle()
    assert "build/x.py" in world.states()
    world.write("app/.gitignore", "build/\n")
    world.settle()
    assert "build/x.py" not in world.states()
    assert not [d for d in world.source.covered if d.endswith("/build")]


def test_while_git_is_busy_nothing_is_judged(tmp_path: Path) -> None:
    (tmp_path / "app" / ".git").mkdir(parents=True)
    (tmp_path / "app" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    workspace(tmp_path, "app")
    (tmp_path / "app" / "one.py").write_text("fine\n")
    world = World(tmp_path.resolve()).start()
    world.busy_git.add(str(world.root / "app" / ".git"))
    world.verifier.judged.clear()
    world.write("app/one.py", "BAD\n")
    for _ in range(20):
        world.step()
        world.time += 0.01
    assert world.verifier.judged == []
    world.busy_git.clear()
    world.settle()
    assert world.states()["one.py"] == ("fresh", 1)


def test_a_cache_that_was_lost_while_running_is_filled_again(world: World) -> None:
    world.write("app/two.py", "BAD\n")
    world.settle()
    world.stores.clear()
    world.coordinator.post(CacheLost(ProjectName("app")))
    world.settle()
    assert sorted(world.stores["app"].load()) == ["one.py", "two.py"]


def test_a_hundred_overflows_during_a_walk_are_one_more_walk_and_none_is_lost(world: World) -> None:
    world.source.overflow()
    world.coordinator.step(wait=False)
    while world.errands:
        world.run_errand()  # the tree has been walked, and what the walk met is not taken in yet
    world.write("app/two.py", "BAD\n", kind=None)
    for _ in range(100):
        world.source.overflow()
    world.errands_run = 0
    world.until(world.cookie())
    assert world.states() == fresh_check(world)
    assert world.errands_run <= 1 + 3  # the first walk's scope; then a walk, its scope, the configuration


def test_overflows_without_end_are_looked_into_less_and_less_often_which_is_told(world: World) -> None:
    world.errands_run = 0
    for _ in range(600):
        world.source.overflow()
        world.time += 0.1
        while world.step():
            pass
    assert world.errands_run <= 3 * 7  # a walk, its scope, the configuration; after 0, 1, 3, 7, 15, 31 s
    assert world.coordinator.snapshot.looks_every == 32.0
    world.write("app/two.py", "BAD\n", kind=None)
    reached = world.cookie()
    since = world.time
    world.until(reached)
    assert world.time - since < 1
    assert world.states() == fresh_check(world)
    world.time += 61
    world.settle()
    assert world.coordinator.snapshot.looks_every == 0.0
