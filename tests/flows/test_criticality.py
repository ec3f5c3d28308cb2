"""How critical a file is, in the daemon: by its imports at once, by what git's HEAD says of it later."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.model import Priority, RelPath
from dev_assistant.ports import HintKind
from fakes.git import FakeHead, commit
from fakes.verifier import FakeAdvisor
from flows.world import World, workspace

LONG = "ODD\n" + "y\n" * 100
CRITICAL_ALONE = '[tool.dev-assistant]\ndeep = "critical"\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = workspace(tmp_path, "app")
    (root / "app").mkdir()
    (root / "app" / "pyproject.toml").write_text(CRITICAL_ALONE)
    return root


@pytest.fixture
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


def versioned(root: Path, advisor: FakeAdvisor | None = None) -> tuple[World, FakeHead]:
    """A world whose project is a git working tree, everything committed."""
    head = FakeHead()
    commit(root / "app", head)
    world = World(root, advisor=advisor)
    world.git.heads[str(root / "app")] = head
    return world.start(), head


def ranks(world: World) -> dict[str, tuple[float, bool]]:
    (snapshot,) = world.coordinator.snapshot.projects
    return {path: (rank.score, rank.is_critical) for path, rank in snapshot.ranks.items()}


def advised(world: World, path: str) -> bool:
    record = world.record(path)
    assert record is not None
    return "deep" in {part.verifier for part in record.parts}


def test_imports_count_with_the_first_look(root: Path, advisor: FakeAdvisor) -> None:
    (root / "app" / "auth.py").write_text("import hmac\nODD\n")
    (root / "app" / "plain.py").write_text("import os\nODD\n")
    world = World(root, advisor=advisor).start()
    assert ranks(world) == {"auth.py": (0.7, True)}
    assert advisor.judged == ["auth.py"]
    assert world.state.ranking.priority(RelPath("auth.py")) is Priority.HIGH


def test_a_large_file_is_read_elsewhere(root: Path) -> None:
    (root / "app" / "auth.py").write_text("#" * 20_000 + "\nimport hmac\n")
    world = World(root).start()
    assert ranks(world) == {"auth.py": (0.7, True)}


def test_a_test_is_never_critical(root: Path) -> None:
    (root / "app" / "test_auth.py").write_text("import hmac\n" + LONG)
    world, head = versioned(root)
    assert ranks(world) == {}
    assert head.compared == []


def test_many_changes_make_a_file_critical_and_a_commit_ends_that(root: Path, advisor: FakeAdvisor) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, head = versioned(root, advisor)
    assert ranks(world) == {"auth.py": (0.4, False)}
    world.write("app/auth.py", LONG)
    world.settle()
    assert ranks(world) == {"auth.py": (0.6, True)}
    assert world.states()["auth.py"] == ("fresh", 1)
    commit(root / "app", head)
    world.source.hint(str(root / "app" / ".git" / "HEAD"))
    world.settle()
    assert ranks(world) == {"auth.py": (0.4, False)}
    assert world.states()["auth.py"] == ("fresh", 0)


def test_who_waits_learns_of_a_commit_that_nobody_told_of(root: Path, advisor: FakeAdvisor) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, head = versioned(root, advisor)
    world.write("app/auth.py", LONG)
    world.settle()
    commit(root / "app", head)
    world.until(world.cookie())
    assert not advised(world, "auth.py")
    assert ranks(world) == {"auth.py": (0.4, False)}


def test_who_waits_gets_the_changes_of_what_was_just_saved(root: Path, advisor: FakeAdvisor) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, _ = versioned(root, advisor)
    world.write("app/auth.py", LONG)
    world.until(world.cookie())
    assert advised(world, "auth.py")


def test_no_verdict_waits_for_git(root: Path, advisor: FakeAdvisor) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, _ = versioned(root, advisor)
    world.write("app/auth.py", LONG)
    world.halfway(lambda: world.queue.load().waiting)
    while batch := world.queue.take(9, timeout=0):
        world.bench.run(batch.items)
        world.queue.done(batch)
    world.coordinator.step(wait=False)
    assert world.states()["auth.py"] == ("fresh", 0)
    assert world.coordinator.snapshot.owed
    world.settle()
    assert world.states()["auth.py"] == ("fresh", 1)


def test_an_answer_about_older_bytes_counts_nothing(root: Path) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, _ = versioned(root)
    world.write("app/auth.py", LONG)
    world.halfway(lambda: world.errands)
    world.write("app/auth.py", "x\n" * 3, kind=None)
    world.run_errand()
    world.coordinator.step(wait=False)
    assert ranks(world) == {"auth.py": (0.4, False)}
    world.source.hint(str(root / "app" / "auth.py"), HintKind.WHOLE)
    world.settle()
    assert ranks(world) == {"auth.py": (0.4, False)}


def test_a_restart_keeps_the_deep_verdict_until_all_is_known(root: Path, advisor: FakeAdvisor) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, head = versioned(root, advisor)
    world.write("app/auth.py", LONG)
    world.settle()
    again = World(root, advisor=FakeAdvisor(), stores=world.stores)
    again.git.heads[str(root / "app")] = head
    again.time += 60
    again.start()
    assert advised(again, "auth.py")
    assert ranks(again) == {"auth.py": (0.6, True)}
    assert again.feed.events == []


def test_a_restart_reads_nothing_again(root: Path) -> None:
    (root / "app" / "pyproject.toml").write_text("")
    (root / "app" / "auth.py").write_text("x\n")
    (root / "app" / "plain.py").write_text("import hmac\n")
    world, head = versioned(root)
    world.write("app/auth.py", LONG)
    world.settle()
    head.compared.clear()
    again = World(root, stores=world.stores)
    again.git.heads[str(root / "app")] = head
    again.time += 60
    again.start()
    assert ranks(again) == ranks(world) == {"auth.py": (0.6, True), "plain.py": (0.3, False)}
    assert head.compared == []
    commit(root / "app", head)
    once_more = World(root, stores=world.stores)
    once_more.git.heads[str(root / "app")] = head
    once_more.time += 60
    once_more.start()
    assert ranks(once_more) == {"auth.py": (0.4, False), "plain.py": (0.3, False)}


def test_who_waits_does_not_wait_for_what_only_reports_tell_of(root: Path) -> None:
    (root / "app" / "pyproject.toml").write_text("")
    (root / "app" / "auth.py").write_text("x\n")
    world, head = versioned(root)
    world.write("app/auth.py", LONG)
    world.halfway(lambda: world.queue.load().waiting)
    while batch := world.queue.take(9, timeout=0):
        world.bench.run(batch.items)
        world.queue.done(batch)
    world.coordinator.step(wait=False)
    assert (world.coordinator.snapshot.owed, head.compared) == (0, [])
    world.settle()
    assert ranks(world) == {"auth.py": (0.6, True)}


def test_a_repository_that_goes_takes_its_changes_along(root: Path) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, _ = versioned(root)
    world.write("app/auth.py", LONG)
    world.settle()
    (root / "app" / ".git" / "HEAD").unlink()
    world.until(world.barrier())
    assert ranks(world) == {"auth.py": (0.4, False)}


def test_settings_decide_anew(root: Path) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, _ = versioned(root)
    world.write("app/auth.py", LONG)
    world.settle()
    world.write("app/pyproject.toml", "[tool.dev-assistant]\ncriticality_change_weight = 0.3\n")
    world.settle()
    assert ranks(world) == {"auth.py": (0.7, True)}


def test_a_project_that_leaves_owes_nothing(root: Path) -> None:
    (root / "app" / "auth.py").write_text("x\n")
    world, _ = versioned(root)
    (root / "other").mkdir()
    world.write("app/auth.py", LONG)
    world.halfway(lambda: world.errands)
    world.declare("other")
    world.project = "other"
    world.settle()
    assert [each.project.name for each in world.coordinator.snapshot.projects] == ["other"]


def test_a_file_that_goes_is_not_critical_any_more(root: Path) -> None:
    (root / "app" / "core").mkdir()
    (root / "app" / "core" / "auth.py").write_text("x\n")
    world = World(root).start()
    assert ranks(world) == {"core/auth.py": (0.5, True)}
    world.delete("app/core/auth.py")
    world.settle()
    assert ranks(world) == {}
