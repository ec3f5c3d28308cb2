"""A tool that an extra of ours brings, and its version, asked for anew when another file is in its place."""

from __future__ import annotations

import os
import re
import sys
import threading
from typing import Final

from dev_assistant import process
from dev_assistant.errors import ToolError

_VERSION_SECONDS: Final = 10.0
_VERSION = re.compile(rb"\b\d+\.\d+[.\w+-]*")

_Stamp = tuple[int, int, int]
"""Size, time and inode."""


class Installed:
    """The tool ``name``, which ``pip install dev-assistant[EXTRA]`` brings. Thread-safe."""

    def __init__(self, name: str, *, extra: str) -> None:
        self._name = name
        self._extra = extra
        self._lock = threading.Lock()
        self._version: tuple[_Stamp, str] | None = None

    def path(self) -> str:
        """The tool beside our interpreter. Raises ToolError, which says how to get it."""
        try:
            return process.tool(self._name)
        except ToolError:
            python = sys.executable
            way = f'{python} -m pip install "dev-assistant[{self._extra}]"'
            raise ToolError(f"{self._name} is not installed beside {python}: run {way}") from None

    def version(self, children: process.Children) -> str:
        """What ``--version`` says. Raises ToolError."""
        path = self.path()
        status = os.stat(path)
        stamp = status.st_size, status.st_mtime_ns, status.st_ino
        with self._lock:
            if self._version is None or self._version[0] != stamp:
                self._version = stamp, self._ask(path, children)
            return self._version[1]

    def _ask(self, path: str, children: process.Children) -> str:
        shown = process.run([path, "--version"], cwd="/", timeout=_VERSION_SECONDS, children=children)
        found = _VERSION.search(shown.stdout)
        if shown.status != 0 or found is None:
            raise ToolError(f"{self._name} --version printed {shown.stdout[:80]!r}")
        return found.group().decode()
