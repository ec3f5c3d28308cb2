import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.diagnosis.replica import Replica, replicate


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def document(*paths: str, root: str = "app") -> Mapping[str, Any]:
    return {
        "projects": [{"name": "app", "root": root}],
        "files": [{"project": "app", "path": path} for path in paths],
    }


@pytest.fixture
def origin(tmp_path: Path) -> Path:
    """A workspace with a project, a file outside of it, and things that no verdict rests on."""
    root = tmp_path / "origin"
    for name in ("app/src/a.py", "app/notes.md", "app/src/big.bin", "app/RUNS/x.py", "lib/b.py"):
        write(root / name, name)
    for name in ("workspace.json", "app/pyproject.toml", "app/src/.ruff.toml", "lib/ruff.toml"):
        write(root / name, name)
    write(tmp_path / "outside.py")
    return root


def names(replica: Replica) -> list[str]:
    return sorted(p.relative_to(replica.root).as_posix() for p in replica.root.rglob("*") if p.is_file())


def test_judged_files_and_the_configuration_above_them_are_copied(origin: Path, tmp_path: Path) -> None:
    found = replicate(origin, document("src/a.py", "notes.md"), root=tmp_path / "copy")

    assert names(found) == [
        *("app/notes.md", "app/pyproject.toml", "app/src/.ruff.toml", "app/src/a.py", "workspace.json"),
    ]
    assert found.python == (Path("app/src/a.py"),)
    assert found.left_out == 0
    assert (tmp_path / "copy" / "app/src/a.py").read_text() == "app/src/a.py"


def test_a_file_beside_its_project_is_copied_and_one_outside_of_the_workspace_is_not(
    origin: Path, tmp_path: Path
) -> None:
    found = replicate(origin, document("../lib/b.py", "../../outside.py"), root=tmp_path / "copy")

    assert found.files == (Path("lib/b.py"),)
    assert found.left_out == 1


def test_links_are_not_followed(origin: Path, tmp_path: Path) -> None:
    (origin / "app/link.py").symlink_to(tmp_path / "outside.py")
    (origin / "app/there").symlink_to(tmp_path)

    found = replicate(origin, document("link.py", "there/outside.py"), root=tmp_path / "copy")

    assert found.files == ()
    assert found.left_out == 2


def test_a_workspace_without_a_file_gets_one(origin: Path, tmp_path: Path) -> None:
    (origin / "workspace.json").unlink()

    found = replicate(origin / "app", document("src/a.py", root="."), root=tmp_path / "copy")

    told = json.loads((found.root / "workspace.json").read_text())
    assert told == {"projects": [{"name": "app", "path": "."}]}


def test_the_workspace_file_that_was_asked_for_counts(origin: Path, tmp_path: Path) -> None:
    write(origin / "other.json", "other")

    found = replicate(origin, document("src/a.py"), root=tmp_path / "copy", workspace=origin / "other.json")

    assert (found.root / "workspace.json").read_text() == "other"
