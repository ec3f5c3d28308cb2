from __future__ import annotations

import contextlib
import errno
import json
import os
import queue
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.errors import UserError
from dev_assistant.serve.protocol import REQUEST_BYTES, address, encode_request
from dev_assistant.serve.server import ControlServer, Handler

PATIENCE = 20.0


@contextlib.contextmanager
def serving(path: Path, handlers: dict[str, Handler], **options: Any) -> Iterator[ControlServer]:
    server = ControlServer(path, handlers, **options)
    server.start()
    try:
        yield server
    finally:
        assert server.stop(timeout=PATIENCE) == []


class Client:
    """A connection that speaks the protocol by hand."""

    def __init__(self, path: Path) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        with address(path) as name:
            self.socket.connect(name)
        self.lines = self.socket.makefile("rb")

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.socket.close()

    def ask(self, method: str, **params: object) -> Any:
        self.socket.sendall(encode_request(method, params))
        return self.reply()

    def reply(self) -> Any:
        line = self.lines.readline()
        return json.loads(line) if line else None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "control.sock"


def test_a_handler_gets_the_params_and_its_result_comes_back(path: Path) -> None:
    handlers: dict[str, Handler] = {"echo": lambda params: params, "raw": lambda _: b'{"a":1}'}
    with serving(path, handlers), Client(path) as client:
        assert client.ask("echo", text="a\n\udcff") == {"result": {"text": "a\n\udcff"}}
        assert client.ask("raw") == {"result": {"a": 1}}


def test_the_socket_is_private_and_goes_with_the_server(path: Path) -> None:
    with serving(path, {}):
        assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == []


def test_a_stale_socket_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead, address(path) as name:
        dead.bind(name)

    with serving(path, {"status": lambda _: 1}), Client(path) as client:
        assert client.ask("status") == {"result": 1}


def test_a_socket_that_another_put_there_is_left(path: Path) -> None:
    with serving(path, {}), socket.socket(socket.AF_UNIX) as other:
        path.unlink()
        with address(path) as name:
            other.bind(name)
    assert path.exists()


def test_an_unknown_method_names_the_known(path: Path) -> None:
    with serving(path, {"b": str, "a": str}), Client(path) as client:
        assert client.ask("c")["error"] == {
            "message": "unknown method 'c'",
            "hint": "known are a, b",
            "status": 2,
        }


def test_a_handler_that_raises_ends_neither_connection_nor_server(path: Path) -> None:
    class IncompleteError(UserError):
        status = 3

    def mistake(_: object) -> object:
        raise ZeroDivisionError

    def refuse(_: object) -> object:
        raise IncompleteError("not now", hint="later")

    handlers: dict[str, Handler] = {"mistake": mistake, "refuse": refuse, "unfit": lambda _: object()}
    with serving(path, handlers), Client(path) as client:
        assert "ZeroDivisionError" in client.ask("mistake")["error"]["message"]
        assert client.ask("refuse")["error"] == {"message": "not now", "hint": "later", "status": 3}
        assert "not JSON serializable" in client.ask("unfit")["error"]["message"]


def test_what_is_no_request_is_answered_with_an_error(path: Path) -> None:
    with serving(path, {"status": lambda _: 1}), Client(path) as client:
        client.socket.sendall(b"GET / HTTP/1.1\n")
        assert "not JSON" in client.reply()["error"]["message"]
        assert client.ask("status") == {"result": 1}


def test_a_request_without_end_is_refused(path: Path) -> None:
    with serving(path, {}), Client(path) as client:
        with contextlib.suppress(BrokenPipeError):
            client.socket.sendall(b"x" * (REQUEST_BYTES + 100_000))
        with contextlib.suppress(ConnectionResetError):
            assert "longer than" in client.reply()["error"]["message"]
            assert client.reply() is None


def test_a_request_may_come_in_pieces_and_two_at_once(path: Path) -> None:
    line = encode_request("status", {})
    with serving(path, {"status": lambda _: 1}), Client(path) as client:
        client.socket.sendall(line[:5])
        client.socket.sendall(line[5:] + line)
        assert [client.reply(), client.reply()] == [{"result": 1}, {"result": 1}]


def test_a_stream_is_items_and_an_end(path: Path) -> None:
    with serving(path, {"events": lambda _: iter([{"n": 1}, None, {"n": 2}])}), Client(path) as client:
        assert client.ask("events") == {"item": {"n": 1}}
        assert client.reply() == {"item": {"n": 2}}
        assert client.reply() == {"end": True}


class Beats:
    """A stream that waits: an item when one was put, else None now and then."""

    def __init__(self) -> None:
        self.items: queue.Queue[object] = queue.Queue()
        self.closed = threading.Event()

    def __call__(self, _: object) -> Iterator[object]:
        try:
            while True:
                try:
                    yield self.items.get(timeout=0.02)
                except queue.Empty:
                    yield None
        finally:
            self.closed.set()


def test_a_stream_whose_client_went_away_is_closed(path: Path) -> None:
    beats = Beats()
    with serving(path, {"events": beats}):
        with Client(path) as client:
            beats.items.put(1)
            assert client.ask("events") == {"item": 1}
            assert not beats.closed.is_set()
        assert beats.closed.wait(PATIENCE)


def test_the_servers_end_ends_the_streams(path: Path) -> None:
    beats = Beats()
    server = ControlServer(path, {"events": beats})
    server.start()
    with Client(path) as client:
        beats.items.put(1)
        assert client.ask("events") == {"item": 1}
        assert server.stop(timeout=PATIENCE) == []
        assert client.reply() == {"end": True}
    assert beats.closed.is_set()


def test_the_answer_to_stop_still_goes_out(path: Path) -> None:
    asked, release = threading.Event(), threading.Event()

    def stop(_: object) -> object:
        asked.set()
        release.wait(PATIENCE)
        return {"stopping": True}

    server = ControlServer(path, {"stop": stop})
    server.start()
    with Client(path) as client, ThreadPoolExecutor(1) as pool:
        client.socket.sendall(encode_request("stop", {}))
        assert asked.wait(PATIENCE)
        stopped = pool.submit(server.stop, timeout=PATIENCE)
        release.set()
        assert client.reply() == {"result": {"stopping": True}}
        assert stopped.result(PATIENCE) == []


def test_a_handler_that_does_not_return_is_reported(path: Path) -> None:
    asked, release = threading.Event(), threading.Event()

    def hang(_: object) -> object:
        asked.set()
        return release.wait(PATIENCE)

    server = ControlServer(path, {"wait": hang})
    server.start()
    with Client(path) as client:
        client.socket.sendall(encode_request("wait", {}))
        assert asked.wait(PATIENCE)
        assert server.stop(timeout=0.05) == ["control"]
        release.set()


def test_however_many_wait_status_answers(path: Path) -> None:
    """I19. The handlers that wait take all connections they may take; some are kept for what never waits."""
    release = threading.Event()
    waiting: queue.Queue[None] = queue.Queue()

    def wait(_: object) -> object:
        waiting.put(None)
        return release.wait(PATIENCE)

    handlers: dict[str, Handler] = {"wait": wait, "status": lambda _: {"state": "busy"}}
    with contextlib.ExitStack() as stack:
        stack.enter_context(serving(path, handlers, connections=8))
        clients = [stack.enter_context(Client(path)) for _ in range(4)]
        for client in clients:
            client.socket.sendall(encode_request("wait", {}))
            waiting.get(timeout=PATIENCE)
        with Client(path) as late:
            assert late.ask("wait")["error"]["status"] == 3
            assert late.ask("status") == {"result": {"state": "busy"}}
        release.set()
        assert [client.reply() for client in clients] == [{"result": True}] * 4


def test_connections_are_bounded(path: Path) -> None:
    with contextlib.ExitStack() as stack:
        stack.enter_context(serving(path, {"status": lambda _: 1}, connections=8))
        for _ in range(8):
            assert stack.enter_context(Client(path)).ask("status") == {"result": 1}
        with Client(path) as client:
            assert client.reply()["error"]["message"] == "the daemon is busy with 8 clients"


def test_many_clients_at_once_are_all_served(path: Path) -> None:
    def ask(number: int) -> Any:
        with Client(path) as client:
            return client.ask("echo", number=number)

    with serving(path, {"echo": lambda params: params}), ThreadPoolExecutor(10) as pool:
        assert list(pool.map(ask, range(100))) == [{"result": {"number": number}} for number in range(100)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_is_not_answered(path: Path) -> None:
    script = (
        "import os, socket, sys\n"
        "os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])\n"
        "try: s.sendall(sys.argv[2].encode()); print(s.recv(100))\n"
        "except OSError: print(b'')"
    )
    directory = os.open(path.parent, os.O_RDONLY)
    name, request = f"/proc/self/fd/{directory}/{path.name}", encode_request("status", {}).decode()
    os.fchmod(directory, 0o711)
    try:
        with serving(path, {"status": lambda _: 1}):
            path.chmod(0o666)
            done = subprocess.run(
                [sys.executable, "-I", "-c", script, name, request],
                check=False,
                pass_fds=[directory],
                capture_output=True,
                timeout=PATIENCE,
            )
    finally:
        os.close(directory)
    assert (done.stdout, done.stderr) == (b"b''\n", b"")


def test_sockets_of_killed_daemons_are_cleared_away(tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    left = tmp_path / ".control.sock.1"
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as dead:
        dead.bind(str(left))
    with serving(path, {}):
        assert [entry.name for entry in tmp_path.iterdir()] == ["control.sock"]


def test_out_of_descriptors_a_client_is_told_so(path: Path) -> None:
    with serving(path, {"status": lambda _: {"state": "idle"}}):
        with socket.socket(socket.AF_UNIX) as refused, address(path) as name:
            refused.settimeout(PATIENCE)
            with no_descriptor_left():
                refused.connect(name)
                reply = json.loads(refused.recv(1 << 16))
        assert os.strerror(errno.EMFILE) in reply["error"]["message"]
        with Client(path) as client:
            assert client.ask("status") == {"result": {"state": "idle"}}


@contextlib.contextmanager
def no_descriptor_left() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    probe = os.dup(0)
    os.close(probe)
    resource.setrlimit(resource.RLIMIT_NOFILE, (probe, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
