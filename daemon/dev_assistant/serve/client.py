"""Asking a running daemon. Imports the standard library alone: hooks wait for this.

That nobody listens proves little: a daemon that starts or ends has no socket. The lock, which the kernel
releases with the process, is what tells.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.places import Runtime
from dev_assistant.serve.protocol import address, encode_request, raw_item
from dev_assistant.workspace import current_project, find_workspace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_CHUNK = 1 << 18
_MOMENT_S = 2.0  # how long one waits for a daemon that starts or ends
_PAUSE_S = 0.02


class NoDaemon(UserError):  # noqa: N818  read as a fact, and it is an outcome as often as a mistake
    """No daemon runs for this workspace."""

    status = 4


class SilentError(UserError):
    """A daemon runs, and does not answer (yet, or any more)."""

    status = 3


class RefusedError(UserError):
    """The daemon answered with an error; ``status`` is the exit status it names."""

    def __init__(self, message: str, *, hint: str, status: int) -> None:
        super().__init__(message, hint=hint)
        self.status = status


def workspace_root(workspace: Path | None, cwd: Path) -> Path:
    """Whose daemon is meant: the directory of ``--workspace``, else of the workspace.json found upwards, else
    the current project.

    Raises UserError when ``workspace`` does not exist.
    """
    if workspace is not None:
        return _directory_of(cwd / workspace)
    found = find_workspace(cwd)
    return current_project(cwd) if found is None else found.parent


def _directory_of(workspace: Path) -> Path:
    if not workspace.exists():
        raise UserError(f"{workspace} does not exist", hint="dev-assistant init writes a workspace.json")
    return (workspace if workspace.is_dir() else workspace.parent).resolve()


def held(runtime: Runtime) -> bool:
    """Whether a daemon lives: whether the lock is held, for its whole life and exclusively.

    The probe is a shared lock for an instant. Probes do not see one another, and a daemon that starts at
    this very moment recognises one (``Instance.acquire``).
    """
    try:
        descriptor = os.open(runtime.lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def call(runtime: Runtime, method: str, params: Mapping[str, object] | None = None, *, timeout: float) -> Any:
    """The result of one method, as JSON decodes it. ``timeout`` in seconds holds for all of it.

    Raises NoDaemon, SilentError or RefusedError.
    """
    deadline = time.monotonic() + timeout
    with _connect(runtime, timeout) as connection:
        _send(connection, method, params or {})
        reply = _reply(_read_line(runtime, connection, deadline, b"")[0])
    if "result" not in reply:
        raise SilentError(f"the daemon did not answer {method!r} with a result", hint="dev-assistant restart")
    return reply["result"]


def fetch(
    runtime: Runtime, method: str, params: Mapping[str, object], *, timeout: float
) -> tuple[Any, bytes]:
    """A stream of two items: the first as JSON decodes it, and the bytes of the second, which may be large.

    ``timeout`` and errors as for ``call``.
    """
    deadline = time.monotonic() + timeout
    with _connect(runtime, timeout) as connection:
        _send(connection, method, params)
        line, rest = _read_line(runtime, connection, deadline, b"")
        reply = _reply(line)
        document = raw_item(_read_line(runtime, connection, deadline, rest)[0]) if "item" in reply else None
    if document is None:
        raise SilentError(f"the daemon did not answer {method!r} in two parts", hint="dev-assistant restart")
    return reply["item"], document


def stream(runtime: Runtime, method: str, params: Mapping[str, object] | None = None) -> Iterator[bytes]:
    """The items of a stream as they come, as the JSON that they are, until the daemon ends it.

    Raises as ``call``.
    """
    with _connect(runtime, 10.0) as connection:
        _send(connection, method, params or {})
        rest = b""
        while True:
            line, rest = _read_line(runtime, connection, None, rest)
            item = raw_item(line)
            if item is None:
                _reply(line)
                return
            yield item


def _connect(runtime: Runtime, timeout: float) -> socket.socket:
    """One that meets a daemon on its way in or out waits a moment for it to answer, or to be gone."""
    deadline = time.monotonic() + min(timeout, _MOMENT_S)
    while (connection := _attempt(runtime, timeout)) is None:
        if not held(runtime):
            raise NoDaemon("no daemon runs for this workspace", hint="dev-assistant start")
        if time.monotonic() > deadline:
            raise SilentError(
                "the daemon is starting or ending, or a check is at work here",
                hint="try again, or see: dev-assistant logs",
            )
        time.sleep(_PAUSE_S)
    return connection


def _attempt(runtime: Runtime, timeout: float) -> socket.socket | None:
    """None when nobody listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        with address(runtime.socket) as name:
            failpoints.hit("client.connect")
            connection.connect(name)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except OSError as error:  # a time-out, or EAGAIN: more clients wait than the daemon takes
        connection.close()
        raise SilentError(f"the daemon cannot be reached: {error}", hint="dev-assistant logs") from None
    return connection


def _send(connection: socket.socket, method: str, params: Mapping[str, object]) -> None:
    try:
        failpoints.hit("client.send")
        connection.sendall(encode_request(method, params))
    except TimeoutError:
        raise _silent() from None
    except OSError:  # it has answered already, e.g. that it is busy, or it is gone: reading will tell
        return


def _read_line(
    runtime: Runtime, connection: socket.socket, deadline: float | None, rest: bytes
) -> tuple[bytes, bytes]:
    """The next line and what came after it; ``rest`` came before. Linear in the size of the answer."""
    chunks: list[bytes] = []
    chunk = rest
    while b"\n" not in chunk:
        chunks.append(chunk)
        chunk = _receive(connection, deadline)
        if not chunk:
            raise _gone(runtime)
    end = chunk.index(b"\n")
    return b"".join([*chunks, chunk[:end]]), chunk[end + 1 :]


def _receive(connection: socket.socket, deadline: float | None) -> bytes:
    try:
        connection.settimeout(None if deadline is None else max(0.001, deadline - time.monotonic()))
        return connection.recv(_CHUNK)
    except TimeoutError:
        raise _silent() from None
    except ConnectionError:
        return b""


def _silent() -> SilentError:
    return SilentError("the daemon did not answer in time", hint="dev-assistant logs")


def _gone(runtime: Runtime) -> UserError:
    if held(runtime):
        return SilentError("the daemon ended the connection without an answer", hint="dev-assistant logs")
    return NoDaemon("the daemon ended before it answered", hint="dev-assistant logs")


def _reply(line: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(line)
    except ValueError:
        reply = None
    if not isinstance(reply, dict):
        raise SilentError("the daemon's answer cannot be understood", hint="dev-assistant restart")
    error = reply.get("error")
    if error is not None:
        raise RefusedError(error["message"], hint=error.get("hint", ""), status=error.get("status", 2))
    return reply
