"""What a tree may hold that is no ordinary file, and what of it is watched."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk, found, ruff

pytestmark = pytest.mark.linux


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One daemon for all trees, which is stopped where a test is about what it finds when it starts."""
    with desk(tmp_path_factory.mktemp("trees")) as place:
        yield place


@pytest.fixture
def place(running: Desk) -> Desk:
    running.turn()
    running.project("app")
    running.write("app/src/a.py", "import os\n")
    return running


def odd(app: Path) -> None:
    """Names that are no text, links that lead astray, and files that block whoever opens them."""
    for name in (b"caf\xe9.py", b"two\nlines.py", b"tab\there.py", b"-n.py", b"a b;c.py", b"\xff\xfe.py"):
        with open(os.path.join(os.fsencode(app), b"src", name), "wb") as file:
            file.write(b"import os\n")
    directory = os.path.join(os.fsencode(app), b"d\xe9j\xe0")
    os.mkdir(directory)
    with open(os.path.join(directory, b"vu.py"), "wb") as file:
        file.write(b"import os\n")
    os.mkfifo(app / "src" / "fifo.py")
    os.mkfifo(app / "src" / "pyproject.toml")
    (app / "src" / "loop").symlink_to(".")
    (app / "src" / "up").symlink_to("../..")
    (app / "src" / "self.py").symlink_to("self.py")
    (app / "src" / "nowhere.py").symlink_to("nothing.py")
    (app / "src" / "link.py").symlink_to("a.py")
    (app / "src" / "directory.py").mkdir()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(app / "src" / "socket.py"))
    (app / "src" / "device.py").symlink_to("/dev/zero")
    (app / "src" / "empty.py").touch()


ODD = {
    "src/caf\\xe9.py",
    "src/two\\nlines.py",
    "src/-n.py",
    "src/a b;c.py",
    "d\\xe9j\\xe0/vu.py",
    "src/empty.py",
    "src/a.py",
}


@pytest.mark.parametrize("when", ["before", "after"])
def test_odd_files(place: Desk, when: str) -> None:
    if when == "before":
        place.run("stop")
        odd(place.projects["app"])
        place.start()
    else:
        place.start()
        odd(place.projects["app"])
    body = place.agree()
    state = {file["path"]: file["state"] for file in body["files"]}
    judged = {path for path, known in state.items() if known == "fresh"}
    assert {path.replace("\n", "\\n") for path in judged} >= ODD
    for path in ("fifo", "socket", "self", "nowhere", "device"):
        assert state.get(f"src/{path}.py", "skipped") == "skipped", path
    assert not [path for path in state if path.startswith(("src/loop", "src/up"))]
    assert place.run("status").returncode == 0
    place.assert_chains()


def test_an_odd_name_is_followed(place: Desk) -> None:
    odd(place.projects["app"])
    place.start()
    with open(os.path.join(os.fsencode(place.projects["app"]), b"src/caf\xe9.py"), "wb") as file:
        file.write(b"import os\nimport re\n")
    (row,) = [file for file in place.agree()["files"] if file["path"] == "src/caf\\xe9.py"]
    assert len(row["findings"]) == 2


def test_a_file_becomes_a_link_and_a_fifo(place: Desk) -> None:
    place.start()
    file = place.projects["app"] / "src" / "a.py"
    changes: list[Callable[[], None]] = [
        lambda: file.symlink_to("/etc/passwd"),
        lambda: os.mkfifo(file),
        file.mkdir,
    ]
    for change in changes:
        file.unlink()
        change()
        body = place.agree()
        assert found(body, "app") == {}
    file.rmdir()
    file.write_text("import re\n")
    assert found(place.agree(), "app") == ruff(place.projects["app"])


def test_what_git_ignores_is_not_watched(place: Desk) -> None:
    app = place.projects["app"]
    (app / ".git").mkdir()
    (app / ".gitignore").write_text("!*/\ngenerated/\n")
    place.start()
    directories = place.status()["watch"]["directories"]
    for number in range(20):
        place.write(f"app/generated/d{number}/x.py", "import os\n")
        place.write(f"app/node_modules/d{number}/x.py", "import os\n")
        place.write(f"app/.venv/d{number}/x.py", "import os\n")
    assert found(place.agree(), "app").keys() == {"src/a.py"}
    assert place.status()["watch"]["directories"] == directories
    place.run("stop")
    place.start()
    place.agree()
    assert place.status()["watch"]["directories"] == directories


def test_ignore_files_change_while_it_runs(place: Desk) -> None:
    app = place.projects["app"]
    (app / ".git").mkdir()
    place.write("app/made/x.py", "import os\n")
    place.start()
    directories = place.status()["watch"]["directories"]
    for text, paths in (
        ("made/\n", {"src/a.py"}),
        ("", {"src/a.py", "made/x.py"}),
        ("a.py\n", {"made/x.py"}),
    ):
        place.write("app/.gitignore", text)
        assert found(place.agree(), "app").keys() == paths
        assert found(place.check(), "app") == ruff(app)
    place.write("app/.gitignore", "made/\n")
    place.agree()
    assert place.status()["watch"]["directories"] == directories - 1
    (app / ".gitignore").unlink()
    assert found(place.agree(), "app") == ruff(app)


def test_a_directory_that_two_projects_watch(place: Desk) -> None:
    place.project("web")
    for name in ("app", "web"):
        paths = 'watch_paths = ["src", "../common/lib"]'
        place.write(
            f"{name}/pyproject.toml", f'[tool.ruff]\nlint.select = ["F"]\n[tool.dev-assistant]\n{paths}\n'
        )
        place.write(f"{name}/src/a.py", "import os\n")
    place.write("common/lib/shared.py", "x = 1\n")
    place.start()
    place.write("common/lib/shared.py", "import os\n")
    place.write("common/lib/deep/new.py", "import os\n")
    body = place.agree()
    for name in ("app", "web"):
        counts = {path: len(findings) for path, findings in found(body, name).items()}
        assert counts == {"src/a.py": 1, "../common/lib/shared.py": 1, "../common/lib/deep/new.py": 1}
    assert body["summary"]["files"] == sum(project["files"] for project in body["projects"])
    assert body["summary"]["findings"] == 6


def test_a_project_inside_a_project(place: Desk) -> None:
    place.write("app/inner/pyproject.toml", "[tool.ruff]\nlint.select = []\n")
    place.write("app/inner/b.py", "import os\n")
    place.configure({"projects": [place.entry("app"), {**place.entry("app/inner"), "name": "inner"}]})
    place.start()
    place.write("app/inner/c.py", "import os\n")
    body = place.agree()
    assert found(body, "app") == ruff(place.tree / "app")
    assert found(body, "inner") == ruff(place.tree / "app" / "inner")
    assert not [file["path"] for file in body["files"] if "RUNS" in file["path"]]


def test_a_root_behind_a_link(place: Desk, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere"
    place.projects["app"].rename(real)
    place.projects["app"].symlink_to(real)
    place.start()
    (real / "src" / "b.py").write_text("import re\n")
    assert found(place.agree(), "app") == ruff(real)
    assert "src/b.py" in found(place.check(), "app")
