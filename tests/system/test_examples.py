"""The examples work and hold exactly the findings that they are meant to show.

Ruff runs in each project as a person would run it there; a ruff that judges otherwise needs a new table.
"""

import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY / "examples"
SOURCES = sorted(EXAMPLES.rglob("*.py"))

EXPECTED = {
    "frontend": {
        "B006": 1,
        "C901": 1,
        "E711": 1,
        "F401": 2,
        "FIX002": 1,
        "S311": 1,
        "S324": 1,
        "S602": 1,
        "UP006": 1,
        "UP035": 1,
    },
    "backend": {
        "ARG001": 1,
        "B006": 1,
        "C901": 1,
        "E712": 1,
        "E741": 1,
        "F401": 1,
        "F841": 1,
        "FIX002": 1,
        "S101": 1,
        "S104": 1,
        "S105": 1,
        "S110": 1,
        "S306": 1,
        "S324": 1,
        "S603": 1,
        "S607": 1,
        "S608": 1,
        "SIM105": 1,
        "UP045": 1,
    },
    "shared": {
        "A001": 1,
        "A002": 1,
        "B904": 1,
        "DTZ003": 1,
        "E722": 1,
        "F401": 1,
        "FIX001": 1,
        "PERF401": 1,
        "RET505": 1,
        "UP006": 1,
        "UP017": 1,
        "UP032": 1,
        "UP035": 1,
        "UP045": 1,
    },
}
CLEAN = ("frontend/components/card.py", "backend/models/order.py", "shared/utils/money.py")


def findings(project: str, *options: str) -> list[dict[str, str]]:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", *options, "."]
    done = subprocess.run(command, cwd=EXAMPLES / project, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, 1}, done.stderr
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.relative_to(EXAMPLES).as_posix())
def test_compiles(source: Path) -> None:
    compile(source.read_bytes(), source, "exec", dont_inherit=True)


@pytest.mark.parametrize("project", EXPECTED)
def test_findings_by_rule(project: str) -> None:
    assert Counter(finding["code"] for finding in findings(project)) == EXPECTED[project]


def test_some_files_are_clean() -> None:
    flagged = {
        Path(finding["filename"]).relative_to(EXAMPLES).as_posix()
        for project in EXPECTED
        for finding in findings(project)
    }
    assert flagged.isdisjoint(CLEAN)
    assert flagged <= {source.relative_to(EXAMPLES).as_posix() for source in SOURCES}


def test_noqa_comments_are_needed() -> None:
    """RUF100 reports a suppression that suppresses nothing."""
    for project in EXPECTED:
        assert [f for f in findings(project, "--extend-select", "RUF100") if f["code"] == "RUF100"] == []


def test_workspace_names_what_exists() -> None:
    document = json.loads((REPOSITORY / "workspace.example.json").read_text("utf-8"))
    assert [project["name"] for project in document["projects"]] == list(EXPECTED)
    for project in document["projects"]:
        root = REPOSITORY / project["path"]
        assert "dev-assistant" in tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["tool"]
        for directory in project["watch_dirs"]:
            assert list((root / directory).rglob("*.py")), f"nothing to watch in {root / directory}"


def test_backend_passes_its_own_tests() -> None:
    done = run("backend", "-m", "unittest", "-v", "tests/test_orders.py")
    assert b"Ran 3 tests" in done.stderr
    assert b"OK" in done.stderr


def test_frontend_builds(tmp_path: Path) -> None:
    run("frontend", "src/build.py", "src/products.json", str(tmp_path))
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.index("Oolong &amp; Osmanthus") < page.index("Sencha") < page.index("Sold out")
    assert json.loads((tmp_path / "build.json").read_text("utf-8"))["revision"]


def run(project: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-B", *arguments]
    return subprocess.run(command, cwd=EXAMPLES / project, capture_output=True, timeout=60, check=True)
