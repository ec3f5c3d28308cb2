"""Running other programs: absolute paths of our own environment, no shell, always a timeout.

The child leads a process group of its own, so that a hung tool is ended with all it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from dev_assistant.errors import ToolError

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MOST_MEMORY = 2 << 30
"""Bytes of a tool's address space; ruff takes half of it for a file of 100 MB."""

_LAST_WORDS = 1.0
"""Seconds to read what a killed program still had in its pipes."""


class Completed(NamedTuple):
    """Exit status and output of a program that ended by itself."""

    status: int
    stdout: bytes
    stderr: bytes


def tool(name: str) -> str:
    """The absolute path of a tool that is installed beside our interpreter. Raises ToolError."""
    suffix = ".exe" if sys.platform == "win32" else ""
    path = Path(sys.executable).parent / (name + suffix)
    if not os.access(path, os.X_OK):
        raise ToolError(
            f"{name} is not installed beside {sys.executable}: run {sys.executable} -m pip install {name}"
        )
    return str(path)


def clean_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for a tool: nothing in it may change what the tool reports."""
    return {key: value for key, value in environ.items() if not key.startswith(("RUFF_", "GIT_", "PYTHON"))}


def limit_memory(child: subprocess.Popen[bytes]) -> None:
    """Let a tool take no more than it ever needs: a tree may hand it a file without an end."""
    if resource is not None and hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(child.pid, resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def run(command: Sequence[str], *, cwd: str, timeout: float, stdin: bytes | None = None) -> Completed:
    """Run to the end. Raises ToolError when it cannot start or takes longer than ``timeout`` seconds."""
    try:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=clean_environment(),
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be started: {error.strerror}") from error
    limit_memory(child)
    try:
        stdout, stderr = child.communicate(stdin, timeout)
    except subprocess.TimeoutExpired:
        end_group(child)
        raise ToolError(f"{os.path.basename(command[0])} did not answer within {timeout:g} s") from None
    return Completed(child.returncode, stdout, stderr)


def end_group(child: subprocess.Popen[bytes]) -> None:
    """Kill a child with everything in its process group, and reap it."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.kill()
    try:
        child.communicate(timeout=_LAST_WORDS)
    except subprocess.TimeoutExpired:  # something that left the group holds its pipes
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
        child.wait()
