"""Two verifiers for one file: nobody who saves waits for the one that only advises."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.model import FileState, RelPath
from fakes.verifier import FakeAdvisor, FakeVerifier
from flows.world import World, workspace


@pytest.fixture
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


@pytest.fixture
def world(tmp_path: Path, advisor: FakeAdvisor) -> World:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "one.py").write_text("ODD\n")
    return World(root, advisor=advisor).start()


def told(world: World) -> list[tuple[str, bool | None, int, list[str]]]:
    events = [event for event in world.feed.events if event["path"] == "one.py"]
    return [(e["state"], e["passed"], e["counts"]["lint"], e["awaiting"]) for e in events]


def test_a_save_is_told_before_the_advice_and_once_more_with_it(world: World) -> None:
    world.feed.events.clear()
    world.write("app/one.py", "BAD\nODD\nODD\n")
    world.settle()
    assert told(world) == [("fresh", False, 1, ["deep"]), ("fresh", False, 3, [])]


def test_nothing_is_fresh_before_all_have_answered(world: World, advisor: FakeAdvisor) -> None:
    states: list[FileState | None] = []
    advisor.before = lambda job: states.append(state_of(world, job.path))
    world.write("app/one.py", "fine\n")
    world.settle()
    assert states == [FileState.STALE]
    assert state_of(world, RelPath("one.py")) is FileState.FRESH


def state_of(world: World, path: RelPath) -> FileState | None:
    world.coordinator.step(wait=False)
    record = world.record(path)
    return None if record is None else record.state


def test_what_came_in_bulk_is_told_once(world: World) -> None:
    assert told(world) == [("fresh", True, 1, [])]


def test_an_advisor_is_asked_after_those_who_decide_whatever_their_order(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    root = workspace(tmp_path, "app")
    world = World(root, verifier=FakeAdvisor(), advisor=FakeVerifier()).start()
    world.feed.events.clear()
    world.write("app/one.py", "BAD\nODD\n")
    world.settle()
    assert told(world) == [("fresh", False, 1, ["deep"]), ("fresh", False, 2, [])]


def test_advice_on_critical_files_alone(world: World, advisor: FakeAdvisor) -> None:
    world.write("app/pyproject.toml", '[tool.dev-assistant]\ndeep = "critical"\n')
    world.write("app/core/auth.py", "ODD\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 0)
    assert world.states()["core/auth.py"] == ("fresh", 1)
    world.write("app/pyproject.toml", '[tool.dev-assistant]\ndeep = "all"\n')
    world.settle()
    assert world.states()["one.py"] == ("fresh", 1)


def test_what_nobody_judges_is_not_judged_by_those_who_only_have_a_word(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "one.py").write_text("ODD\n")
    world = World(workspace(tmp_path, "app"), verifier=FakeAdvisor()).start()
    record = world.record("one.py")
    assert record is not None
    assert (record.state, record.parts) == (FileState.SKIPPED, ())


def test_one_tools_failures_do_not_count_as_the_others(world: World, advisor: FakeAdvisor) -> None:
    """The one that works for a file says nothing of how often the other has broken on it."""
    world.write("app/one.py", "CRASH\n")
    world.settle()
    before = len(advisor.judged)
    world.verifier.judged.clear()
    advisor.fault, world.verifier.fault = b"CRASH", b"CRASH"
    (snapshot,) = world.coordinator.snapshot.projects
    assert snapshot.parked == ()
    for _ in range(4):
        world.state.owe_bulk(RelPath("one.py"), since=world.time, trigger="retry")
        world.settle()
    (snapshot,) = world.coordinator.snapshot.projects
    assert snapshot.parked == ("one.py",)
    assert (len(world.verifier.judged), len(advisor.judged) - before) == (1, 1)


class Absent(FakeAdvisor):
    """Not installed, until it is; handles what ``kind`` ends with."""

    installed = False
    kind = ".py"

    def handles(self, path: RelPath) -> bool:
        return path.endswith(self.kind)

    def version(self) -> str:
        if not self.installed:
            raise ToolError("deep is not installed")
        return super().version()


def problem(world: World) -> str:
    (snapshot,) = world.coordinator.snapshot.projects
    return snapshot.tool_error


def test_a_tool_that_is_missing_fails_its_files_until_it_is_there(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "one.py").write_text("BAD\n")
    absent = Absent()
    world = World(workspace(tmp_path, "app"), advisor=absent).start()
    record = world.record("one.py")
    assert record is not None
    assert (record.state, record.reason) == (FileState.FAILED, "deep is not installed")
    assert problem(world) == "deep is not installed"
    absent.installed = True
    world.time += 2
    world.settle()
    assert world.states() == {"one.py": ("fresh", 1)}
    assert problem(world) == ""


def test_a_tool_that_is_missing_is_no_problem_where_nothing_is_of_its_kind(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "one.py").write_text("BAD\n")
    absent = Absent()
    absent.kind = ".js"
    world = World(workspace(tmp_path, "app"), advisor=absent).start()
    assert world.states() == {"one.py": ("fresh", 1)}
    assert problem(world) == ""
    world.write("app/two.js", "1\n")
    world.settle()
    assert world.states()["two.js"][0] == "failed"
    assert problem(world) == "deep is not installed"
