"""`report` and `team-stats` as they are run: from what a check has left, without a daemon."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from system.daemon_process import Desk, desk


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("reports")) as one:
        for name in ("app", "lib"):
            one.project(name)
            one.write(f"{name}/auth.py", "import hashlib\nimport os\n")
            one.write(f"{name}/clean.py", "X = 1\n")
        one.document("check", status=(1,))
        yield one


def statistics(project: Path) -> dict[str, Any]:
    documents = {
        name: json.loads((project / "RUNS" / "stats" / name).read_bytes())
        for name in ("team_stats.json", "problem_files.json", "trends.json")
    }
    for document in documents.values():
        document.pop("meta", None)
    return documents


def test_statistics_from_the_cache_are_those_of_the_check(checked: Desk) -> None:
    before = {name: statistics(root) for name, root in checked.projects.items()}
    pages = [root / "RUNS/stats/team_dashboard.md" for root in checked.projects.values()]
    shown = [page.read_text().splitlines()[3:] for page in pages]
    for page in pages:
        page.unlink()

    document = checked.document("team-stats")

    assert {name: statistics(root) for name, root in checked.projects.items()} == before
    assert before["app"]["team_stats.json"]["critical_files"] == 1
    assert [page.read_text().splitlines()[3:] for page in pages] == shown
    assert [(row["name"], row["total_files"]) for row in document["projects"]] == [("app", 3), ("lib", 3)]


def test_the_module_of_the_guides_is_the_same(checked: Desk, tmp_path: Path) -> None:
    cache = checked.projects["app"] / "RUNS" / ".cache"
    command = [sys.executable, "-m", "dev_assistant.team_stats_aggregator"]
    ran = subprocess.run(
        [*command, "--cache-dir", str(cache), "--output-dir", str(tmp_path / "out")],
        cwd=checked.root,
        env=checked.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert str(tmp_path / "out" / "team_dashboard.md") in ran.stdout
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "problem_files.json",
        "team_dashboard.md",
        "team_stats.json",
        "trends.json",
    ]


def test_a_report_names_what_it_wrote(checked: Desk) -> None:
    document = checked.document("report", "--output", "public")
    assert document["standing"] == "findings"
    assert all(Path(file).is_file() for file in document["files"].values())
    again = checked.document("report", "--project", "lib")
    assert again["files"]["html"] == str(checked.root / "lib" / "RUNS" / "report" / "index.html")


def test_what_a_clean_has_deleted_is_not_passed_off_as_judged(tmp_path: Path) -> None:
    with desk(tmp_path) as one:
        one.environ["DEV_ASSISTANT_ENABLE_DATA"] = "true"
        root = one.project("app")
        one.write("app/bad.py", "def f(:\n")
        one.write("app/x.json", "{}\n")
        assert one.run("check").returncode == 1
        assert one.run("clean", "--kind", "ruff").returncode == 0

        assert "app: 3 files, 1 pending, score" in one.run("team-stats").stdout
        assert one.document("report", "--project", "app")["standing"] == "unknown"
        badge = json.loads((root / "RUNS" / "report" / "badge.json").read_bytes())
        assert badge["color"] == "lightgrey"
        assert "its verdict was deleted" in (root / "RUNS/stats/team_dashboard.md").read_text()

        assert one.run("check").returncode == 1
        assert one.document("report", "--project", "app")["standing"] == "findings"


def test_mistakes_are_told_with_the_way_out(checked: Desk, tmp_path: Path) -> None:
    for arguments, told in (
        (("report", "--project", "x"), "projects: app, lib"),
        (("team-stats", "x"), "projects: app, lib"),
        (("team-stats", "--output-dir", "x"), "add --cache-dir DIR"),
        (("team-stats", "app", "--cache-dir", "x"), "leave out the names"),
        (("team-stats", "--cache-dir", str(tmp_path)), "verification.db does not exist"),
        (
            ("team-stats", "--cache-dir", "app/RUNS/.cache", "--output-dir", "workspace.json"),
            "workspace.json is no directory",
        ),
        (("report", "--output", "workspace.json"), "workspace.json is no directory"),
        (("report", "--output", "workspace.json/below"), "workspace.json is no directory"),
    ):
        ran = checked.run(*arguments)
        assert ran.returncode == 2
        assert told in ran.stderr


def test_a_project_without_a_cache_does_not_hold_back_the_others(checked: Desk) -> None:
    cache = checked.root / "lib" / "RUNS" / ".cache"
    cache.rename(cache.with_name("aside"))
    try:
        ran = checked.run("team-stats")
    finally:
        cache.with_name("aside").rename(cache)
    assert ran.returncode == 3
    assert "app: 3 files, score" in ran.stdout
    assert "there is no cache" in ran.stderr
