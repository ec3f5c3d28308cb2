"""The detector of the library, on real files, projects and repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dev_assistant import CriticalFileDetector
from dev_assistant.schedule.criticality import Criticality
from dev_assistant.settings import Settings
from hostile import corpus

Git = Callable[..., None]
MANY = b"x = 1\n" * 101


def classify(path: Path) -> Criticality:
    return CriticalFileDetector().classify(path)


def score(path: Path) -> float:
    return classify(path).score


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one commit of empty files."""
    (tmp_path / "pyproject.toml").touch()
    for name in ("core/auth.py", "core/plain.py", "plain.py", "tests/auth.py", "app.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    return tmp_path


def git(top: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *identity, *arguments], cwd=top, check=True, timeout=60, capture_output=True)


def commit(top: Path) -> None:
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "m")


def test_every_fact_counts(project: Path) -> None:
    path = project / "core" / "auth.py"
    assert classify(path) == Criticality(0.5, ("name matches *auth*: 0.4", "in core/: 0.1"), is_critical=True)
    path.write_bytes(b"def f():\n    import hashlib\n" + MANY)
    found = classify(path)
    assert (found.score, found.is_critical) == (1.0, True)
    assert found.reasons == (
        "name matches *auth*: 0.4",
        "imports hashlib: 0.3",
        "103 lines changed since HEAD: 0.2",
        "in core/: 0.1",
    )


def test_a_commit_takes_the_changes_away(project: Path) -> None:
    path = project / "plain.py"
    path.write_bytes(MANY)
    assert score(path) == 0.2
    commit(project)
    assert score(path) == 0.0
    git(project, "reset", "-q", "--soft", "HEAD~")
    assert score(path) == 0.2


def test_an_edit_is_seen_at_once(project: Path) -> None:
    path = project / "plain.py"
    for imported, expected in [(b"hashlib", 0.3), (b"itertool", 0.0), (b"hashlib", 0.3)]:
        path.write_bytes(b"import " + imported)
        assert score(path) == expected


def test_a_file_that_nothing_has_touched_for_long_is_known() -> None:
    settled = Path(os.__file__).with_name("hashlib.py")
    detector = CriticalFileDetector(Settings(critical_imports=("logging",)))
    assert detector.classify(settled) == detector.classify(settled)
    assert "imports logging: 0.3" in detector.classify(settled).reasons
    other = CriticalFileDetector(Settings(critical_imports=("_blake2",)))
    assert "imports _blake2: 0.3" in other.classify(settled).reasons


def test_a_new_file_counts_unless_it_is_ignored(project: Path) -> None:
    (project / ".gitignore").write_text("/build/\n*.gen.py\n")
    (project / "build" / "deep").mkdir(parents=True)
    for name in ("new.py", "new.gen.py", "build/deep/new.py"):
        (project / name).write_bytes(MANY)
    assert [score(project / name) for name in ("new.py", "new.gen.py", "build/deep/new.py")] == [0.2, 0, 0]
    git(project, "add", "-f", "new.gen.py")
    git(project, "commit", "-q", "-m", "m")
    (project / "new.gen.py").write_bytes(b"")
    assert score(project / "new.gen.py") == 0.2


def test_a_mention_is_no_import(project: Path) -> None:
    (project / "plain.py").write_bytes(b"# import hashlib\nx = '''\nimport ssl\n'''\n")
    assert score(project / "plain.py") == 0.0


def test_a_test_is_never_critical(project: Path) -> None:
    path = project / "tests" / "auth.py"
    path.write_bytes(b"import hashlib\n" + MANY)
    assert classify(path) == Criticality(0.0, ("is a test: never critical",), is_critical=False)


def test_only_python_is_read_for_imports(project: Path) -> None:
    (project / "app.js").write_bytes(b"import hashlib\n")
    assert score(project / "app.js") == 0.0


def test_the_projects_own_settings_hold_as_soon_as_they_are_written(project: Path) -> None:
    path = project / "plain.py"
    for pattern, expected in [("plain*", 0.4), ("nothing", 0.0), ("plain*", 0.4)]:
        table = f'[tool.dev-assistant]\ncritical_patterns = ["{pattern}"]\nunheard_of = 1\n'
        (project / "pyproject.toml").write_text(table)
        assert score(path) == expected


def test_settings_behind_a_link_in_the_project_hold(project: Path) -> None:
    (project / "pyproject.toml").unlink()
    (project / "pyproject.toml").symlink_to("real.toml")
    for pattern, expected in [("plain*", 0.4), ("nothing", 0.0)]:
        (project / "real.toml").write_text(f'[tool.dev-assistant]\ncritical_patterns = ["{pattern}"]\n')
        assert score(project / "plain.py") == expected


def test_settings_that_are_given_go_before_those_of_the_project(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.dev-assistant]\ncriticality_threshold = 1.0\n")
    path = project / "core" / "auth.py"
    assert not classify(path).is_critical
    assert CriticalFileDetector(Settings()).classify(path).is_critical
    heavy = CriticalFileDetector(Settings(criticality_directory_weight=0.9))
    assert heavy.classify(project / "core" / "plain.py").score == 0.9


def test_a_broken_pyproject_leaves_the_defaults(project: Path) -> None:
    (project / "pyproject.toml").write_text("[[[")
    assert score(project / "core" / "auth.py") == 0.5


def test_directories_count_from_the_project(tmp_path: Path) -> None:
    inner = tmp_path / "core" / "tests" / "inner"
    inner.mkdir(parents=True)
    (inner / "auth.py").touch()
    assert classify(inner / "auth.py").reasons == ("is a test: never critical",)
    (inner / "pyproject.toml").touch()
    assert score(inner / "auth.py") == 0.4


def test_a_repository_is_a_project_and_a_home_is_none(tmp_path: Path, project: Path) -> None:
    (project / "pyproject.toml").unlink()
    assert score(project / "core" / "auth.py") == 0.5
    (project / "plain.py").write_bytes(MANY)
    home, os.environ["HOME"] = os.environ["HOME"], str(project)
    try:
        assert score(project / "plain.py") == 0.0
    finally:
        os.environ["HOME"] = home
    assert score(project / "plain.py") == 0.2


def test_what_cannot_be_read_is_told_by_its_path(project: Path) -> None:
    os.mkfifo(project / "core" / "auth_fifo.py")
    (project / "core" / "auth_link.py").symlink_to("/dev/zero")
    (project / "core" / "auth_directory.py").mkdir()
    for name in ("auth_fifo", "auth_link", "auth_directory", "auth_missing", "missing/auth"):
        assert score(project / "core" / f"{name}.py") == 0.5


def test_a_file_over_the_limit_is_told_by_its_path(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.dev-assistant]\nmax_file_mb = 0.0001\n")
    (project / "plain.py").write_bytes(b"import hashlib\n" + MANY)
    assert score(project / "plain.py") == 0.0


def test_a_path_through_a_link_is_that_of_the_file(project: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(project / "core")
    (project / "core" / "auth.py").write_bytes(b"x\n")
    assert score(tmp_path / "link" / "auth.py") == score(project / "core" / "auth.py") == 0.5


def test_a_relative_path_and_text_will_do(project: Path) -> None:
    relative = os.path.relpath(project / "core" / "auth.py")
    assert CriticalFileDetector().classify(relative).is_critical


def test_from_several_threads(project: Path) -> None:
    paths = [project / "core" / f"auth{number}.py" for number in range(20)]
    for path in paths:
        path.write_bytes(b"import hashlib\n" + MANY)
    with ThreadPoolExecutor(4) as executor:
        found = list(executor.map(classify, paths * 3))
    assert {each.score for each in found} == {1.0}


def test_hostile_trees_do_no_harm(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    for name in ("names", "special", "repository", "programs", "pointers"):
        (tmp_path / name).mkdir()
        corpus.BUILDERS[name](tmp_path / name, canary)
    detector = CriticalFileDetector()
    for directory, _, names in os.walk(tmp_path):
        for name in names:
            if ".git" not in directory:
                found = detector.classify(os.path.join(directory, name))
                assert "".join(found.reasons).isprintable()
    assert not canary.exists()
