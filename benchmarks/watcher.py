"""``watching.py`` as whoever runs it sees it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

SCRIPT = Path(__file__).with_name("watching.py")


class Watcher:
    """A watcher that is ready; ``ready_s`` and ``watches`` are what that took."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        ready = self._line()
        self.ready_s: float = ready["ready_s"]
        self.watches: int = ready["watches"]
        self.family = [psutil.Process(process.pid)]

    def told(self) -> tuple[float, int]:
        """Processor seconds and number of different files, so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._line()
        return line["cpu_s"], line["files"]

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line: dict[str, Any] = json.loads(self._process.stdout.readline())
        return line


@contextlib.contextmanager
def watching(way: str, root: Path) -> Iterator[Watcher]:
    """One of ``watching.WAYS`` on a directory, ended with the block."""
    command = [sys.executable, str(SCRIPT), way, str(root)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield Watcher(process)
    finally:
        process.kill()
        process.communicate()
