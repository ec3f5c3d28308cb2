"""The control socket's server: accepts, reads a request, calls its handler, writes the answer.

It owns connections and nothing else; handlers read snapshots and send messages, on the connection's thread.
Whoever starts it must hold the instance's lock: a socket that stands in its place is taken as a dead one's.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.logs import get_logger
from dev_assistant.serve.protocol import (
    REQUEST_BYTES,
    Request,
    address,
    decode_request,
    encode,
    encode_error,
    encode_item,
    encode_result,
)

Handler = Callable[[dict[str, Any]], object]

_LOG = get_logger("serve")
_CONNECTIONS = 32
_RESERVED = 4
_SEND_S = 10.0
_PAUSE_S = 0.1


class ControlServer:
    """Serves ``handlers`` by name.

    A handler returns something JSON can hold, ``bytes`` that are one line of JSON already, or an iterator: a
    stream, in which ``None`` is not sent but lets a hung-up client and the end of the server be noticed,
    so that one that waits should yield it every second. A UserError goes to the client with its hint.

    ``quick`` methods never wait; a few connections are kept for them, so that status answers however many
    clients wait for something (I19).
    """

    def __init__(
        self,
        path: Path,
        handlers: Mapping[str, Handler],
        *,
        quick: Collection[str] = ("status", "stop"),
        connections: int = _CONNECTIONS,
    ) -> None:
        self._path = path
        self._handlers = handlers
        self._quick = quick
        self._slow = threading.BoundedSemaphore(connections - _RESERVED)
        self._limit = connections
        self._lock = threading.Lock()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._stopping = threading.Event()
        self._acceptor: _Acceptor | None = None

    def start(self) -> None:
        """Listen. Raises OSError when the socket cannot be made, UserError when its path is too long."""
        self._acceptor = _Acceptor(self._path, self._take)

    def revive(self) -> list[str]:
        """Accept again when the thread that did has ended although nobody stopped it; its name then."""
        if self._acceptor is None or self._stopping.is_set():
            return []
        return self._acceptor.revive()

    def stop(self, *, timeout: float = 2.0) -> list[str]:
        """End all streams, let answers that are on their way go out, join all threads.

        Returns the names of threads whose handler did not return within ``timeout`` seconds.
        """
        self._stopping.set()
        if self._acceptor is not None:
            self._acceptor.stop()
        return self._end_connections(time.monotonic() + timeout)

    def _end_connections(self, deadline: float) -> list[str]:
        with self._lock:
            connections = dict(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
        for thread in connections.values():
            thread.join(max(0.0, deadline - time.monotonic()))
        return [thread.name for thread in connections.values() if thread.is_alive()]

    def _take(self, connection: socket.socket) -> None:
        connection.settimeout(_SEND_S)
        if not _is_ours(connection):
            _LOG.warning("connection of another user refused")
            connection.close()
            return
        thread = threading.Thread(target=self._serve, args=(connection,), name="control", daemon=True)
        with self._lock:
            full = len(self._open) >= self._limit
            if not full:
                self._open[connection] = thread
        if full:
            _send(connection, _busy(self._limit))
            connection.close()
            return
        try:
            thread.start()
        except RuntimeError:
            self._forget(connection)
            raise

    def _serve(self, connection: socket.socket) -> None:
        try:
            for line in _requests(connection):
                if not self._answer(connection, line) or self._stopping.is_set():
                    return
        except Exception:  # noqa: BLE001  one connection; the server goes on
            _LOG.exception("connection failed")
        finally:
            self._forget(connection)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            del self._open[connection]
        connection.close()

    def _answer(self, connection: socket.socket, line: bytes) -> bool:
        """Whether the connection can go on."""
        try:
            request = decode_request(line)
            handler = self._handler(request.method)
        except UserError as error:
            return _send(connection, encode_error(str(error), hint=error.hint))
        if request.method in self._quick:
            return self._run(connection, request, handler)
        if not self._slow.acquire(blocking=False):
            return _send(connection, _busy(self._limit - _RESERVED))
        try:
            return self._run(connection, request, handler)
        finally:
            self._slow.release()

    def _handler(self, method: str) -> Handler:
        handler = self._handlers.get(method)
        if handler is None:
            raise UserError(
                f"unknown method {method!r}", hint=f"known are {', '.join(sorted(self._handlers))}"
            )
        return handler

    def _run(self, connection: socket.socket, request: Request, handler: Handler) -> bool:
        try:
            result = handler(request.params)
            if isinstance(result, Iterator):
                return self._stream(connection, result)
            reply = encode_result(result)
        except UserError as error:
            reply = encode_error(str(error), hint=error.hint, status=getattr(error, "status", 2))
        except Exception as error:  # noqa: BLE001  told to the client and logged
            _LOG.exception("method failed", method=request.method)
            reply = encode_error(f"{request.method} failed: {error!r}", hint="dev-assistant logs")
        return _send(connection, reply)

    def _stream(self, connection: socket.socket, items: Iterator[object]) -> bool:
        """Send items until they end, the server stops or the client is gone; a slow client is let go."""
        with _closing(items) as source:
            for item in source:
                if item is not None and not _send(connection, encode_item(item)):
                    return False
                hung_up = _hung_up(connection)  # stop() also looks like that, hence the order
                if self._stopping.is_set():
                    break
                if hung_up:
                    return False
        return _send(connection, encode({"end": True}))


class _Acceptor:
    """The listening socket and the thread that accepts."""

    def __init__(self, path: Path, take: Callable[[socket.socket], None]) -> None:
        self._path = path
        self._take = take
        self._stopping = threading.Event()
        self._spare: int | None = _descriptor()
        self._listener, self._inode = _listen(path)
        self._thread = self._started()

    def _started(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="control-accept", daemon=True)
        thread.start()
        return thread

    def revive(self) -> list[str]:
        if self._thread.is_alive():
            return []
        self._thread = self._started()
        return [self._thread.name]

    def stop(self) -> None:
        self._stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()
        if self._spare is not None:
            os.close(self._spare)
        with contextlib.suppress(OSError):  # a socket that is left is replaced by the next daemon
            failpoints.hit("socket.unlink")
            if os.lstat(self._path).st_ino == self._inode:
                os.unlink(self._path)

    def _run(self) -> None:
        """Out of descriptors, the spare one is given up for as long as it takes to tell a client so.

        ``accept`` needs a descriptor before anybody has come, hence the poll.
        """
        arrival = select.poll()
        arrival.register(self._listener, select.POLLIN)
        while not self._stopping.is_set():
            try:
                if self._spare is None:
                    self._spare = _descriptor()
                arrival.poll()
                self._take(self._listener.accept()[0])
            except (OSError, RuntimeError) as error:  # out of descriptors, or of threads
                if self._stopping.is_set():
                    return
                _LOG.error("connection was not accepted", reason=str(error))
                self._turn_away(error)
                self._stopping.wait(_PAUSE_S)

    def _turn_away(self, error: Exception) -> None:
        if self._spare is None:
            return
        os.close(self._spare)
        self._spare = None
        with contextlib.suppress(OSError):
            self._listener.settimeout(0)
            connection, _ = self._listener.accept()
            with connection:
                _send(
                    connection, encode_error(f"the daemon cannot answer: {error}", hint="try again", status=3)
                )
        self._listener.settimeout(None)


def _descriptor() -> int:
    return os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)


def _listen(path: Path) -> tuple[socket.socket, int]:
    """A listening socket at ``path`` and its inode; it gets its name when it already listens."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    for left in path.parent.glob(f".{path.name}.*"):  # of daemons that were killed while they made it
        left.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with address(temporary) as name:
            failpoints.hit("socket.bind")
            listener.bind(name)
        os.chmod(temporary, 0o600)
        listener.listen(64)
        inode = os.lstat(temporary).st_ino
        failpoints.hit("socket.replace")
        os.replace(temporary, path)
    except BaseException:
        listener.close()
        temporary.unlink(missing_ok=True)
        raise
    return listener, inode


def _is_ours(connection: socket.socket) -> bool:
    """Whether the other side is the same user; elsewhere than on Linux the 0700 directory alone decides."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return bool(struct.unpack("3i", credentials)[1] == os.geteuid())


def _requests(connection: socket.socket) -> Iterator[bytes]:
    """Lines, until the client ends, is idle for too long, or sends one that is too long."""
    pending = bytearray()
    while True:
        end = pending.find(b"\n")
        if end >= 0:
            yield bytes(pending[:end])
            del pending[: end + 1]
            continue
        if len(pending) > REQUEST_BYTES:
            _send(connection, encode_error(f"the request is longer than {REQUEST_BYTES:,} bytes"))
            return
        try:
            chunk = connection.recv(1 << 16)
        except OSError:
            return
        if not chunk:
            return
        pending += chunk


def _send(connection: socket.socket, line: bytes) -> bool:
    """False when the client is gone or does not read."""
    try:
        failpoints.hit("socket.send")
        connection.sendall(line)
    except OSError:
        return False
    return True


def _hung_up(connection: socket.socket) -> bool:
    """Whether the client has closed its side; a timeout of the socket would make a plain peek wait."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    if not poll.poll(0):
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK)
    except OSError:
        return True


def _busy(limit: int) -> bytes:
    return encode_error(f"the daemon is busy with {limit} clients", hint="try again", status=3)


@contextlib.contextmanager
def _closing(items: Iterator[object]) -> Iterator[Iterator[object]]:
    try:
        yield items
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()
