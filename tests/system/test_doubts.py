"""What `check`, `batch-verify` and `merge` say where they prove nothing, with a daemon or without."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from system.daemon_process import Desk, desk

LIVE = pytest.param(("check",), id="daemon")
ALONE = pytest.param(("check", "--no-cache"), id="alone")
BATCH = pytest.param(("batch-verify", "--no-cache", "--paths"), id="batch")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("doubts")) as one:
        one.project("app")
        one.write("app/good.py", "X = 1\n")
        one.write("app/note.bin", "\0")
        (one.projects["app"] / "dangling.py").symlink_to("nowhere")
        one.start()
        yield one


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    return done.stderr.splitlines()


@pytest.mark.parametrize("command", [LIVE, ALONE, BATCH])
def test_a_path_that_does_not_exist_is_named(place: Desk, command: tuple[str, ...]) -> None:
    for path in ("app/typo.py", "app/srcc/"):
        absent = f"dev-assistant: {place.root}/{path.rstrip('/')} does not exist or cannot be read"
        for others in ((), ("app/good.py",)):
            done = place.run(*command, *others, path)
            assert (done.returncode, told(done)) == (3, [absent])


@pytest.mark.parametrize("command", [LIVE, ALONE])
def test_a_link_that_leads_nowhere_exists(place: Desk, command: tuple[str, ...]) -> None:
    done = place.run(*command, "app/good.py", "app/dangling.py")
    assert (done.returncode, told(done)) == (0, [])
    assert place.run(*command, "app/note.bin").returncode == 5


def test_a_file_that_was_just_deleted_does_not_exist(place: Desk) -> None:
    gone = place.write("app/gone.py", "import os\n")
    assert place.run("check", "app/gone.py").returncode == 1
    gone.unlink()
    done = place.run("check", "app/gone.py", "app/good.py")
    assert (done.returncode, told(done)) == (
        3,
        [f"dev-assistant: {gone} does not exist or cannot be read"],
    )
