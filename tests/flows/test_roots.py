"""Roots and watch paths that vanish, return, move, or are links."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dev_assistant.model import FileState
from dev_assistant.ports import HintKind
from dev_assistant.service.messages import Reload
from flows.world import World, workspace

DISABLED = "[tool.dev-assistant]\nenable_ruff = false\n"
SOURCES = {"name": "app", "path": "app", "watch_dirs": ["src"]}


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = workspace(tmp_path, SOURCES)
    (root / "app" / "src").mkdir(parents=True)
    (root / "app" / "src" / "a.py").write_text("fine\n")
    return World(root).start()


def test_a_watch_path_that_appears_as_a_link_is_not_walked_for_ever(tmp_path: Path) -> None:
    root = workspace(tmp_path, SOURCES)
    (root / "app").mkdir()
    (root / "lib").mkdir()
    (root / "lib" / "a.py").write_text("BAD\n")
    world = World(root).start()
    (root / "app" / "src").symlink_to(root / "lib")
    world.errands_run = 0
    for _ in range(60):
        world.settle()
        world.time += 0.25
    assert world.coordinator.snapshot.projects[0].missing == ()
    assert world.states() == {"../lib/a.py": ("fresh", 1)}
    assert world.errands_run <= 4


def test_a_barrier_includes_a_root_that_returned_before_it(world: World) -> None:
    """Not only what is looked for every second."""
    world.delete_tree("app")
    world.source.lose(str(world.root / "app" / "src"))
    world.settle()
    assert world.states() == {}
    world.write("app/src/a.py", "BAD\n", kind=None)
    world.source.hint(str(world.root / "app"), HintKind.DIRECTORY)
    since = world.time
    world.until(world.cookie())
    assert world.states() == {"src/a.py": ("fresh", 1)}
    assert world.time - since < 0.5


def test_a_root_that_returns_brings_its_settings(tmp_path: Path) -> None:
    world = World(workspace(tmp_path, "app")).start()
    world.write("app/one.py", "BAD\n", kind=None)
    world.write("app/pyproject.toml", DISABLED, kind=None)
    world.time += 2
    world.settle()
    assert world.states()["one.py"] == ("skipped", 0)


def test_a_root_that_returns_is_watched_for_settings_again(world: World) -> None:
    root = str(world.root / "app")
    assert root in world.source.covered
    shutil.rmtree(root)
    world.source.lose(f"{root}/src")
    world.source.lose(root)
    world.settle()
    world.write("app/src/a.py", "fine\n", kind=None)
    world.time += 2
    world.settle()
    assert world.states() == {"src/a.py": ("fresh", 0)}
    world.write("app/pyproject.toml", DISABLED)
    world.settle()
    assert world.states() == {"src/a.py": ("skipped", 0)}


def test_a_project_whose_root_moves_starts_anew_under_its_name(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app")
    for directory in ("app", "app/inner"):
        (root / directory).mkdir()
        (root / directory / "one.py").write_text("BAD\n")
    world = World(root).start()
    world.stores.clear()  # the cache of the other root is empty
    world.declare({"name": "app", "path": "app/inner"})
    world.settle()
    record = world.record("one.py")
    assert record is not None and record.state is FileState.FRESH
    assert world.stores["app"].find([record.parts[0].key])
    assert world.retired == ["app"]
    assert world.states() == {"one.py": ("fresh", 1)}


def test_a_walk_that_ends_after_its_project_left_leaves_no_watch(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app", "web")
    (root / "app").mkdir()
    (root / "web").mkdir()
    world = World(root)
    world.coordinator.start()
    workspace(root, "app")
    world.coordinator.post(Reload())
    world.coordinator.step(wait=False)
    world.errands.pop()()  # the reload overtakes the walks
    world.coordinator.step(wait=False)
    world.settle()
    assert str(root / "web") not in world.source.covered
    assert str(root / "app") in world.source.covered


def test_what_was_learned_of_a_project_is_not_saved_after_it_left(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app", "web")
    for name in ("app", "web"):
        (root / name).mkdir()
        (root / name / "a.py").write_text("fine\n")
    world = World(root).start()
    world.write("web/a.py", "BAD\n")
    world.halfway(world.queue.pending)
    batch = world.queue.take(256, timeout=0)
    world.declare("app")
    world.halfway(lambda: world.errands)
    world.saved.clear()
    world.bench.run(batch.items)
    world.queue.done(batch)
    world.run_errand()  # so that verdict and departure are met in one step
    world.coordinator.step(wait=False)
    assert world.retired == ["web"]
    assert [name for name, _ in world.saved] == []
    world.settle()
    assert [name for name, _ in world.saved if name == "web"] == []


def test_two_projects_exchange_their_roots_while_they_are_walked(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app", "lib")
    for name in ("app", "lib"):
        (root / name).mkdir()
        (root / name / f"{name}.py").write_text("fine\n")
    world = World(root).start()
    world.declare({"name": "app", "path": "lib"}, {"name": "lib", "path": "app"})
    world.coordinator.post(Reload())
    world.coordinator.step(wait=False)
    world.source.overflow()
    world.coordinator.step(wait=False)
    world.run_errand()  # the exchange is read before the walks begin
    world.settle()
    assert (world.states("app"), world.states("lib")) == ({"lib.py": ("fresh", 0)}, {"app.py": ("fresh", 0)})


def test_a_root_that_was_replaced_before_its_first_walk(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "one.py").write_text("BAD\n")
    world = World(root)
    world.coordinator.start()
    world.source.hint(str(root / "app"), HintKind.DIRECTORY_GONE)
    world.source.hint(str(root / "app"), HintKind.DIRECTORY)
    world.until(world.cookie())
    assert world.states() == {"one.py": ("fresh", 1)}
