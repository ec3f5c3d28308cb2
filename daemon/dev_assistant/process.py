"""Running other programs: absolute paths of our own environment, no shell, always a timeout.

The child leads a process group of its own, and bears a mark in its environment that all it starts inherits:
so a hung tool is ended with all it started, also with what left the group (Linux).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import IO, NamedTuple, cast

from dev_assistant import failpoints
from dev_assistant.errors import ToolError

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_MOST_MEMORY = 2 << 30
"""Bytes of a tool's address space; ruff takes half of it for a file of 100 MB."""

_LAST_WORDS = 1.0
"""Seconds to read what a killed program still had in its pipes."""

OUTPUT_LIMIT = 64 << 20
"""Bytes of output that are kept in memory; a tool that writes more is out of its mind."""

_MARK = "DEV_ASSISTANT_TOOL"
_OWNERS = itertools.count()
_ROUNDS = 5
"""Looks for what bears a mark: a process that is being killed may have started one more just before."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_CHUNK = 1 << 18
_ERRORS_KEPT = 1 << 20


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
    """The environment for a tool: nothing in it may change what the tool reports, and no secret of ours."""
    hidden = ("RUFF_", "OXLINT_", "OXC_", "RUMDL_", "GIT_", "PYTHON", "DEV_ASSISTANT_")
    return {key: value for key, value in environ.items() if not key.startswith(hidden)}


def limit_memory(child: subprocess.Popen[bytes]) -> None:
    """Let a tool take no more than it ever needs: a tree may hand it a file without an end."""
    if resource is not None and hasattr(resource, "prlimit"):
        with contextlib.suppress(OSError, ValueError):
            resource.prlimit(child.pid, resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


class Tool(subprocess.Popen[bytes]):
    """A program that runs; ``mark`` begins an entry in the environment of all that it starts."""

    mark = b""


class Children:
    """The programs that run for one owner, so that it can end them all at once. Thread-safe.

    Once they are ended nothing is started any more: who waited for one of them must not try again.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[Tool] = set()
        self._ended = False
        self._mark = f"{os.getpid()}.{next(_OWNERS)}."
        self._numbers = itertools.count()

    def start(
        self,
        command: Sequence[str],
        *,
        cwd: str,
        stdin: int = subprocess.DEVNULL,
        stderr: int = subprocess.PIPE,
        environ: Mapping[str, str] = _NOTHING,
    ) -> Tool:
        """Start a program with a pipe to read from; ``left`` has to follow. Raises ToolError.

        ``environ`` is laid over the clean environment.
        """
        with self._lock:
            if self._ended:
                raise ToolError(f"{os.path.basename(command[0])} is not started: it is being ended")
            try:
                failpoints.hit("tool.spawn")
                mark = f"{self._mark}{next(self._numbers)}."
                child = Tool(
                    command,
                    cwd=cwd,
                    env={**clean_environment(), **environ, _MARK: mark},
                    stdin=stdin,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    start_new_session=True,
                )
            except OSError as error:
                raise ToolError(f"{command[0]} cannot be started: {error.strerror}") from error
            child.mark = f"{_MARK}={mark}".encode()
            self._running.add(child)
        limit_memory(child)
        return child

    def left(self, child: Tool) -> None:
        """``child`` has ended and was waited for."""
        with self._lock:
            self._running.discard(child)

    def end(self) -> None:
        """Kill them with all they started; whoever waits for one finds that out. Idempotent."""
        with self._lock:
            self._ended = True
            for child in self._running:
                if child.poll() is None:
                    _kill_group(child)
            _end_hidden(f"{_MARK}={self._mark}".encode())


def run(
    command: Sequence[str],
    *,
    cwd: str,
    timeout: float,
    stdin: bytes | None = None,
    limit: int = OUTPUT_LIMIT,
    children: Children | None = None,
    environ: Mapping[str, str] = _NOTHING,
) -> Completed:
    """Run to the end. Raises ToolError when it cannot start, takes longer than ``timeout`` seconds or writes
    more than ``limit`` bytes.
    """
    output = bytearray()

    def keep(data: bytes) -> None:
        output.extend(data)
        if len(output) > limit:
            raise ToolError(f"{os.path.basename(command[0])} wrote more than {limit:,} bytes")

    done = converse(command, keep, cwd=cwd, timeout=timeout, stdin=stdin, children=children, environ=environ)
    return done._replace(stdout=bytes(output))


def converse(
    command: Sequence[str],
    hear: Callable[[bytes], object],
    *,
    cwd: str,
    timeout: float,
    stdin: bytes | None = None,
    children: Children | None = None,
    environ: Mapping[str, str] = _NOTHING,
) -> Completed:
    """Run to the end and give the output to ``hear`` piece by piece; the result holds none of it.

    Of standard error the first megabyte is kept. Raises ToolError as ``run`` does. Whatever is raised,
    ``hear`` included, the program and all it started are ended.
    """
    owner = children or Children()
    deadline = time.monotonic() + timeout
    child = owner.start(
        command, cwd=cwd, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE, environ=environ
    )
    try:
        errors = _exchange(child, hear, memoryview(stdin or b""), deadline)
        child.communicate(timeout=max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        end_group(child)
        raise ToolError(f"{os.path.basename(command[0])} did not answer within {timeout:g} s") from None
    except BaseException:
        end_group(child)
        raise
    finally:
        owner.left(child)
    return Completed(child.returncode, b"", errors)


def _exchange(child: Tool, hear: Callable[[bytes], object], rest: memoryview, deadline: float) -> bytes:
    """Write ``rest`` and read both pipes until they end; what stood on standard error."""
    errors = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(cast("IO[bytes]", child.stdout), selectors.EVENT_READ, hear)
        selector.register(cast("IO[bytes]", child.stderr), selectors.EVENT_READ, errors.extend)
        if child.stdin is not None:
            os.set_blocking(child.stdin.fileno(), False)
            selector.register(child.stdin, selectors.EVENT_WRITE)
        while selector.get_map():
            ready = selector.select(max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                if key.fileobj is not child.stdin:
                    _hear(selector, key)
                elif not (rest := _say(key.fd, rest)):
                    selector.unregister(child.stdin)
                    child.stdin.close()
                    child.stdin = None  # communicate would flush it
            del errors[_ERRORS_KEPT:]
    return bytes(errors)


def _hear(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    data = os.read(key.fd, _CHUNK)
    if data:
        key.data(data)
    else:
        selector.unregister(key.fileobj)


def _say(descriptor: int, rest: memoryview) -> memoryview:
    """What is left to be written; nothing when nobody reads it any more."""
    try:
        return rest[os.write(descriptor, rest) :]
    except BrokenPipeError:
        return rest[:0]


def end_group(child: Tool) -> None:
    """Kill a child with all that it started, and reap it."""
    _kill_group(child)
    child.kill()
    _end_hidden(child.mark)
    try:
        child.communicate(timeout=_LAST_WORDS)
    except subprocess.TimeoutExpired:  # something that left the group holds its pipes
        for pipe in (child.stdin, child.stdout, child.stderr):
            if pipe is not None:
                pipe.close()
        child.wait()


def _kill_group(child: Tool) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _end_hidden(mark: bytes) -> None:
    """Kill what left the group of a child, or lost its parents on the way, and still bears the mark."""
    if sys.platform != "linux" or not mark:
        return
    for _ in range(_ROUNDS):
        found = [_end_marked(int(name), mark) for name in os.listdir("/proc") if name.isdecimal()]
        if not any(found):
            return


def _end_marked(pid: int, mark: bytes) -> bool:
    """Whether this process bore the mark. The descriptor keeps its number from meaning another one."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:  # gone
        return False
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            bears = any(entry.startswith(mark) for entry in file.read().split(b"\0"))
        if bears:
            signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    except OSError:  # gone meanwhile, or another user's
        return False
    finally:
        os.close(descriptor)
    return bears
