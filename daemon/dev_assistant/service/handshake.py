"""Starting the daemon: a fresh interpreter, and a pipe over which it says that it is ready, or why not.

It is never forked from the caller: threads and watches do not survive a fork. One line goes over the pipe;
its end without a line means that the child died.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.places import Runtime
from dev_assistant.service.instance import Owner, owner_from

_SHOWN_LINES = 20


class Ready(NamedTuple):
    """The daemon that was started watches."""

    owner: Owner | None


class Running(NamedTuple):
    """Another daemon has the workspace."""

    owner: Owner | None


class StartError(UserError):
    """The daemon did not start; ``status`` is the exit status for it."""

    def __init__(self, message: str, *, hint: str, status: int = 2) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class Readiness:
    """The daemon's end of the pipe: says one thing, once. Without a descriptor nobody is told."""

    def __init__(self, descriptor: int | None) -> None:
        self._descriptor = descriptor
        if descriptor is not None:
            os.set_inheritable(descriptor, False)

    def ready(self, owner: Owner) -> None:
        self._say({"ready": asdict(owner)})

    def running(self, owner: Owner | None) -> None:
        self._say({"running": None if owner is None else asdict(owner)})

    def failed(self, message: str, *, hint: str = "", status: int = 2) -> None:
        self._say({"error": {"message": message, "hint": hint, "status": status}})

    def _say(self, document: dict[str, object]) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is None:
            return
        try:
            with os.fdopen(descriptor, "wb") as pipe:
                failpoints.hit("spawn.ready")
                pipe.write(json.dumps(document).encode() + b"\n")
        except BrokenPipeError:  # whoever started us has given up; that is no reason to end
            return


def daemon_options(
    root: Path, *, workspace: Path | None, watch_dirs: Sequence[Path], profile: str | None = None
) -> tuple[str, ...]:
    """The arguments of ``daemon-run``; all paths become absolute, since the daemon runs in ``/``."""
    options = ["--root", str(root)]
    if workspace is not None:
        options += ["--workspace", str(workspace.absolute())]
    if profile is not None:
        options += ["--profile", profile]
    if watch_dirs:
        options += ["--watch-dirs", *(str(directory.absolute()) for directory in watch_dirs)]
    return tuple(options)


def daemon_command(options: Sequence[str], *extra: str) -> list[str]:
    """How the daemon is run; ``-I`` keeps modules of the tree and of the environment out."""
    return [sys.executable, "-I", "-m", "dev_assistant", "daemon-run", *options, *extra]


def launch(command: Sequence[str], *, runtime: Runtime, timeout: float) -> Ready | Running:
    """Run ``command --ready-fd N`` detached, and wait until it is ready or another daemon proves to run.

    Raises StartError: with the daemon's own message when it sent one, with what it wrote to stderr when it
    died, with status 3 when nothing came within ``timeout`` seconds.
    """
    output = runtime.directory / "stderr"
    reading, writing = os.pipe()
    try:
        child = _spawn(command, output, writing)
    except BaseException:
        os.close(reading)
        raise
    try:
        line = _read_line(reading, time.monotonic() + timeout)
    except BaseException:  # interrupted by the person who wanted the start
        child.terminate()
        raise
    finally:
        os.close(reading)
    if line == b"":
        raise _death(child, output)
    child.returncode = 0  # it outlives us: Popen must neither wait for it nor warn of it
    if line is None:
        raise StartError(
            f"the daemon (pid {child.pid}) is not ready after {timeout:g} s and goes on starting",
            hint="dev-assistant logs, dev-assistant status",
            status=3,
        )
    return _outcome(line)


def _spawn(command: Sequence[str], output: Path, writing: int) -> subprocess.Popen[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_APPEND | os.O_CLOEXEC
    try:
        failpoints.hit("spawn.output")
        descriptor = os.open(output, flags, 0o600)
        try:
            failpoints.hit("spawn.daemon")
            return subprocess.Popen(
                [*command, "--ready-fd", str(writing)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=descriptor,
                pass_fds=(writing,),
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
    finally:
        os.close(writing)


def _read_line(descriptor: int, deadline: float) -> bytes | None:
    """What came until the end of a line or of the pipe; None when neither came in time."""
    read = b""
    while not read.endswith(b"\n"):
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        chunk = os.read(descriptor, 1 << 16)
        if not chunk:
            break
        read += chunk
    return read


def _outcome(line: bytes) -> Ready | Running:
    try:
        document: dict[str, Any] = json.loads(line)
    except ValueError:
        raise StartError("the daemon's answer is torn", hint="dev-assistant logs") from None
    if "ready" in document:
        return Ready(owner_from(document["ready"]))
    if "running" in document:
        return Running(owner_from(document["running"]))
    error = document["error"]
    raise StartError(error["message"], hint=error["hint"], status=error["status"])


def _death(child: subprocess.Popen[bytes], output: Path) -> StartError:
    status = child.wait()
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    told = "\n".join(output.read_text(errors="replace").splitlines()[-_SHOWN_LINES:])
    return StartError(
        f"the daemon died before it was ready ({how})\n{told}".rstrip(), hint="dev-assistant logs"
    )
