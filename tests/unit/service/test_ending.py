from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.places import Runtime
from dev_assistant.service.ending import last_ending, write_ending


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(tmp_path)


def test_the_reason_is_told(runtime: Runtime) -> None:
    write_ending(runtime, state="failed", pid=7, reason="coordinator: KeyError('x')")
    ending = last_ending(runtime)
    assert ending is not None
    assert (ending.state, ending.pid, ending.reason) == ("failed", 7, "coordinator: KeyError('x')")


def test_one_that_never_said_that_it_ended_was_killed(runtime: Runtime) -> None:
    write_ending(runtime, state="running", pid=7)
    ending = last_ending(runtime)
    assert ending is not None and ending.state == "failed"
    assert "killed" in ending.reason


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"pid": 1}', b"\xff" * 100])
def test_a_broken_file_tells_nothing(runtime: Runtime, data: bytes) -> None:
    assert last_ending(runtime) is None
    runtime.status.write_bytes(data)
    assert last_ending(runtime) is None
