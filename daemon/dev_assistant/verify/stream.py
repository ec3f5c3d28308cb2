"""Run a program and take its output line by line, so that no amount of it has to be in memory at once.

Lines are handed over while the program still runs, before it is known how it ends: nothing they say counts
until the status is there.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import IO, cast

from dev_assistant import process
from dev_assistant.errors import ToolError

_CHUNK = 1 << 18
_STDERR_KEPT = 1 << 20


def run_lines(
    command: Sequence[str], each: Callable[[bytes], None], *, cwd: str, timeout: float, limit: int
) -> process.Completed:
    """Give every line of standard output to ``each``; the result holds standard error alone.

    Raises ToolError when the program cannot start, takes longer than ``timeout`` seconds or writes more than
    ``limit`` bytes. Whatever is raised, ``each`` included, the program and all it started are ended.
    """
    try:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=process.clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be started: {error.strerror}") from error
    process.limit_memory(child)
    try:
        return _drain(child, each, name=os.path.basename(command[0]), timeout=timeout, limit=limit)
    except BaseException:
        process.end_group(child)
        raise


def _drain(
    child: subprocess.Popen[bytes], each: Callable[[bytes], None], *, name: str, timeout: float, limit: int
) -> process.Completed:
    deadline = time.monotonic() + timeout
    output, errors = _Lines(each, limit=limit), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(cast("IO[bytes]", child.stdout), selectors.EVENT_READ, output.feed)
        selector.register(cast("IO[bytes]", child.stderr), selectors.EVENT_READ, errors.extend)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise ToolError(f"{name} did not answer within {timeout:g} s")
            for key, _ in ready:
                data = os.read(key.fd, _CHUNK)
                if not data:
                    selector.unregister(key.fileobj)
                key.data(data)
            del errors[_STDERR_KEPT:]
    output.finish()
    return process.Completed(_ended(child, name, timeout, deadline), b"", bytes(errors))


def _ended(child: subprocess.Popen[bytes], name: str, timeout: float, deadline: float) -> int:
    try:
        child.communicate(timeout=max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise ToolError(f"{name} did not answer within {timeout:g} s") from None
    return child.returncode


class _Lines:
    def __init__(self, each: Callable[[bytes], None], *, limit: int) -> None:
        self._each = each
        self._left = limit
        self._limit = limit
        self._partial = b""

    def feed(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise ToolError(f"more than {self._limit:,} bytes of output")
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            self._each(line)

    def finish(self) -> None:
        if self._partial:
            self._each(self._partial)
