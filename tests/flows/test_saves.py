"""One save, end to end: from the hint to the record, the cache and the event."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.model import FileState
from dev_assistant.ports import HintKind
from flows.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "pyproject.toml").write_text("")
    (tmp_path / "workspace.json").write_text('{"projects": [{"name": "app", "path": "app"}]}')
    (tmp_path / "app" / "one.py").write_text("fine\n")
    (tmp_path / "app" / "two.py").write_text("BAD\n")
    (tmp_path / "app" / "notes.md").write_text("text\n")
    return World(tmp_path.resolve()).start()


def test_the_start_judges_every_file_and_accounts_for_the_others(world: World) -> None:
    assert world.states() == {
        "one.py": ("fresh", 0),
        "two.py": ("fresh", 1),
        "notes.md": ("skipped", 0),
        "pyproject.toml": ("skipped", 0),
    }
    assert world.coordinator.ready.is_set()


def test_a_save_is_judged_once_and_told_once(world: World) -> None:
    world.verifier.judged.clear()
    world.feed.events.clear()
    world.write("app/one.py", "BAD\nBAD\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 2)
    assert world.verifier.judged == ["one.py"]
    assert [(e["path"], e["cached"], e["counts"]["lint"]) for e in world.feed.events] == [
        ("one.py", False, 2)
    ]


def test_going_back_to_old_bytes_needs_no_verifier(world: World) -> None:
    world.write("app/one.py", "BAD\n")
    world.settle()
    world.verifier.judged.clear()
    world.feed.events.clear()
    world.write("app/one.py", "fine\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 0)
    assert world.verifier.judged == []
    assert [event["cached"] for event in world.feed.events] == [True]


def test_a_touch_changes_nothing_and_tells_nothing(world: World) -> None:
    world.feed.events.clear()
    world.write("app/one.py", "fine\n")
    assert world.coordinator.step(wait=False)
    world.settle()
    assert world.states()["one.py"] == ("fresh", 0)
    assert world.feed.events == []


def test_a_suspected_file_is_not_fresh_until_it_was_looked_at(world: World) -> None:
    world.write("app/one.py", "BAD\n", kind=HintKind.TOUCHED)
    world.coordinator.step(wait=False)
    record = world.record("one.py")
    assert record is not None and record.state is FileState.STALE and record.passed is None
    world.settle()
    assert world.states()["one.py"] == ("fresh", 1)


def test_a_deleted_file_is_gone_from_state_and_cache(world: World) -> None:
    world.delete("app/two.py")
    world.settle()
    assert "two.py" not in world.states()
    assert "two.py" not in world.stores["app"].load()


def test_bytes_that_change_while_they_are_judged_are_judged_again(world: World) -> None:
    target = world.root / "app" / "one.py"
    changes = iter(["BAD\nBAD\nBAD\n"])

    def change(job: object) -> None:
        for text in changes:
            target.write_text(text)
            world.source.hint(str(target))

    world.verifier.before = change
    world.write("app/one.py", "BAD\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 3)


def test_a_crashing_tool_fails_the_file_and_is_asked_again_when_it_changes(world: World) -> None:
    world.write("app/one.py", "CRASH\n")
    world.settle()
    record = world.record("one.py")
    assert record is not None and record.state is FileState.FAILED and record.passed is None
    world.write("app/one.py", "fine again\n")
    world.settle()
    assert world.states()["one.py"] == ("fresh", 0)


def test_a_failed_file_is_tried_again_by_the_audit(world: World) -> None:
    world.write("app/one.py", "CRASH\n")
    world.settle()
    world.verifier.judged.clear()
    world.time += 301
    world.settle()
    assert set(world.verifier.judged) == {"one.py"}


def test_an_excluded_file_says_why_it_is_skipped(world: World) -> None:
    world.write("app/excluded.py", "BAD\n")
    world.settle()
    record = world.record("excluded.py")
    assert record is not None and record.state is FileState.SKIPPED
    assert record.reason == "excluded by fake.toml"


def test_a_new_directory_is_covered_before_it_is_read(world: World) -> None:
    target = world.root / "app" / "pkg" / "deep"
    target.mkdir(parents=True)
    (target / "new.py").write_text("BAD\n")
    world.source.hint(str(world.root / "app" / "pkg"), HintKind.DIRECTORY)
    world.settle()
    assert world.states()["pkg/deep/new.py"] == ("fresh", 1)
    assert str(target) in world.source.covered


def test_a_tree_that_moved_away_leaves_nothing(world: World) -> None:
    world.write("app/pkg/a.py", "BAD\n", kind=None)
    world.source.hint(str(world.root / "app" / "pkg"), HintKind.DIRECTORY)
    world.settle()
    world.delete_tree("app/pkg")
    world.settle()
    assert not [path for path in world.states() if path.startswith("pkg/")]
    assert not [d for d in world.source.covered if d.endswith("/pkg")]


def test_a_changed_configuration_judges_everything_anew(world: World) -> None:
    world.verifier.judged.clear()
    world.write("app/fake.toml", "strict = true")
    world.settle()
    assert sorted(world.verifier.judged) == ["one.py", "two.py"]


def test_another_version_of_the_tool_judges_everything_anew(world: World) -> None:
    world.verifier.judged.clear()
    world.verifier.release = "2.0"
    world.time += 301  # the audit
    world.settle()
    assert sorted(world.verifier.judged) == ["one.py", "two.py"]


def test_a_thousand_changes_at_once_all_arrive(world: World) -> None:
    for number in range(1200):
        world.write(f"app/f{number}.py", "BAD\n" * (number % 3))
    world.settle()
    states = world.states()
    assert all(states[f"f{number}.py"] == ("fresh", number % 3) for number in range(1200))
