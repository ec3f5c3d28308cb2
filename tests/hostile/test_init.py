"""``init`` over hostile trees, and killed half-way."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.failpoints import VARIABLE
from hostile import corpus, verdicts
from hostile.sandbox import Sandbox, sandbox

pytestmark = pytest.mark.linux


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Sandbox]:
    with sandbox(tmp_path / "s") as made:
        yield made


def build(root: Path, canary: Path) -> None:
    """Every tree, and a project of each hostile name."""
    for name, builder in corpus.TREES.items():
        (root / name).mkdir()
        builder(root / name, canary)
    for hostile in corpus.NAMES.values():
        directory = os.path.join(os.fsencode(root), b"links", b"p", hostile)
        os.makedirs(directory)
        with open(os.path.join(directory, b"setup.py"), "wb") as file:
            file.write(corpus.FINDING)


def written(place: Sandbox) -> list[str]:
    """What was written in the root beside RUNS/, without the process's number."""
    paths = {path for _, what, path in place.journaled() if what not in {"program", "socket", "blocking"}}
    return sorted({os.path.basename(path) for path in paths if os.path.dirname(path) == str(place.root)})


@pytest.mark.sweep
def test_init_over_every_tree(place: Sandbox) -> None:
    build(place.root, place.canary)
    before = verdicts.snapshot(place.root, place.outside)
    answers = [
        place.run("init", terminal=True),
        place.run("init"),
        place.run("init", "--force", "--json"),
        place.run("config", "validate", "--json"),
    ]
    assert [answer.status for answer in answers[:3]] == [0, 2, 0]
    assert [wrong for answer in answers for wrong in verdicts.of_answer(answer)] == []
    told = [problem["file"] for problem in json.loads(answers[3].stdout)["problems"]]
    assert not [file for file in told if file.endswith("workspace.json")]
    projects = json.loads((place.root / "workspace.json").read_text())["projects"]
    assert len(projects) > 10
    names = [name for name in written(place) if name != "RUNS"]
    assert all(name.strip(".").startswith("workspace.json") for name in names), names
    (place.root / "workspace.json").unlink()
    assert verdicts.differences(before, verdicts.snapshot(place.root, place.outside)) == []
    assert not place.canary.exists()


@pytest.mark.parametrize(
    ("point", "hit"),
    [
        ("file.replace", 2),
        pytest.param("file.write", 2, marks=pytest.mark.sweep),
        pytest.param("file.replace", 1, marks=pytest.mark.sweep),
        pytest.param("file.write", 1, marks=pytest.mark.sweep),
    ],
)
def test_what_a_killed_init_left_is_removed_by_the_next(place: Sandbox, point: str, hit: int) -> None:
    theirs = place.root / ".theirs.1.tmp"
    theirs.touch()
    place.environ[VARIABLE] = f"{point}=kill@{hit}"
    assert place.run("init").status == -signal.SIGKILL
    left = [*place.root.glob(".workspace.*.tmp"), *place.root.glob("RUNS/.workspace.*.tmp")]
    assert len(left) == 1
    assert not (place.root / "workspace.json").exists()
    del place.environ[VARIABLE]
    assert place.run("init").status == 0
    assert not left[0].exists()
    assert theirs.exists()
