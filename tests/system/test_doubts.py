"""What `check`, `batch-verify` and `merge` say where they prove nothing, with a daemon or without."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

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


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--no-cache", "--timeout", "0.00001"),
        ("check", "--no-cache", "--timeout", "0.00001", "app"),
        ("batch-verify", "--no-cache", "--timeout", "0.00001", "--paths", "app"),
    ],
)
def test_time_that_ran_out_is_the_reason(place: Desk, command: tuple[str, ...]) -> None:
    done = place.run(*command)
    assert (done.returncode, told(done)) == (3, ["dev-assistant: not everything was judged in time"])
    assert done.stdout.splitlines()[-1].startswith("incomplete: ")


def test_a_directory_that_is_missing_is_the_reason(tmp_path: Path) -> None:
    with desk(tmp_path) as one:
        one.project("app")
        one.write("app/good.py", "X = 1\n")
        one.enter("gone")
        done = one.run("check")
        assert (done.returncode, told(done)) == (
            3,
            [f"dev-assistant: {one.root}/gone does not exist or cannot be read"],
        )
        assert done.stdout.splitlines()[-1].startswith("incomplete: 0 findings")
        assert one.document("check", status=(3,))["summary"]["passed"] is None


def test_a_shard_that_is_missing_is_no_pass(place: Desk) -> None:
    parts = [str(place.base / f"part{number}.json") for number in (1, 2, 3)]
    for number, part in enumerate(parts, start=1):
        place.run("batch-verify", "--no-cache", "--shard", f"{number}/3", "--output", part)
    done = place.run("merge", *parts[:2])
    assert (done.returncode, told(done)) == (3, ["dev-assistant: results of shard app 3/3 are missing"])
    assert done.stdout.splitlines()[-1].startswith("incomplete: ")
    assert place.run("merge", *parts).stdout.splitlines()[-1].startswith("passed: ")


def test_a_mistake_in_the_settings_is_status_2_whatever_was_found(tmp_path: Path) -> None:
    with desk(tmp_path) as one:
        for name in ("app", "lib"):
            one.project(name)
            one.write(f"{name}/bad.py", "import os\n")
        wrong = one.root / "app" / "pyproject.toml"
        wrong.write_text(wrong.read_text() + "[tool.dev-assistant]\nenable_ruf = true\n")
        results = str(one.base / "results.json")
        for command in (("check",), ("batch-verify", "--output", results), ("merge", results)):
            done = one.run(*command)
            assert done.returncode == 2
            assert [line.count("enable_ruf") > 0 for line in told(done)] == [True]
            assert done.stdout.splitlines()[-1].startswith("incomplete: 2 findings in 2 files")
        assert one.document("check", status=(2,))["summary"]["findings"] == 2
        refused = one.run("baseline", "create")
        assert (refused.returncode, "enable_ruf" in refused.stderr) == (2, True)
        assert not (one.root / ".dev-assistant-baseline.json").exists()

        one.start()
        assert [one.run("check", path).returncode for path in ("lib", "app", ".")] == [1, 2, 2]
