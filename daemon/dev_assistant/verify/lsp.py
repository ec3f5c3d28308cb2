"""A language server as a child process: JSON-RPC over its pipes, whatever the messages are about.

The thread that reads never sends: a server that waits for us to read must never meet us waiting for it to
read. What it asks of us is answered when something is sent anyway.
"""

from __future__ import annotations

import collections
import contextlib
import os
import queue
import select
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import IO, Final, cast

import msgspec

from dev_assistant import failpoints, process
from dev_assistant.errors import ToolError

_HEADER: Final = b"Content-Length: %d\r\n\r\n"
_LONGEST: Final = 1 << 27  # a report on 100,000 findings is half of that


class Error(msgspec.Struct, frozen=True, gc=False):
    """Why a request was refused."""

    message: str


class _Message(msgspec.Struct, frozen=True, gc=False):
    id: int | str | None = None
    method: str | None = None
    params: msgspec.Raw = msgspec.Raw(b"null")
    result: msgspec.Raw = msgspec.Raw(b"null")
    error: Error | None = None


class Reply(msgspec.Struct, frozen=True, gc=False):
    """The answer to the request ``id``: ``result`` as JSON, or an error."""

    id: int
    result: bytes
    error: str | None


class Server:
    """One server process. Used by one thread at a time; ``alive`` and ``stop`` by any.

    ``notified`` is called on the reader thread with the method and the parameters of every notification.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        cwd: str,
        notified: Callable[[str, bytes], None],
        children: process.Children | None = None,
    ) -> None:
        """Raises ToolError when the program cannot be started."""
        self._children = children or process.Children()
        self._child = self._children.start(command, cwd=cwd, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self._name = os.path.basename(command[0])
        self._notified = notified
        self._ids = 0
        self._replies: queue.SimpleQueue[Reply | None] = queue.SimpleQueue()
        self._owed: collections.deque[bytes] = collections.deque()
        self._input = cast("IO[bytes]", self._child.stdin).fileno()
        os.set_blocking(self._input, False)
        self._ending, self._writing = threading.Lock(), threading.Lock()
        self._stopped = False
        self._reader = threading.Thread(target=self._read, name=f"{self._name}-reader", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return self._reader.is_alive() and self._child.poll() is None

    def request(self, method: str, params: object) -> tuple[int, bytes]:
        """A request, to be sent: its id and its bytes."""
        self._ids += 1
        return self._ids, _frame({"jsonrpc": "2.0", "id": self._ids, "method": method, "params": params})

    def send(self, data: bytes, *, deadline: float) -> None:
        """Write messages. Raises ToolError when the server does not take them by ``deadline`` (monotonic)."""
        while self._owed:
            data = self._owed.popleft() + data
        rest = memoryview(data)
        try:
            failpoints.hit("server.send")
            while rest:
                rest = rest[self._write(rest, deadline) :]
        except OSError as error:
            raise ToolError(f"{self._name} server ended: {error.strerror}") from error

    def receive(self, *, deadline: float) -> Reply:
        """The next reply. Raises ToolError when none comes by ``deadline`` or the server has ended."""
        try:
            reply = self._replies.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            raise ToolError(f"{self._name} server did not answer in time") from None
        if reply is None:
            raise ToolError(f"{self._name} server ended unexpectedly")
        return reply

    def call(self, method: str, params: object, *, deadline: float) -> bytes:
        """Ask and wait. Raises ToolError."""
        identity, data = self.request(method, params)
        self.send(data, deadline=deadline)
        reply = self.receive(deadline=deadline)
        while reply.id != identity:
            reply = self.receive(deadline=deadline)
        if reply.error is not None:
            raise ToolError(f"{self._name} server refused {method}: {reply.error}")
        return reply.result

    def stop(self) -> None:
        """End the process with all it started; idempotent. Several may find it of no use at once."""
        with self._ending:
            with self._writing:  # from here on the number of the pipe may be that of another file
                first, self._stopped = not self._stopped, True
            if first:
                with contextlib.suppress(OSError, ValueError):
                    process.end_group(self._child)
            self._children.left(self._child)
        if threading.current_thread() is not self._reader:
            self._reader.join()

    def _write(self, data: memoryview, deadline: float) -> int:
        room = select.poll()
        room.register(self._input, select.POLLOUT)
        if not room.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise ToolError(f"{self._name} server does not read")
        with self._writing:
            if self._stopped:
                raise ToolError(f"{self._name} server was ended")
            return os.write(self._input, data)

    def _read(self) -> None:
        decoder = msgspec.json.Decoder(_Message)
        output = cast("IO[bytes]", self._child.stdout)
        try:
            while (length := _length(output)) is not None:
                self._dispatch(decoder.decode(output.read(length)))
        except (OSError, ValueError, RecursionError, msgspec.MsgspecError):
            pass  # cut short or nonsense: for those who wait it has ended, which they are told below
        finally:
            self._replies.put(None)

    def _dispatch(self, message: _Message) -> None:
        if message.method is None:
            error = message.error.message if message.error else None
            self._replies.put(Reply(cast("int", message.id), bytes(message.result), error))
        elif message.id is not None:
            self._owed.append(_frame({"jsonrpc": "2.0", "id": message.id, "result": None}))
        else:
            self._notified(message.method, bytes(message.params))


def notification(method: str, params: object) -> bytes:
    """The bytes of a message that wants no answer."""
    return _frame({"jsonrpc": "2.0", "method": method, "params": params})


def _frame(message: object) -> bytes:
    body = msgspec.json.encode(message)
    return _HEADER % len(body) + body


def _length(output: IO[bytes]) -> int | None:
    """The size of the message that follows; None where there is none or it is no message."""
    length = None
    while line := output.readline(1024).strip():
        name, colon, value = line.partition(b":")
        if not colon:
            return None
        if name.lower() == b"content-length":
            length = int(value)
    return length if length is not None and 0 <= length <= _LONGEST else None
