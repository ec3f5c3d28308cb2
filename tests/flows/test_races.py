"""What happens between two steps: events that come too early, git at work, a second save in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dev_assistant.ports import HintKind
from flows.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "one.py").write_text("fine\n")
    return World(tmp_path.resolve(), project=tmp_path.name).start()


def while_covering(world: World, directory: Path, act: Callable[[], None]) -> None:
    """Do something once, at the moment when ``directory`` is covered and not yet known."""
    cover, pending = world.source.cover, [act]

    def covering(path: str) -> bool:
        done = cover(path)
        if path == str(directory) and pending:
            pending.pop()()
        return done

    world.source.cover = covering  # type: ignore[method-assign]


def test_what_appears_in_a_directory_that_is_not_known_yet_is_not_lost(world: World) -> None:
    new = world.root / "new"
    (new / "sub").mkdir(parents=True)

    def late() -> None:
        world.write("new/late.py", "BAD\n")
        world.write("new/latedir/z.py", "BAD\n", kind=None)
        world.source.hint(str(new / "latedir"), HintKind.DIRECTORY)

    while_covering(world, new / "sub", late)
    world.source.hint(str(new), HintKind.DIRECTORY)
    world.settle()
    assert world.states()["new/late.py"] == ("fresh", 1)
    assert world.states()["new/latedir/z.py"] == ("fresh", 1)


def test_a_barrier_waits_for_what_came_early(world: World) -> None:
    new = world.root / "new"
    (new / "sub").mkdir(parents=True)
    reached: list[bool] = []

    def late() -> None:
        world.write("new/late.py", "BAD\n")
        reached.extend(world.barrier())

    while_covering(world, new / "sub", late)
    world.source.hint(str(new), HintKind.DIRECTORY)
    barrier = world.barrier()
    while not barrier:
        world.step()
        world.time += 0.002
    assert world.states()["new/late.py"] == ("fresh", 1)


def test_while_git_is_at_work_new_directories_are_not_judged_either(world: World) -> None:
    git = str(world.root / ".git")
    world.busy_git.add(git)
    world.write("pkg/new.py", "BAD\n", kind=None)
    world.source.hint(str(world.root / "pkg"), HintKind.DIRECTORY)
    for _ in range(50):
        world.step()
        world.time += 0.01
    assert "pkg/new.py" not in world.verifier.judged
    world.busy_git.clear()
    world.settle()
    assert world.states()["pkg/new.py"] == ("fresh", 1)


def test_git_that_never_ends_holds_nothing_up_for_ever(world: World) -> None:
    world.busy_git.add(str(world.root / ".git"))
    world.write("one.py", "BAD\n")
    world.settle(within=15)
    assert world.states()["one.py"] == ("fresh", 1)


def test_a_touch_during_the_run_does_not_make_the_verdict_look_cached(world: World) -> None:
    world.feed.events.clear()
    touches = iter([True])

    def touch(job: object) -> None:
        for _ in touches:
            world.source.hint(str(world.root / "one.py"))
            world.coordinator.step(wait=False)

    world.verifier.before = touch
    world.write("one.py", "BAD\n")
    world.settle()
    assert [(event["cached"], event["path"]) for event in world.feed.events] == [(False, "one.py")]


def test_a_watch_path_that_only_its_parent_tells_gone_is_missing(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "a.py").touch()
    (tmp_path / "workspace.json").write_text('{"projects": [{"name": "app", "path": "app"}]}')
    world = World(tmp_path.resolve()).start()
    (world.root / "app").rename(world.root / "away")
    world.source.hint(str(world.root / "app"), HintKind.DIRECTORY_GONE)
    world.settle()
    assert world.coordinator.snapshot.projects[0].missing == (str(world.root / "app"),)
    assert world.states() == {}
