from __future__ import annotations

import os
import select
import signal
import sys
from pathlib import Path

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.process import Children, Completed, clean_environment, end_group, run, tool

TIMEOUT = 30.0


def python(code: str, tmp_path: Path, *, timeout: float = TIMEOUT, stdin: bytes | None = None) -> Completed:
    return run([sys.executable, "-c", code], cwd=str(tmp_path), timeout=timeout, stdin=stdin)


def has_ended(pid: int) -> bool:
    """Waits for it; a process that only its new parent has not looked after yet has ended."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], TIMEOUT)[0])
    finally:
        os.close(handle)


def test_a_program_gives_its_status_and_output(tmp_path: Path) -> None:
    code = "import os, sys; print(os.getcwd()); sys.stderr.write('no'); sys.exit(3)"
    assert python(code, tmp_path) == Completed(3, f"{tmp_path}\n".encode(), b"no")


def test_a_program_reads_what_it_is_given_and_else_nothing(tmp_path: Path) -> None:
    code = "import sys; sys.stdout.write(sys.stdin.read())"
    assert python(code, tmp_path, stdin=b"text").stdout == b"text"
    assert python(code, tmp_path).stdout == b""


def test_much_output_on_both_sides_does_not_block(tmp_path: Path) -> None:
    code = "import sys; sys.stderr.write('x' * 300_000); sys.stdout.write(sys.stdin.read())"
    done = python(code, tmp_path, stdin=b"y" * 300_000)
    assert (len(done.stdout), len(done.stderr)) == (300_000, 300_000)


def test_a_killed_program_has_a_negative_status(tmp_path: Path) -> None:
    assert python("import os; os.abort()", tmp_path).status == -6


@pytest.mark.linux
def test_a_program_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"sh did not answer within 0\.5 s"):
        run(["/bin/sh", "-c", "sleep 1000 & echo $! >pid; wait"], cwd=str(tmp_path), timeout=0.5)
    assert has_ended(int((tmp_path / "pid").read_text()))


@pytest.mark.linux
def test_a_stranger_that_holds_the_pipes_does_not_hold_us(tmp_path: Path) -> None:
    script = "setsid sh -c 'echo $$ >pid; exec sleep 1000' & wait"
    with pytest.raises(ToolError, match="did not answer"):
        run(["/bin/sh", "-c", script], cwd=str(tmp_path), timeout=0.5)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_ending_twice_does_no_harm() -> None:
    child = Children().start([sys.executable, "-c", ""], cwd="/")
    end_group(child)
    end_group(child)
    assert child.returncode is not None


ESCAPES = """
import os, subprocess, sys
for _ in range(2):
    subprocess.Popen([sys.executable, "-c", "import signal; print('hidden', flush=True); signal.pause()"],
                     start_new_session=True)
if sys.argv[1] == "orphans":
    os._exit(0)
import signal; signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="hidden processes are found by /proc")
@pytest.mark.parametrize("parent", ["stays", "orphans"])
def test_what_left_the_group_is_ended_and_nobody_elses(parent: str) -> None:
    children, others = Children(), Children()
    command = [sys.executable, "-c", ESCAPES, parent]
    child, other = (each.start(command, cwd="/") for each in (children, others))
    for each in (child, other):
        assert each.stdout is not None
        assert [each.stdout.readline() for _ in range(2)] == [b"hidden\n"] * 2
    children.end()
    assert child.stdout is not None
    assert child.stdout.read() == b""  # nobody holds the other end any more
    end_group(child)
    assert other.stdout is not None
    assert not select.select([other.stdout], [], [], 0)[0]  # those of another owner live
    end_group(other)
    assert other.stdout.closed


def test_a_program_that_cannot_start_is_told(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"/nowhere/ruff cannot be started: No such file"):
        run(["/nowhere/ruff"], cwd=str(tmp_path), timeout=TIMEOUT)


def test_the_environment_decides_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"RUFF_SELECT": "E", "GIT_DIR": "x", "PYTHONPATH": "x", "PATH": "/bin", "LANG": "C"}
    assert clean_environment(environ) == {"PATH": "/bin", "LANG": "C"}
    monkeypatch.setenv("RUFF_CONFIG", "evil.toml")
    done = python("import os; print('RUFF_CONFIG' in os.environ)", tmp_path)
    assert done.stdout == b"False\n"


def test_a_tool_is_the_one_beside_our_interpreter(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    impostor = tmp_path / "ruff"
    impostor.write_text("#!/bin/sh\n")
    impostor.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = tool("ruff")
    assert Path(path).parent == Path(sys.executable).parent
    assert run([path, "--version"], cwd=str(tmp_path), timeout=TIMEOUT).stdout.startswith(b"ruff ")


def test_a_tool_that_is_missing_says_how_to_install_it() -> None:
    with pytest.raises(ToolError, match="pip install no-such-tool"):
        tool("no-such-tool")
