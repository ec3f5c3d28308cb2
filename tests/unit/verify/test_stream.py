from __future__ import annotations

import sys

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.verify.stream import run_lines


def _run(code: str, *, timeout: float = 30.0, limit: int = 1 << 20, each=None):
    lines: list[bytes] = []
    done = run_lines(
        [sys.executable, "-c", code], each or lines.append, cwd="/", timeout=timeout, limit=limit
    )
    return done, lines


def test_every_line_comes_whole_and_status_and_errors_are_kept():
    code = "import sys; print('é' * 300000); print('b', end=''); print('oops', file=sys.stderr); sys.exit(3)"
    done, lines = _run(code)
    assert lines == [("é" * 300000).encode(), b"b"]
    assert (done.status, done.stderr) == (3, b"oops\n")


def test_a_flood_of_errors_blocks_nothing_and_is_cut():
    done, lines = _run("import sys; sys.stderr.write('x' * 5_000_000); print('a')")
    assert lines == [b"a"]
    assert 0 < len(done.stderr) <= 1 << 20


def test_too_much_output_is_a_failure():
    with pytest.raises(ToolError, match="more than 1,000 bytes"):
        _run("while True: print('x' * 1000)", limit=1000)


def test_a_program_that_hangs_is_ended_with_what_it_started():
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "import signal; signal.pause()"
    )
    with pytest.raises(ToolError, match="did not answer within"):
        _run(code, timeout=0.3)


def test_a_program_that_closes_its_output_and_stays_is_ended():
    with pytest.raises(ToolError, match="did not answer within"):
        _run("import os, signal; os.close(1); os.close(2); signal.pause()", timeout=0.3)


def test_what_the_reader_of_lines_raises_ends_the_program():
    def refuse(line: bytes) -> None:
        raise ToolError(f"refused {line.decode()}")

    with pytest.raises(ToolError, match="refused a"):
        _run("print('a', flush=True); import signal; signal.pause()", each=refuse)


def test_a_program_that_is_not_there():
    with pytest.raises(ToolError, match="cannot be started"):
        run_lines(["/nonexistent/tool"], print, cwd="/", timeout=1.0, limit=1)
