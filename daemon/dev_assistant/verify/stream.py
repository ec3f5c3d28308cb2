"""Run a program and take its output line by line, so that no amount of it has to be in memory at once.

Lines are handed over while the program still runs, before it is known how it ends: nothing they say counts
until the status is there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dev_assistant import process
from dev_assistant.errors import ToolError

LINE_LIMIT = 64 << 20
"""Bytes of one line: the longest tells of a fix that writes a whole file anew."""


def run_lines(
    command: Sequence[str],
    each: Callable[[bytes], None],
    *,
    cwd: str,
    timeout: float,
    limit: int,
    children: process.Children | None = None,
) -> process.Completed:
    """Give every line of standard output to ``each``; the result holds standard error alone.

    Raises ToolError when the program cannot start, takes longer than ``timeout`` seconds, writes more than
    ``limit`` bytes or a line of more than ``LINE_LIMIT``. Whatever is raised, ``each`` included, the program
    and all it started are ended.
    """
    output = _Lines(each, limit=limit)
    done = process.converse(command, output.feed, cwd=cwd, timeout=timeout, children=children)
    output.finish()
    return done


class _Lines:
    def __init__(self, each: Callable[[bytes], None], *, limit: int) -> None:
        self._each = each
        self._left = limit
        self._limit = limit
        self._partial = bytearray()

    def feed(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise ToolError(f"more than {self._limit:,} bytes of output")
        first, feed, rest = data.partition(b"\n")
        self._partial += first
        if len(self._partial) > LINE_LIMIT:
            raise ToolError(f"a line of more than {LINE_LIMIT:,} bytes of output")
        if feed:
            self._each(bytes(self._partial))
            *lines, last = rest.split(b"\n")
            self._partial = bytearray(last)
            for line in lines:
                self._each(line)

    def finish(self) -> None:
        if self._partial:
            self._each(bytes(self._partial))
