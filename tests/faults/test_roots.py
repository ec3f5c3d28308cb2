"""A root that goes, moves, becomes a link or is covered by a file system: told, kept, taken up again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from faults.namespace import Inside, inside
from system.daemon_process import Desk, Document, desk, until

pytestmark = pytest.mark.linux


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as place:
        fill(place)
        yield place


def fill(place: Desk) -> None:
    for name in ("app", "web"):
        place.project(name)
        place.write(f"{name}/a.py", "import os\n")
        place.write(f"{name}/src/b.py", "import os\n")


def standing(place: Desk, name: str = "app") -> Document:
    (row,) = [row for row in place.status()["projects"] if row["name"] == name]
    return row


def files(place: Desk, name: str = "app") -> dict[str, str]:
    return {f["path"]: f["state"] for f in place.check()["files"] if f["project"] == name}


def assert_missing(place: Desk) -> None:
    """Told with the way out, no gate is green, and the other project goes on."""
    until(lambda: standing(place)["state"] == "missing")
    assert standing(place)["reasons"] == [f"{place.root}/app does not exist; it is taken up when it appears"]
    assert standing(place, "web")["state"] == "watching"
    place.write("web/a.py", "import os\nimport sys\n")
    place.settle(status=[3])
    assert standing(place, "web")["findings"] == 3
    assert place.run("check").returncode == 3


def assert_back(place: Desk) -> None:
    until(lambda: standing(place)["state"] == "watching")
    place.settle()
    body = place.agree()
    assert [row["name"] for row in body["projects"]] == ["app", "web"]
    before = standing(place)["findings"]
    place.write("app/src/new.py", "import os\n")
    place.settle()
    assert standing(place)["findings"] == before + 1
    place.agree()
    place.assert_chains()


def test_a_root_that_is_removed_and_made_anew(place: Desk) -> None:
    place.start()
    shutil.rmtree(place.root / "app")
    assert_missing(place)
    assert not (place.root / "app").exists()
    place.write("app/other.py", "import os\nimport re\n")
    assert_back(place)


@pytest.mark.sweep
def test_a_root_that_moves_away_and_back(place: Desk) -> None:
    place.start()
    (place.root / "app").rename(place.root / "elsewhere")
    assert_missing(place)
    assert not (place.root / "app").exists()
    place.write("elsewhere/a.py", "import os\nimport re\n")
    place.write("elsewhere/src/c.py", "import os\n")
    (place.root / "elsewhere").rename(place.root / "app")
    assert_back(place)


@pytest.mark.sweep
def test_a_root_that_is_recreated_at_once_with_other_contents(place: Desk) -> None:
    place.start()
    (place.root / "app").rename(place.root / "elsewhere")
    place.write("app/other.py", "import os\nimport re\n")
    place.settle()
    assert set(files(place)) == {"other.py"}
    assert_back(place)
    place.write("elsewhere/a.py", "import os\nimport re\n")
    place.agree()


def to_itself(place: Desk) -> None:
    (place.root / "app").symlink_to("app")


def dangling(place: Desk) -> None:
    (place.root / "app").symlink_to("nowhere")


def to_a_file(place: Desk) -> None:
    (place.root / "file").touch()
    (place.root / "app").symlink_to("file")


@pytest.mark.sweep
@pytest.mark.parametrize("link", [to_itself, dangling, to_a_file])
def test_a_root_that_becomes_a_link_to_nothing(place: Desk, link: Callable[[Desk], None]) -> None:
    place.start()
    (place.root / "app").rename(place.root / "elsewhere")
    link(place)
    until(lambda: standing(place)["state"] == "missing")
    place.settle(status=[3])
    assert not (place.root / "nowhere").exists()
    assert place.run("check").returncode == 3
    (place.root / "app").unlink()
    (place.root / "elsewhere").rename(place.root / "app")
    assert_back(place)


@pytest.mark.sweep
def test_a_root_that_becomes_a_link_to_another_directory(place: Desk) -> None:
    place.start()
    outside = place.base / "outside"
    (place.root / "app").rename(outside)
    (outside / "a.py").write_text("import os\nimport re\n")
    (place.root / "app").symlink_to(outside)
    until(lambda: standing(place)["state"] == "watching" and standing(place)["findings"] == 3)
    place.agree()
    (outside / "a.py").write_text("import os\n")
    place.agree()
    (place.root / "app").unlink()
    outside.rename(place.root / "app")
    assert_back(place)


@pytest.mark.sweep
def test_a_file_in_the_place_of_a_root(place: Desk) -> None:
    place.start()
    (place.root / "app").rename(place.root / "elsewhere")
    (place.root / "app").write_text("no directory\n")
    until(lambda: standing(place)["state"] == "missing")
    assert place.run("check").returncode == 3
    (place.root / "app").unlink()
    (place.root / "elsewhere").rename(place.root / "app")
    assert_back(place)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Inside]:
    with inside(tmp_path) as place:
        place.move_into("size=50m")
        fill(place)
        yield place


@pytest.mark.sweep
@pytest.mark.parametrize("covered", ["app", "app/src"])
def test_a_file_system_that_is_mounted_over_a_root(apart: Inside, covered: str) -> None:
    apart.start()
    top = Path(os.fspath(apart.base / "work")) / covered
    apart.namespace.tmpfs(top, "size=10m")
    apart.settle()
    apart.agree()
    apart.write(f"{covered}/mounted.py", "import os\nimport re\n")
    apart.settle()
    apart.agree()
    apart.namespace.run("umount", "-l", str(top))
    apart.settle()
    assert_back(apart)
