"""Failpoints: every one in the code is in the table, the variable's language, and what the actions do."""

from __future__ import annotations

import ast
import errno
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant import failpoints

PACKAGE = Path(failpoints.__file__).parent


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.arm({})


def arm(text: str) -> None:
    failpoints.arm({failpoints.VARIABLE: text})


def hits_in_the_code() -> list[str]:
    """The names in all calls of ``failpoints.hit``; each has to be written out."""
    texts = {path: path.read_bytes() for path in PACKAGE.rglob("*.py")}
    trees = [ast.parse(text, path) for path, text in texts.items() if b"failpoints" in text]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return [ast.literal_eval(call.args[0]) for call in calls if ast.unparse(call.func) == "failpoints.hit"]


def surviving(*names: str) -> int:
    """How many of these hits come to pass, when each may fail."""
    passed = 0
    for name in names:
        try:
            failpoints.hit(name)
        except OSError:
            continue
        passed += 1
    return passed


def test_the_table_has_each_failpoint_of_the_code_once_and_no_other() -> None:
    counted = Counter(hits_in_the_code())
    assert sorted(counted) == sorted(failpoints.NAMES)
    assert set(counted.values()) == {1}


def test_without_the_variable_nothing_happens() -> None:
    failpoints.arm({})
    assert surviving(*failpoints.NAMES) == len(failpoints.NAMES)


def test_an_error_is_raised_as_the_system_raises_it() -> None:
    arm("file.write=error:ENOSPC")
    failpoints.hit("file.sync")
    with pytest.raises(OSError, match=r"No space left.*file\.write") as raised:
        failpoints.hit("file.write")
    assert raised.value.errno == errno.ENOSPC


def test_a_number_means_that_hit_alone() -> None:
    arm("file.write=error:EIO@2")
    assert [surviving("file.write") for _ in range(3)] == [1, 0, 1]


def test_a_star_counts_all_that_it_names() -> None:
    arm("file.*=error:EIO@3")
    assert surviving("file.write", "log.write", "file.sync") == 3
    assert surviving("file.replace", "file.write") == 1
    arm("*=error:EIO")
    assert surviving(*failpoints.NAMES) == 0


def test_items_are_independent() -> None:
    arm("file.write=error:EIO@1; log.write=error:EIO@1")
    assert surviving("file.write", "log.write", "file.write", "log.write") == 2


def test_count_tells_process_and_name_of_each_hit(tmp_path: Path) -> None:
    file = tmp_path / "hits"
    arm(f"*=count:{file}")
    for name in ("log.write", "file.write", "log.write"):
        failpoints.hit(name)
    told = Counter(file.read_text().splitlines())
    assert told == {f"{os.getpid()} log.write": 2, f"{os.getpid()} file.write": 1}


def test_delay_waits_and_goes_on(tmp_path: Path) -> None:
    arm(f"file.write=delay:0.01;file.write=count:{tmp_path / 'hits'}")
    failpoints.hit("file.write")
    assert (tmp_path / "hits").exists()


def test_kill_ends_the_process_at_once() -> None:
    program = (
        "from dev_assistant import failpoints\n"
        "import os\n"
        "failpoints.arm(os.environ)\n"
        "try:\n"
        "    failpoints.hit('file.write')\n"
        "finally:\n"
        "    print('alive')\n"
    )
    environ = {**os.environ, failpoints.VARIABLE: "*=kill"}
    done = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, b"")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("store.comit=kill", "did you mean 'store.commit'"),
        ("sto*re=kill", "no failpoint is named"),
        ("nothing.*=kill", "no failpoint is named"),
        ("file.write", "is not NAME=ACTION"),
        ("file.write=kill@0", "N from 1"),
        ("file.write=kill@x", "N from 1"),
        ("file.write=explode", "actions are kill"),
        ("file.write=kill:now", "actions are kill"),
        ("file.write=error:EVERYTHING", "actions are kill"),
        ("file.write=error:errorcode", "actions are kill"),
        ("file.write=delay:long", "actions are kill"),
        ("file.write=count:", "actions are kill"),
    ],
)
def test_a_mistake_is_told(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        arm(text)


def test_a_command_refuses_a_mistake() -> None:
    environ = {**os.environ, failpoints.VARIABLE: "store.comit=kill"}
    command = [sys.executable, "-m", "dev_assistant", "status"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "did you mean 'store.commit'" in done.stderr
    assert "unset DEV_ASSISTANT_FAILPOINTS" in done.stderr
