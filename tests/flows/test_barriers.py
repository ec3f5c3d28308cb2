"""What ``wait`` and ``check`` may rely on: at the barrier, everything that was written before it holds."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from dev_assistant.model import FileState, ProjectName, RelPath
from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.answers import Answers
from dev_assistant.service.messages import Barrier, Recheck, Withdraw
from dev_assistant.service.rows import Rows
from dev_assistant.timings import Timings
from flows.world import COOKIES, World, workspace


@pytest.fixture
def world(tmp_path: Path) -> World:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "one.py").write_text("fine\n")
    return World(root).start()


def names(world: World) -> list[str]:
    return [project.project.name for project in world.coordinator.snapshot.projects]


def no_view() -> WorkspaceView:
    raise AssertionError("waiting shows nothing")


def answers(world: World) -> Answers:
    return Answers(
        root=world.root,
        coordinator=world.coordinator,
        source=world.source,
        feed=world.feed,
        view=no_view,
        explain=lambda path: {},
        lookup=lambda root, keys: {},
        stop=lambda: None,
        ended=threading.Event(),
        stacks=lambda: "",
        rows=Rows(lambda root, keys: {}),
        timings=Timings(),
        census=dict,
    )


def test_a_cookie_covers_a_project_that_was_declared_before_it(world: World) -> None:
    world.write("web/a.py", "BAD\n", kind=None)
    world.declare("app", "web")
    world.until(world.cookie())
    assert world.states("web") == {"a.py": ("fresh", 1)}


def test_a_cookie_covers_settings_that_were_saved_before_it(world: World) -> None:
    world.write("app/pyproject.toml", "[tool.dev-assistant]\nenable_ruff = false\n")
    world.until(world.cookie())
    assert world.states()["one.py"] == ("skipped", 0)


def test_a_cookie_covers_configuration_of_a_tool_that_was_deleted_before_it(world: World) -> None:
    world.write("app/fake.toml", "v1\n")
    world.settle()
    before = world.record("one.py")
    world.delete("app/fake.toml")
    world.until(world.cookie())
    after = world.record("one.py")
    assert before is not None and after is not None
    assert after.state is FileState.FRESH
    assert after.parts[0].key != before.parts[0].key


def test_a_barrier_by_survey_sees_a_workspace_file_that_no_event_told(world: World) -> None:
    world.write("web/a.py", "BAD\n", kind=None)
    workspace(world.root, "app", "web")
    world.until(world.barrier())
    assert names(world) == ["app", "web"]
    assert world.states("web") == {"a.py": ("fresh", 1)}


def test_a_cookie_that_was_withdrawn_is_not_answered(world: World) -> None:
    arrived: list[bool] = []
    world.source.cover(str(world.root / COOKIES))
    world.coordinator.post(Barrier(lambda: None, cookie="late", arrived=lambda: arrived.append(True)))
    world.coordinator.post(Withdraw("late"))
    world.source.hint(str(world.root / COOKIES / "late"))
    world.settle()
    assert arrived == []


def test_whoever_gives_up_waiting_leaves_nothing_behind(world: World) -> None:
    for _ in range(3):
        assert not answers(world).settle(0.0)
    world.settle()
    assert world.parts.barriers._cookies == {}
    assert list((world.root / COOKIES).iterdir()) == []


def test_findings_that_the_disk_lost_are_saved_again_though_memory_has_them(world: World) -> None:
    world.write("app/one.py", "BAD\n")
    world.settle()
    record = world.record("one.py")
    assert record is not None
    key = record.parts[0].key
    world.stores.clear()
    world.coordinator.post(Recheck(((ProjectName("app"), RelPath("one.py")),)))
    world.settle()
    assert list(world.stores["app"].find([key])) == [key]
