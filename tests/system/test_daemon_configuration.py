"""Configuration changes under a living daemon; what is broken is shown, and breaks nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, found, ruff, until

pytestmark = pytest.mark.linux

FIVE_MISTAKES = """{
  "projects": [
    {"name": "one", "path": "./one", "debounce_ms": "fast"},
    {"name": "one", "path": "./two"},
    {"name": "three", "path": 3},
    {"name": "four", "path": "./four", "watch_dir": ["src"]}
  ],
  "setings": {}
}
"""
MISTAKES = (3, 4, 5, 6, 8)
"""The lines that they stand on."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One daemon for all configurations, which is stopped where a test is about its start."""
    with desk(tmp_path_factory.mktemp("configuration")) as place:
        yield place


@pytest.fixture
def place(running: Desk) -> Desk:
    running.turn()
    for name in ("one", "two"):
        running.project(name)
        running.write(f"{name}/src/a.py", "import os\n")
        running.write(f"{name}/src/b.py", "x = 1\n")
    return running


def assert_five(text: str) -> None:
    for line in MISTAKES:
        assert f"workspace.json:{line}: " in text, text
    assert "did you mean 'watch_dirs'?" in text
    assert "did you mean 'settings'?" in text
    assert "Traceback" not in text


def states(place: Desk) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for file in place.agree()["files"]:
        if file["path"].endswith(".py"):
            rows.setdefault(file["project"], {})[file["path"]] = file["state"]
    return rows


def test_five_mistakes_at_once(place: Desk) -> None:
    place.run("stop")
    place.configure(FIVE_MISTAKES)

    validated, started = place.run("config", "validate"), place.run("start")

    assert (validated.returncode, started.returncode) == (2, 2)
    assert_five(validated.stdout)
    assert_five(started.stderr)
    assert place.document("config", "validate", status=[2])["ok"] is False
    assert place.run("status").returncode == 4
    place.assert_nothing_runs()


def test_a_broken_reload_changes_nothing_but_is_shown(place: Desk) -> None:
    good = (place.root / "workspace.json").read_text()
    place.start()
    before = place.agree()

    place.configure(FIVE_MISTAKES)
    place.run("wait")

    status = place.status()
    assert_five("\n".join(status["config_errors"]))
    assert [project["name"] for project in status["projects"]] == ["one", "two"]
    dashboard = (place.root / "RUNS/stats/workspace_dashboard.md").read_text()
    assert "Configuration error, the last good configuration is kept" in dashboard
    assert place.check() == before
    place.write("one/src/b.py", "import re\n")
    place.run("wait")
    assert found(place.check(), "one") == ruff(place.tree / "one")

    place.configure(good)
    place.settle()

    assert place.status()["config_errors"] == []
    dashboard = (place.root / "RUNS/stats/workspace_dashboard.md").read_text()
    assert "Configuration error" not in dashboard
    place.agree()


def test_broken_settings_of_one_project_are_its_own_affair(place: Desk) -> None:
    place.start()
    pyproject = place.tree / "one" / "pyproject.toml"
    good = pyproject.read_text()
    pyproject.write_text(good + "[tool.dev-assistant]\ndebounce_ms = -5\n")
    place.run("wait")
    errors = {project["name"]: project["config_errors"] for project in place.status()["projects"]}
    assert errors["two"] == []
    assert "debounce_ms" in errors["one"][0]
    pyproject.write_text(good)
    place.settle()
    assert [project["config_errors"] for project in place.status()["projects"]] == [[], []]
    place.agree()


def test_broken_ruff_settings_fail_their_files_and_no_others(place: Desk) -> None:
    pyproject = place.tree / "one" / "pyproject.toml"
    good = pyproject.read_text()
    place.start()
    verified = place.verified("two")

    pyproject.write_text('[tool.ruff]\nlint.select = ["NONSENSE"]\n')

    assert place.run("wait").returncode == 3
    failed = {"src/a.py": "failed", "src/b.py": "failed"}
    assert states(place) == {"one": failed, "two": dict.fromkeys(failed, "fresh")}
    assert place.run("check").returncode == 3
    body = place.check()
    assert {file["passed"] for file in body["files"] if file["state"] == "failed"} == {None}
    pyproject.write_text(good)
    assert place.run("wait").returncode == 0
    assert states(place) == {name: dict.fromkeys(failed, "fresh") for name in ("one", "two")}
    assert place.verified("two") == verified


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param("[tool.ruff]\nline-length = 0\n", id="value"),
        pytest.param("[tool.ruff\n", id="syntax", marks=pytest.mark.sweep),
    ],
)
def test_ruff_settings_broken_from_the_start(place: Desk, broken: str) -> None:
    pyproject = place.tree / "one" / "pyproject.toml"
    good = pyproject.read_text()
    pyproject.write_text(broken)
    place.run("stop")
    place.start()
    assert place.run("wait").returncode == 3
    assert set(states(place)["two"].values()) == {"fresh"}
    pyproject.write_text(good)
    assert place.run("wait").returncode == 0
    body = place.agree()
    assert found(body, "one") == ruff(place.tree / "one")


def test_a_change_of_ruff_settings_reaches_what_it_decides(place: Desk) -> None:
    place.write("one/src/deep/ruff.toml", 'extend = "../../pyproject.toml"\n')
    place.write("one/src/deep/c.py", "import os\nx=1\n")
    place.start()
    before = [place.verified(name) for name in ("one", "two")]

    place.write("one/src/deep/ruff.toml", 'lint.select = ["E2"]\npreview = true\n')

    body = place.agree()
    assert found(body, "one") == ruff(place.tree / "one")
    assert [finding[0] for finding in found(body, "one")["src/deep/c.py"]] == ["E225"]
    assert [place.verified(name) for name in ("one", "two")] == [[*before[0], "src/deep/c.py"], before[1]]

    place.write("one/pyproject.toml", "[tool.ruff]\nlint.select = []\n")

    body = place.agree()
    assert found(body, "one") == ruff(place.tree / "one")
    assert sorted(place.verified("one")[len(before[0]) + 1 :]) == ["src/a.py", "src/b.py"]
    assert place.verified("two") == before[1]


def test_settings_outside_the_project_reach_it(place: Desk) -> None:
    place.write("common.toml", 'lint.select = ["F"]\n')
    place.write("one/pyproject.toml", '[tool.ruff]\nextend = "../common.toml"\n')
    place.start()
    assert place.check()["summary"]["findings"] == 2
    place.write("common.toml", "lint.select = []\n")
    assert place.agree()["summary"]["findings"] == 1


def test_fixes_are_never_applied(place: Desk) -> None:
    place.write(
        "one/pyproject.toml", '[tool.ruff]\nfix = true\nunsafe-fixes = true\nlint.select = ["F", "I"]\n'
    )
    place.start()
    source = "import sys\nimport os\n"
    for file in ("a", "b"):
        place.write(f"one/src/{file}.py", source + f"# {file}\n")
    place.agree()
    for number in range(100):
        place.write(f"one/src/bulk{number}.py", source)
    place.agree()
    for file in ("a", "b"):
        assert (place.tree / f"one/src/{file}.py").read_text() == source + f"# {file}\n"
    assert {(place.tree / f"one/src/bulk{number}.py").read_text() for number in range(100)} == {source}
    assert place.check()["summary"]["findings"] > 300


def test_projects_come_and_go(place: Desk) -> None:
    place.write("three/pyproject.toml", "[tool.ruff]\n")
    place.write("three/x.py", "import os\n")
    place.start()
    two = json.loads((place.root / "workspace.json").read_text())

    place.enter("three")
    place.settle()

    body = place.agree()
    assert [project["name"] for project in body["projects"]] == ["one", "three", "two"]
    assert found(body, "three") == ruff(place.tree / "three")
    place.write("three/x.py", "import re\n")
    place.agree()
    directories = place.status()["watch"]["directories"]
    verified = place.verified("three")

    place.configure({"projects": two["projects"][:1]})
    place.settle()

    assert [project["name"] for project in place.agree()["projects"]] == ["one"]
    assert place.status()["watch"]["directories"] < directories
    place.write("three/x.py", "import sys\n")
    place.settle()
    assert place.verified("three") == verified
    place.enter("three")
    place.settle()
    assert [project["name"] for project in place.agree()["projects"]] == ["one", "three"]
    assert place.verified("three") == [*verified, "x.py"]


def test_watch_dirs_change_while_it_runs(place: Desk) -> None:
    place.write("one/other/c.py", "import os\n")
    place.configure({"projects": [place.entry("one", watch_dirs=["src"])]})
    place.start()
    assert set(states(place)["one"]) == {"src/a.py", "src/b.py"}
    place.write("one/pyproject.toml", '[tool.dev-assistant]\nwatch_paths = ["other"]\n')
    place.settle()
    assert set(states(place)["one"]) == {"other/c.py"}
    place.write("one/other/d.py", "import os\n")
    place.write("one/src/e.py", "import os\n")
    assert set(states(place)["one"]) == {"other/c.py", "other/d.py"}


def test_without_a_workspace_file(tmp_path: Path) -> None:
    with desk(tmp_path) as place:
        place.write("one/pyproject.toml", "[tool.ruff]\n")
        place.write("one/src/a.py", "import os\n")
        place.write("one/tests/b.py", "import os\n")
        place.write("loose/c.py", "import os\n")
        place.document("start", "--watch-dirs", "one/src", "loose")
        place.settle()
        fresh = place.check("--no-cache", "--watch-dirs", "one/src", "loose")
        assert place.check() == fresh
        paths = {Path(project["root"], file["path"]) for project, file in rows(fresh)}
        assert {str(path) for path in paths if path.suffix == ".py"} == {"one/src/a.py", "loose/c.py"}
        place.write("loose/d.py", "import re\n")
        assert place.check() == place.check("--no-cache", "--watch-dirs", "one/src", "loose") != fresh


def rows(body: dict[str, list[dict[str, str]]]) -> list[tuple[dict[str, str], dict[str, str]]]:
    projects = {project["name"]: project for project in body["projects"]}
    return [(projects[file["project"]], file) for file in body["files"]]


def test_a_root_that_is_missing_is_waited_for(place: Desk) -> None:
    place.enter("later")
    place.start()
    assert place.run("wait").returncode == 3
    missing = {project["name"]: project["state"] for project in place.status()["projects"]}
    assert missing == {"one": "watching", "two": "watching", "later": "missing"}
    summary = place.agree()["summary"]
    assert (summary["failed"], summary["pending"]) == (0, 0)

    place.write("later/pyproject.toml", "[tool.ruff]\n")
    place.write("later/deep/x.py", "import os\n")
    until(lambda: place.run("wait").returncode == 0)

    assert found(place.agree(), "later") == ruff(place.tree / "later")
    place.write("later/deep/x.py", "import re\n")
    assert found(place.agree(), "later") == ruff(place.tree / "later")


@pytest.mark.parametrize("how", ["moved", pytest.param("deleted", marks=pytest.mark.sweep)])
def test_a_root_goes_and_is_made_anew(place: Desk, tmp_path: Path, how: str) -> None:
    place.start()
    one = place.tree / "one"
    if how == "moved":
        one.rename(tmp_path / "away")
    else:
        shutil.rmtree(one)
    assert place.run("wait").returncode == 3
    assert {project["name"]: project["state"] for project in place.status()["projects"]}["one"] == "missing"
    assert "one" not in states(place)

    place.write("one/pyproject.toml", "[tool.ruff]\n")
    place.write("one/src/other.py", "import os\n")
    until(lambda: place.run("wait").returncode == 0)

    assert found(place.agree(), "one") == ruff(one)
    place.write("one/src/other.py", "import re\n")
    body = place.agree()
    assert found(body, "one") == ruff(one)
    assert list(found(body, "one")) == ["src/other.py"]
