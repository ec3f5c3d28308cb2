"""Configuration that changes at a bad moment: during a walk, a reading of itself, or unseen by any event."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.verify.ruff import RuffVerifier
from flows.world import World, workspace

DISABLED = "[tool.dev-assistant]\nenable_ruff = false\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    return workspace(tmp_path, "app")


@pytest.fixture
def ruff() -> Iterator[RuffVerifier]:
    verifier = RuffVerifier()
    yield verifier
    verifier.close()


def fill(root: Path, files: int) -> None:
    for number in range(files):
        (root / "app" / f"f{number}.py").write_text("x\n")


def in_force(world: World) -> bytes:
    """The bytes of the configuration by which files are judged."""
    scope = (world.state.scopes or {})["ruff"]
    return scope.config  # type: ignore[attr-defined, no-any-return]


def test_configuration_and_all_its_files_saved_at_once(root: Path) -> None:
    fill(root, 10)
    world = World(root).start()
    world.write("app/fake.toml", "v1\n")
    for number in range(10):
        world.write(f"app/f{number}.py", "BAD\n")
    world.settle()
    assert in_force(world) == b"v1\n"
    assert all(world.states()[f"f{number}.py"] == ("fresh", 1) for number in range(10))


def test_configuration_saved_while_its_last_change_is_still_being_applied(root: Path) -> None:
    fill(root, 3)
    world = World(root).start()
    world.write("app/fake.toml", "v1\n")
    world.halfway(lambda: world.errands)
    world.run_errand()  # v1 has been read, and nobody knows it yet
    world.write("app/fake.toml", "v2 and more\n")
    world.settle()
    assert in_force(world) == b"v2 and more\n"


def test_configuration_saved_during_the_first_scan(root: Path) -> None:
    fill(root, 3)
    (root / "app" / "fake.toml").write_text("v1\n")
    world = World(root)
    world.coordinator.start()
    for _ in ("the walk", "the first reading"):
        world.halfway(lambda: world.errands)
        world.run_errand()
    world.write("app/fake.toml", "v2 and more\n")
    world.settle()
    assert in_force(world) == b"v2 and more\n"


def test_settings_that_an_overflow_hid_are_found_with_it(root: Path) -> None:
    fill(root, 1)
    world = World(root).start()
    world.write("app/pyproject.toml", DISABLED, kind=None)
    world.source.overflow()
    world.settle()
    assert world.states()["f0.py"] == ("skipped", 0)


def test_settings_that_no_event_told_are_found_by_the_audit(root: Path) -> None:
    fill(root, 1)
    world = World(root).start()
    world.write("app/pyproject.toml", DISABLED, kind=None)
    world.time += 301
    world.settle()
    assert world.states()["f0.py"] == ("skipped", 0)


def test_settings_that_change_while_a_walk_waits_decide_what_it_walks(tmp_path: Path) -> None:
    root = workspace(tmp_path, {"name": "app", "path": "app", "watch_dirs": ["src"]})
    for directory in ("src", "lib"):
        (root / "app" / directory).mkdir(parents=True)
        (root / "app" / directory / "a.py").write_text("x\n")
    world = World(root).start()
    world.declare({"name": "app", "path": "app", "watch_dirs": ["src", "lib"]})
    world.halfway(lambda: world.errands)
    world.barrier()  # its walk waits already when the new settings arrive
    world.run_errand()
    world.settle()
    assert set(world.states()) == {"src/a.py", "lib/a.py"}


def test_an_ignore_file_above_the_watch_path_is_followed(tmp_path: Path) -> None:
    root = workspace(tmp_path, {"name": "app", "path": "app", "watch_dirs": ["src"]})
    (root / "app" / "src" / "gen").mkdir(parents=True)
    (root / "app" / "src" / "gen" / "a.py").write_text("x\n")
    (root / "app" / ".git").mkdir()
    (root / "app" / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    world = World(root).start()
    assert set(world.states()) == {"src/gen/a.py"}
    world.write("app/.gitignore", "src/gen/\n")
    world.settle()
    assert world.states() == {}


def test_a_reading_that_raises_is_shown_and_over_with_the_next_one(root: Path) -> None:
    fill(root, 1)
    world = World(root).start()
    world.load_error = OSError("stale file handle")
    world.declare("app")
    world.settle()
    assert "stale file handle" in world.coordinator.snapshot.problems[0]
    assert world.states() == {"f0.py": ("fresh", 0)}
    world.load_error = None
    world.declare("app")
    world.settle()
    assert world.coordinator.snapshot.problems == ()


def test_a_package_marker_that_vanished_unseen_is_judged_by(root: Path, ruff: RuffVerifier) -> None:
    (root / "app" / "pyproject.toml").write_text('[tool.ruff]\nlint.select = ["INP001"]\n')
    (root / "app" / "pkg").mkdir()
    (root / "app" / "pkg" / "m.py").write_text("x = 1\n")
    (root / "app" / "pkg" / "__init__.py").touch()
    world = World(root, verifier=ruff).start()  # type: ignore[arg-type]
    assert world.states()["pkg/m.py"] == ("fresh", 0)
    (root / "app" / "pkg" / "__init__.py").unlink()
    world.source.overflow()
    world.settle()
    assert world.states()["pkg/m.py"] == ("fresh", 1)


def test_a_module_that_appears_makes_imports_of_it_first_party(root: Path, ruff: RuffVerifier) -> None:
    (root / "app" / "pyproject.toml").write_text('[tool.ruff]\nlint.select = ["I001"]\n')
    (root / "app" / "m.py").write_text("import os\n\nimport numpy\n\nimport zz\n")
    world = World(root, verifier=ruff).start()  # type: ignore[arg-type]
    assert world.states()["m.py"] == ("fresh", 1)
    world.write("app/zz.py", "x = 1\n")
    world.settle()
    assert world.states()["m.py"] == ("fresh", 0)


def test_watch_paths_are_narrowed_to_what_lies_in_them(root: Path) -> None:
    (root / "app" / "src").mkdir()
    (root / "app" / "src" / "a.py").write_text("fine\n")
    fill(root, 2)
    world = World(root).start()
    world.declare({"name": "app", "path": "app", "watch_dirs": ["src"]})
    world.settle()
    assert world.states() == {"src/a.py": ("fresh", 0)}
    assert str(root / "app" / "src") in world.source.covered
    world.write("app/src/a.py", "BAD\n")
    world.settle()
    assert world.states() == {"src/a.py": ("fresh", 1)}
