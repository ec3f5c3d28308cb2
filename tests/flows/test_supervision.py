"""What hangs is named, and told apart from what merely waits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conftest import Clock
from dev_assistant.beats import Beats
from dev_assistant.model import ProjectName, RelPath
from dev_assistant.service.stuck import STUCK_SECONDS, advice, patience
from flows.world import World, workspace

PATIENCE = 20.0


class Hung:
    """Something that does not come back until it is let go, as a dead mount or a hung tool."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.freed = threading.Event()

    def __call__(self, *_arguments: object) -> bool:
        self.entered.set()
        assert self.freed.wait(PATIENCE)
        return False


@contextmanager
def thread(name: str, run: object, hung: Hung) -> Iterator[None]:
    worker = threading.Thread(target=run, name=name, daemon=True)  # type: ignore[arg-type]
    worker.start()
    try:
        assert hung.entered.wait(PATIENCE)
        yield
    finally:
        hung.freed.set()
        worker.join(PATIENCE)
        assert not worker.is_alive()


@pytest.fixture
def beats(clock: Clock) -> Beats:
    return Beats(patience(timeout_seconds=10), now=clock)


@pytest.fixture
def hung() -> Hung:
    return Hung()


def test_a_coordinator_in_a_hung_file_system_is_named_with_its_path(
    tmp_path: Path, beats: Beats, clock: Clock, hung: Hung
) -> None:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    world = World(root, beats=beats).start()
    world.write("app/m.py", "new\n")
    world.verifier.on_claim = hung
    with thread("coordinator", world.settle, hung):
        clock.advance(9.0)
        assert beats.overdue() == ()
        clock.advance(2.0)
        (late,) = beats.overdue()
    assert late[:3] == ("coordinator", "looking at", str(root / "app" / "m.py"))
    assert late.age == 11.0
    assert "mount" in advice(late)
    assert beats.read() == {}


def test_a_worker_in_a_hung_tool_is_named_with_its_batch(
    tmp_path: Path, beats: Beats, clock: Clock, hung: Hung
) -> None:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    world = World(root, beats=beats).start()
    world.verifier.before = hung
    for name in ("a.py", "b.py"):
        world.write(f"app/{name}", "new\n")
    world.halfway(lambda: world.queue.pending() == 2)
    batch = world.queue.take(9, timeout=0)
    with thread("worker-1", lambda: world.bench.run(batch.items), hung):
        clock.advance(STUCK_SECONDS + 1)
        (late,) = beats.overdue()
        assert late[:3] == ("worker-1", "judging with ruff", "app: a.py and 1 more")
        assert "tool" in advice(late)


def test_an_errand_in_a_hung_directory_is_named(
    tmp_path: Path, beats: Beats, clock: Clock, hung: Hung
) -> None:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    world = World(root, beats=beats)
    world.coordinator.start()
    world.source.cover = hung  # type: ignore[method-assign]

    def errands() -> None:
        with beats.at("reading the tree or its configuration"):
            world.run_errand()

    with thread("errands", errands, hung):
        clock.advance(61.0)
        (late,) = beats.overdue()
        assert late[:3] == ("errands", "walking", str(root / "app"))


def test_a_thread_that_waits_for_work_is_never_stuck(beats: Beats, clock: Clock) -> None:
    with beats.at("writing"):
        beats.next("writing", "a")
    clock.advance(1e6)
    beats.next("writing", "nobody is at work")
    assert beats.read() == {}
    assert beats.overdue() == ()


def test_what_lies_around_a_step_is_young_again_after_it(clock: Clock) -> None:
    beats = Beats({threading.current_thread().name.partition("-")[0]: 10.0}, now=clock)
    with beats.at("outer"):
        clock.advance(11.0)
        assert [late.operation for late in beats.overdue()] == ["outer"]
        with beats.at("inner", "x"):
            assert beats.overdue() == ()
        assert beats.overdue() == ()


# Covers that end, and scopes that are outdated while they are read


def test_a_root_that_is_lost_sends_for_the_configuration(tmp_path: Path) -> None:
    world = World(workspace(tmp_path, "app"))
    world.write("app/a.py", "BAD\n", kind=None)
    world.start()
    (tmp_path / "workspace.json").write_text('{"projects": [{"name": "app", "path": "moved"}]}')
    (tmp_path / "app").rename(tmp_path / "moved")
    world.source.lose(str(world.root / "app"))
    world.settle()
    (project,) = world.coordinator.snapshot.projects
    assert project.project.root == str(world.root / "moved")
    assert world.states() == {"a.py": ("fresh", 1)}


def test_a_configuration_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    world = World(workspace(tmp_path, "app"))
    world.write("app/a.py", "BAD\n", kind=None)
    world.start()
    state = world.parts.states[ProjectName("app")]
    world.parts.scoping.rescope(state)
    assert state.scoping and not state.scope_outdated
    version = world.verifier.release
    world.run_errand()  # it has been read, and the answer waits
    world.verifier.release = version + "+"
    world.parts.scoping.rescope(state)
    assert state.scope_outdated
    world.settle()
    assert state.versions["ruff"] == version + "+"
    assert not state.scoping and not state.scope_outdated
    assert world.record("a.py") is not None
    assert world.states()["a.py"] == ("fresh", 1)
    assert RelPath("a.py") not in state.debts


def test_a_project_that_is_off_stays_listed(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app", {"name": "old", "path": "old", "enabled": False})
    (root / "old").mkdir()
    world = World(root)
    world.write("app/a.py", "BAD\n", kind=None)
    world.start()
    assert [project.name for project in world.coordinator.snapshot.disabled] == ["old"]
    world.declare("app", "old")
    world.settle()
    assert world.coordinator.snapshot.disabled == ()
    assert {project.project.name for project in world.coordinator.snapshot.projects} == {"app", "old"}
