"""``init``: which directories count as projects, and what is written."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from dev_assistant.commands import init
from dev_assistant.errors import UserError
from dev_assistant.service.configuration import load


def run(directory: Path, *words: str, as_json: bool = False) -> int:
    parser = argparse.ArgumentParser()
    init.configure(parser)
    args = parser.parse_args([str(directory), *words], argparse.Namespace(workspace=None, json=as_json))
    return init.run(args)


def touch(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["a/pyproject.toml", "b/package.json", "c/setup.py"], ["./a", "./b", "./c"]),
        (["a/.git/HEAD"], ["./a"]),
        (["x/y/z/setup.py"], ["./x/y/z"]),
        (["x/y/z/deep/setup.py"], ["."]),
        (["repo/.git/HEAD", "repo/one/setup.py", "repo/two/setup.py"], ["./repo/one", "./repo/two"]),
        (["a/setup.py", "a/sub/setup.py"], ["./a"]),
        (["setup.py", "a/setup.py"], ["./a"]),
        (["setup.py", "tests/data/setup.py", "examples/one/package.json"], ["."]),
        (["node_modules/x/package.json", ".hidden/setup.py", "RUNS/x/setup.py"], ["."]),
        (["env2/pyvenv.cfg", "env2/x/setup.py"], ["."]),
        ([], ["."]),
    ],
)
def test_which_directories_are_projects(tmp_path: Path, files: list[str], found: list[str]) -> None:
    touch(tmp_path, *files)
    assert [project["path"] for project in init.detect(tmp_path)] == found


def test_names_are_unique(tmp_path: Path) -> None:
    touch(tmp_path, "one/api/setup.py", "two/API/setup.py", "web/setup.py", "X/setup.py", "x/setup.py")
    names = [project["name"] for project in init.detect(tmp_path)]
    assert names == ["X", "one/api", "two/API", "web", "x-2"]


def test_links_are_not_followed(tmp_path: Path) -> None:
    touch(tmp_path, "work/setup.py", "w/real/setup.py")
    (tmp_path / "w" / "loop").symlink_to(tmp_path)
    assert [project["path"] for project in init.detect(tmp_path / "w")] == ["./real"]


def test_what_is_written_loads_without_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(tmp_path, "a/setup.py", "ünï \x1b/setup.py", "setup.py")
    assert run(tmp_path) == 0
    out = capsys.readouterr().out
    assert "next: dev-assistant start" in out
    assert 'add {"name": …, "path": "."}' in out
    assert "\x1b" not in out
    configuration = load(tmp_path, cwd=tmp_path, environ={"DEV_ASSISTANT_CONFIG": "/nowhere"}, overrides={})
    assert configuration.all_problems == ()
    assert configuration.warnings == ()
    assert [Path(one.project.root).name for one in configuration.projects] == ["a", "ünï \x1b"]


def test_the_schema_it_names_is_beside_it(tmp_path: Path) -> None:
    run(tmp_path)
    document = json.loads((tmp_path / "workspace.json").read_text())
    schema = json.loads((tmp_path / document["$schema"]).read_text())
    assert schema["title"] == "workspace.json of dev-assistant"


def test_a_workspace_that_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "workspace.json"
    file.write_text("mine")
    with pytest.raises(UserError) as caught:
        run(tmp_path)
    assert "--force" in caught.value.hint
    assert file.read_text() == "mine"
    assert run(tmp_path, "--force") == 0
    assert json.loads(file.read_text())["projects"]


def test_no_directory_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not a directory"):
        run(tmp_path / "nowhere")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "workspace.json").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        run(tmp_path, "--force")


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    touch(tmp_path, "a/setup.py")
    run(tmp_path, as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document == {
        "schema": "dev-assistant/init@1",
        "file": str(tmp_path / "workspace.json"),
        "projects": [{"name": "a", "path": "./a"}],
    }
