"""``bench`` measures a copy: nothing of the workspace is touched."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from system.daemon_process import Desk, desk


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        made.project("app")
        for number in range(5):
            made.write(f"app/module{number}.py", "import os\n")
        yield made


def contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_a_workspace_is_measured_and_left_as_it_was(place: Desk) -> None:
    before = contents(place.root)

    command = place.command("bench", "--json", "--seconds", "600")
    done = subprocess.run(
        command, cwd=place.root, env=place.environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["python_files"], told["left_out"]) == (5, 0)
    measured = told["meta"]["measurements"]
    counts = [2, 5, 15]
    assert [len(each["ms"]) for each in measured] == counts
    assert [len(each["beside_ms"]) for each in measured] == counts
    assert contents(place.root) == before


def test_too_little_time_is_told(place: Desk) -> None:
    done = place.run("bench", "--seconds", "0.01")

    assert done.returncode == 2
    assert "--seconds" in done.stderr
