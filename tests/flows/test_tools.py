"""Tools that are missing, come back, or are replaced while they judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.model import FileState, Job, Moved, Project, RelPath, Result
from dev_assistant.ports import NOTHING_BESIDE, Scope, Unasked, all_asked
from dev_assistant.schedule.pool import Workers
from fakes.verifier import FakeScope, FakeVerifier
from flows.world import World, workspace

MISSING = ToolError("ruff is not installed")


class Tool(FakeVerifier):
    """Raises ``error``, if any, when it is asked for its version; ``scope_error`` for its configuration."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.scope_error: Exception | None = None
        self.unasked: Unasked = all_asked

    def version(self) -> str:
        if self.error is not None:
            raise self.error
        return super().version()

    def scope(
        self,
        project: Project,
        directories: Iterable[str],
        *,
        timeout_seconds: float | None = None,
        beside: Mapping[str, Scope] = NOTHING_BESIDE,
        unasked: Unasked = all_asked,
    ) -> FakeScope:
        if self.scope_error is not None:
            raise self.scope_error
        self.unasked = unasked
        return super().scope(
            project, directories, timeout_seconds=timeout_seconds, beside=beside, unasked=unasked
        )


@pytest.fixture
def tool() -> Tool:
    return Tool()


@pytest.fixture
def world(tmp_path: Path, tool: Tool) -> World:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "one.py").write_text("fine\n")
    (root / "app" / "two.py").write_text("BAD\n")
    return World(root, verifier=tool).start()


class Learner(Tool):
    """Needs two looks at each file after each look at the configuration, whose learning ends there."""

    def scope(self, *args: object, **more: object) -> FakeScope:
        self.seen: list[Job] = []
        return super().scope(*args, **more)  # type: ignore[arg-type]

    def verify(self, project: Project, scope: FakeScope, jobs: Sequence[Job]) -> list[Result]:  # type: ignore[override]
        self.seen += jobs
        if len(self.seen) <= 2:
            return [Result(job, Moved(), 1.0) for job in jobs]
        return super().verify(project, scope, jobs)


def test_what_has_to_be_learned_anew_with_the_configuration_comes_to_rest(tmp_path: Path) -> None:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "one.py").write_text("BAD\n")
    world = World(root, verifier=Learner()).start()
    assert world.states() == {"one.py": ("fresh", 1)}


def parked(world: World) -> tuple[str, ...]:
    (snapshot,) = world.coordinator.snapshot.projects
    return snapshot.parked


def reason(world: World, path: str) -> tuple[FileState, str]:
    record = world.record(path)
    assert record is not None
    return record.state, record.reason


def test_a_tool_that_vanishes_while_it_judges_fails_its_files_and_nothing_else(
    world: World, tool: Tool
) -> None:
    def vanish(job: Job) -> None:
        tool.error = MISSING

    tool.before = vanish
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert reason(world, "one.py") == (FileState.FAILED, "ruff is not installed")


def test_a_tool_that_is_replaced_while_it_judges_judges_everything_anew(world: World, tool: Tool) -> None:
    def replaced(job: Job) -> None:
        tool.release = "2.0"

    tool.before = replaced
    tool.judged.clear()
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert world.states() == {"one.py": ("fresh", 1), "two.py": ("fresh", 1)}
    assert "two.py" in tool.judged
    assert world.state.versions == {"ruff": "2.0"}


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MISSING, "ruff is not installed"),
        (OSError("permission denied"), "permission denied"),
        (RuntimeError("a defect"), "internal error: RuntimeError('a defect')"),
    ],
)
def test_configuration_that_cannot_be_read_fails_every_file_with_the_reason(
    world: World, tool: Tool, error: Exception, told: str
) -> None:
    tool.scope_error = error
    world.write("app/fake.toml", "v1\n")
    world.settle()
    assert [reason(world, path) for path in ("one.py", "two.py")] == [(FileState.FAILED, told)] * 2


def test_a_tool_that_is_back_is_noticed_without_being_asked_for(world: World, tool: Tool) -> None:
    tool.scope_error = MISSING
    world.write("app/fake.toml", "v1\n")
    world.settle()
    tool.scope_error = None
    world.time += 2
    world.settle()
    assert world.states()["one.py"] == ("fresh", 0)
    assert world.states()["two.py"] == ("fresh", 1)


def test_a_file_that_breaks_the_tool_twice_is_parked_until_it_changes(world: World, tool: Tool) -> None:
    world.write("app/one.py", "CRASH\n")
    world.settle()
    for _ in range(4):
        world.state.owe_bulk(RelPath("one.py"), since=world.time, trigger="retry")
        world.settle()

    assert tool.judged.count(RelPath("one.py")) == 1 + 2  # at the start, and twice as it broke
    assert reason(world, "one.py") == (FileState.FAILED, "the tool crashed")
    assert parked(world) == ("one.py",)
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 1)
    assert parked(world) == ()


def test_a_file_that_broke_the_tool_once_is_not_parked_and_one_that_is_owed_neither(
    world: World, tool: Tool
) -> None:
    world.write("app/one.py", "CRASH\n")
    world.settle()
    assert parked(world) == ()
    world.state.owe_bulk(RelPath("one.py"), since=world.time, trigger="retry")
    world.settle()
    assert parked(world) == ("one.py",)
    (world.root / "app" / "one.py").unlink()
    world.source.hint(str(world.root / "app" / "one.py"))
    world.settle()
    assert parked(world) == ()


def test_a_tool_that_proves_broken_is_given_nothing_more_and_tried_again_ever_more_rarely(
    world: World, tool: Tool
) -> None:
    tool.broken = "ruff does not work"
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert [reason(world, path) for path in ("one.py", "two.py")] == [(FileState.FAILED, tool.broken)] * 2
    tool.judged.clear()
    world.write("app/two.py", "BAD BAD\n")
    world.settle()
    assert tool.judged == []
    pauses = []
    for _ in range(7):
        pauses.append(world.state.scope_pause)
        world.time += world.state.scope_pause + 1.5
        world.settle()
    assert pauses[0] < pauses[-1] == 30.0

    tool.broken = ""
    world.time += 32
    world.settle()
    assert world.states() == {"one.py": ("fresh", 1), "two.py": ("fresh", 1)}


def test_a_file_that_broke_the_tool_once_is_tried_again_soon_and_parked_the_second_time(
    tmp_path: Path,
) -> None:
    world = broken_by_a_file(tmp_path)
    judged = world.verifier.judged.count(RelPath("a.py"))
    for _ in range(100):
        world.time += 1.0
        world.settle()
    assert parked(world) == ("a.py",)
    assert world.verifier.judged.count(RelPath("a.py")) == judged + 1
    world.write("app/a.py", "fine\n")
    world.settle()
    assert world.states() == {"a.py": ("fresh", 0)}


def broken_by_a_file(tmp_path: Path) -> World:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "a.py").write_text("CRASH\n")
    world = World(root).start()
    assert world.states() == {"a.py": ("failed", 0)}
    return world


@pytest.mark.parametrize("error", [ValueError("a defect"), SystemExit(3), KeyboardInterrupt()])
def test_whatever_a_verifier_raises_its_files_fail_and_its_worker_lives(
    tmp_path: Path, error: BaseException
) -> None:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "a.py").write_text("fine\n")
    world = World(root)
    raising = [error]

    def before(job: Job) -> None:
        while raising:
            raise raising.pop()

    world.verifier.before = before
    workers = Workers(world.queue, run=world.bench.run, count=1, on_error=world.bench.failed)
    workers.start()
    world.coordinator.start()
    by_workers(world, lambda: world.states() == {"a.py": ("failed", 0)})
    record = world.record("a.py")
    assert record is not None and record.reason == f"internal error: {error!r}"
    assert workers.alive() == 1
    world.write("app/a.py", "BAD\n")
    by_workers(world, lambda: world.states() == {"a.py": ("fresh", 1)})
    assert workers.stop(timeout=10)


def by_workers(world: World, reached: Callable[[], bool]) -> None:
    """Go on until it is reached; what is to be judged is left to threads."""
    for _ in range(2000):
        world.coordinator.step(wait=False)
        while world.errands:
            world.run_errand()
        assert world.queue.join(10)
        if reached():
            return
        world.time += 0.005
    raise AssertionError("never reached")


def test_tests_are_not_asked_for_what_the_settings_say(world: World, tool: Tool) -> None:
    asked = {path: tool.unasked(RelPath(path)) for path in ("one.py", "tests/one.py")}
    assert asked == {"one.py": frozenset(), "tests/one.py": frozenset({"S101"})}
    world.write("app/pyproject.toml", '[tool.dev-assistant]\ndeep_ignore_in_tests = ["S105"]\n')
    world.settle()
    assert tool.unasked(RelPath("test_one.py")) == {"S105"}
