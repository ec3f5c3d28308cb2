"""Work that turns out to be none: an idle tree, and saves of the same bytes while something else goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.ports import HintKind
from flows.world import World, workspace

MANY = 300
"""More files than one slice of bulk work, so that a save can fall between two."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return workspace(tmp_path, "app")


def filled(root: Path, files: int, *, suffix: str = ".py") -> World:
    for number in range(files):
        (root / "app" / f"f{number}{suffix}").write_text("x\n")
    return World(root).start()


def pause_in_backlog(world: World) -> None:
    world.halfway(lambda: len(world.state.backlog) > 100)


def rest(world: World) -> None:
    """Settle, and give reports that are due later the time to come."""
    world.settle()
    for _ in range(10):
        world.step()
        world.time += 1


def test_an_audit_of_an_idle_tree_writes_nothing(root: Path) -> None:
    world = filled(root, 5)
    world.time += 361  # the first audit makes sure of files that were too young to be trusted
    rest(world)
    world.saved.clear()
    world.verifier.judged.clear()
    reports, audited = world.reports, world.coordinator.snapshot.last_audit
    world.time += 301
    rest(world)
    assert world.coordinator.snapshot.last_audit != audited
    assert world.reports == reports
    assert world.saved == []
    assert world.verifier.judged == []


@pytest.mark.parametrize("kind", [HintKind.WHOLE, HintKind.TOUCHED])
def test_a_touch_during_a_survey_is_settled_by_whichever_comes_first(root: Path, kind: HintKind) -> None:
    world = filled(root, 1)
    world.time += 10
    world.write("app/f0.py", "x\n", kind=kind)
    world.barrier()
    world.settle()
    world.time += 1
    world.settle()
    assert world.states() == {"f0.py": ("fresh", 0)}


def test_a_save_of_known_bytes_overtakes_the_backlog_that_holds_it(root: Path) -> None:
    world = filled(root, MANY)
    for text in ("v1\n", "v2\n"):
        world.write("app/fake.toml", text)
        world.settle()
    world.verifier.judged.clear()
    world.write("app/fake.toml", "v1\n")  # all its verdicts are cached
    pause_in_backlog(world)
    for path in list(world.state.backlog)[-5:]:
        world.source.hint(str(root / "app" / path))
    world.settle()
    assert world.verifier.judged == []
    assert set(world.states().values()) == {("fresh", 0), ("skipped", 0)}


def test_a_save_of_a_file_that_nobody_judges_overtakes_the_backlog_that_holds_it(root: Path) -> None:
    world = filled(root, MANY, suffix=".md")
    world.write("app/fake.toml", "v1\n")
    pause_in_backlog(world)
    for path in list(world.state.backlog)[-5:]:
        world.source.hint(str(root / "app" / path))
    world.settle()
    assert set(world.states().values()) == {("skipped", 0)}
