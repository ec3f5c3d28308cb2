from __future__ import annotations

import os
from pathlib import Path

import pytest

from dev_assistant.model import (
    Checked,
    Digest,
    Failed,
    FileRecord,
    FileState,
    Fingerprint,
    Part,
    RelPath,
    Skipped,
    Stat,
    Summary,
    Verdict,
    summarize,
)
from dev_assistant.ports import Included, Reach
from dev_assistant.service.plan import Left, Look, Planner, conclude, configures, matters, reach
from dev_assistant.service.state import Awaited
from flows.world import World

FINGERPRINT = Fingerprint(Stat(1, 2, 3, 4, 0o100644), Digest("d"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a.py").write_text("x\n")
    return World(tmp_path.resolve(), project=tmp_path.name).start()


def look(world: World, path: str) -> Look | Left:
    state = world.state
    return world.parts.judging._planner.look(state, RelPath(path))


def test_a_regular_file_is_looked_up_by_its_bytes(world: World) -> None:
    first = look(world, "a.py")
    assert isinstance(first, Look)
    (world.root / "a.py").write_text("y\n")
    second = look(world, "a.py")
    assert isinstance(second, Look)
    assert first.keys != second.keys
    (world.root / "a.py").write_text("x\n")
    assert look(world, "a.py").keys == first.keys  # type: ignore[union-attr]


def test_the_executable_bit_is_part_of_the_key(world: World) -> None:
    before = look(world, "a.py")
    os.chmod(world.root / "a.py", 0o755)
    after = look(world, "a.py")
    assert isinstance(before, Look) and isinstance(after, Look)
    assert before.keys != after.keys


def test_bytes_as_young_as_the_look_are_not_trusted_later(world: World) -> None:
    (world.root / "a.py").write_text("new\n")
    seen = look(world, "a.py")
    assert isinstance(seen, Look)
    assert seen.lasting != seen.fingerprint
    world.time += 1
    seen = look(world, "a.py")
    assert isinstance(seen, Look)
    assert seen.lasting == seen.fingerprint


def test_what_is_no_regular_file_is_skipped_with_the_reason(world: World) -> None:
    os.mkfifo(world.root / "pipe.py")
    (world.root / "link.py").symlink_to("/etc/passwd")
    (world.root / "dangling.py").symlink_to("nowhere")
    for name, reason in (("pipe.py", "not a regular file"), ("link.py", "link"), ("dangling.py", "link")):
        left = look(world, name)
        assert isinstance(left, Left) and left.record is not None
        assert left.record.state is FileState.SKIPPED
        assert reason in left.record.reason


def test_a_file_over_the_limit_is_skipped(world: World) -> None:
    with open(world.root / "huge.py", "wb") as huge:
        huge.truncate(6_000_000)
    left = look(world, "huge.py")
    assert isinstance(left, Left) and left.record is not None
    assert left.record.reason == "larger than 5,000,000 bytes (max_file_mb)"


def test_what_is_not_there_or_ignored_is_no_file_of_the_project(world: World) -> None:
    (world.root / "node_modules").mkdir()
    (world.root / "node_modules" / "x.py").touch()
    (world.root / "dir.py").mkdir()
    for name in ("gone.py", "node_modules/x.py", "dir.py"):
        assert look(world, name) == Left(RelPath(name), None)


def test_a_file_that_nobody_judges_says_so(world: World) -> None:
    (world.root / "style.scss").touch()
    (world.root / "data.bin").touch()
    left = look(world, "style.scss")
    assert isinstance(left, Left) and left.record is not None
    assert left.record.reason == "no verifier for .scss files"
    assert look(world, "data.bin") == Left(RelPath("data.bin"), None)


def awaited(**verdicts: Verdict) -> Awaited:
    parts = {name: Part(name, Digest(name), summarize(verdict)) for name, verdict in verdicts.items()}
    return Awaited(FINGERPRINT, FINGERPRINT, {name: Digest(name) for name in verdicts}, parts, {})


def test_a_failed_part_fails_the_file_whatever_the_others_say() -> None:
    record = conclude(awaited(one=Checked(), two=Failed("crashed"), three=Skipped("large")))
    assert (record.state, record.reason, record.passed) == (FileState.FAILED, "crashed", None)


def test_a_skipped_part_is_never_green() -> None:
    record = conclude(awaited(one=Checked(), two=Skipped("large")))
    assert (record.state, record.passed) == (FileState.SKIPPED, None)


def test_all_parts_checked_is_fresh() -> None:
    assert conclude(awaited(one=Checked(), two=Checked())).passed is True


def test_known_parts_come_from_the_record_then_from_the_cache_and_never_from_failures() -> None:
    keys = {name: Digest(name) for name in ("own", "cached", "failed", "new")}
    claims = {name: Included(Digest("basis")) for name in keys}
    known = FileRecord(
        FileState.FAILED,
        FINGERPRINT,
        (Part("own", keys["own"], Summary("checked")), Part("failed", keys["failed"], Summary("failed"))),
    )
    planner = Planner(territory=None, wall=lambda: 0)  # type: ignore[arg-type]
    seen = Look(RelPath("a.py"), FINGERPRINT, FINGERPRINT, claims, keys)
    result = planner.awaited(seen, {keys["cached"]: Checked(), keys["failed"]: Failed("old")}, known)
    assert sorted(result.parts) == ["cached", "own"]


def test_reach_is_the_farthest_of_all_verifiers(world: World) -> None:
    assert reach(world.state, RelPath("fake.toml")) is Reach.CONFIGURATION
    assert configures(world.state, RelPath("fake.toml"))
    assert reach(world.state, RelPath("a.py")) is Reach.ITSELF
    assert matters(world.state, RelPath("a.py"))
    assert not matters(world.state, RelPath("a.bin"))
