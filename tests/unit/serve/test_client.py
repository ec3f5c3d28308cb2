from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.errors import UserError
from dev_assistant.places import Runtime
from dev_assistant.serve.client import (
    NoDaemon,
    RefusedError,
    SilentError,
    call,
    fetch,
    held,
    stream,
    workspace_root,
)
from dev_assistant.serve.protocol import address
from dev_assistant.serve.server import ControlServer, Handler

PATIENCE = 20.0


@pytest.fixture
def runtime(tmp_path: Path) -> Runtime:
    return Runtime(tmp_path)


@contextlib.contextmanager
def lock(runtime: Runtime) -> Iterator[None]:
    """As a daemon has it."""
    with runtime.lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def serving(runtime: Runtime, **handlers: Handler) -> Iterator[ControlServer]:
    server = ControlServer(runtime.socket, handlers)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def saying(runtime: Runtime, data: bytes) -> Iterator[None]:
    """A server that answers the first request with ``data`` and hangs up."""
    listener = socket.socket(socket.AF_UNIX)
    with address(runtime.socket) as name:
        listener.bind(name)
    listener.listen()

    def answer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1 << 16)
            connection.sendall(data)

    thread = threading.Thread(target=answer)
    thread.start()
    with listener:
        yield
        thread.join(PATIENCE)


def test_the_result_comes_back(runtime: Runtime) -> None:
    with serving(runtime, echo=lambda params: params):
        assert call(runtime, "echo", {"path": "a\udcff"}, timeout=PATIENCE) == {"path": "a\udcff"}
        assert call(runtime, "echo", timeout=PATIENCE) == {}


def test_an_answer_may_be_large(runtime: Runtime) -> None:
    document = [{"path": f"src/{number}.py", "findings": []} for number in range(50_000)]
    with serving(runtime, check=lambda _: document):
        assert call(runtime, "check", timeout=PATIENCE) == document


def test_an_error_keeps_its_hint_and_status(runtime: Runtime) -> None:
    class LateError(UserError):
        status = 3

    def refuse(_: object) -> object:
        raise LateError("too late", hint="be earlier")

    with serving(runtime, check=refuse), pytest.raises(RefusedError, match=r"^too late$") as caught:
        call(runtime, "check", timeout=PATIENCE)
    assert (caught.value.hint, caught.value.status) == ("be earlier", 3)


def test_without_socket_and_lock_there_is_no_daemon(runtime: Runtime) -> None:
    with pytest.raises(NoDaemon) as caught:
        call(runtime, "status", timeout=PATIENCE)
    assert caught.value.status == 4
    assert not runtime.lock.exists()


def test_a_socket_that_nobody_listens_at_is_no_daemon(runtime: Runtime) -> None:
    with socket.socket(socket.AF_UNIX) as dead, address(runtime.socket) as name:
        dead.bind(name)

    with pytest.raises(NoDaemon):
        call(runtime, "status", timeout=PATIENCE)


def test_with_the_lock_held_it_is_starting_or_ending(runtime: Runtime) -> None:
    with lock(runtime), pytest.raises(SilentError, match="starting or ending") as caught:
        call(runtime, "status", timeout=0.05)
    assert caught.value.status == 3


def test_one_that_ends_is_waited_for(runtime: Runtime) -> None:
    with contextlib.ExitStack() as dying:
        dying.enter_context(lock(runtime))
        threading.Timer(0.1, dying.close).start()
        with pytest.raises(NoDaemon):
            call(runtime, "status", timeout=PATIENCE)


def test_a_daemon_that_does_not_answer_in_time(runtime: Runtime) -> None:
    release = threading.Event()
    with serving(runtime, wait=lambda _: release.wait(PATIENCE)):
        with pytest.raises(SilentError, match="in time"):
            call(runtime, "wait", timeout=0.05)
        release.set()


def test_a_daemon_that_dies_before_it_answers(runtime: Runtime) -> None:
    with saying(runtime, b'{"resul'), pytest.raises(NoDaemon, match="ended before"):
        call(runtime, "status", timeout=PATIENCE)


def test_a_daemon_that_hangs_up_and_lives(runtime: Runtime) -> None:
    with lock(runtime), saying(runtime, b""), pytest.raises(SilentError, match="ended the connection"):
        call(runtime, "status", timeout=PATIENCE)


@pytest.mark.parametrize("answer", [b"nonsense\n", b"[]\n", b'{"item":1}\n', b"\xff\n"])
def test_an_answer_that_is_none(runtime: Runtime, answer: bytes) -> None:
    with saying(runtime, answer), pytest.raises(SilentError):
        call(runtime, "status", timeout=PATIENCE)


def test_a_stream_gives_items_until_its_end(runtime: Runtime) -> None:
    with serving(runtime, events=lambda params: iter([params, None, {"n": 2}])):
        assert list(stream(runtime, "events", {"n": 1})) == [b'{"n":1}', b'{"n":2}']


def test_items_that_arrive_together_are_all_given(runtime: Runtime) -> None:
    with saying(runtime, b'{"item":1}\n{"item":2}\n{"end":true}\n'):
        assert list(stream(runtime, "events")) == [b"1", b"2"]


def test_a_large_document_is_handed_over_unread(runtime: Runtime) -> None:
    document = b'{"text": "' + 1_000_000 * b"x" + b'"}'
    with serving(runtime, findings=lambda params: iter((params, document))):
        assert fetch(runtime, "findings", {"n": 1}, timeout=PATIENCE) == ({"n": 1}, document)


def test_an_answer_in_one_part_is_none_in_two(runtime: Runtime) -> None:
    with serving(runtime, findings=lambda _: {}), pytest.raises(SilentError, match="in two parts"):
        fetch(runtime, "findings", {}, timeout=PATIENCE)


def test_a_stream_that_breaks_off_says_so(runtime: Runtime) -> None:
    with saying(runtime, b'{"item":1}\n{"it'):
        items = stream(runtime, "events")
        assert next(items) == b"1"
        with pytest.raises(NoDaemon):
            next(items)


def test_only_the_exclusive_lock_is_a_daemon(runtime: Runtime) -> None:
    assert not held(runtime)
    runtime.lock.touch()
    assert not held(runtime)
    with lock(runtime):
        assert held(runtime)
    with runtime.lock.open() as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        assert not held(runtime)


def test_whose_daemon_is_meant(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    inner = root / "backend" / "src"
    inner.mkdir(parents=True)
    assert workspace_root(None, inner) == inner
    (root / "backend" / "pyproject.toml").touch()
    assert workspace_root(None, inner) == root / "backend"
    (root / "workspace.json").touch()
    assert workspace_root(None, inner) == root
    assert workspace_root(Path("..") / "src", inner) == inner
    assert workspace_root(root / "workspace.json", inner) == root


def test_a_workspace_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not exist"):
        workspace_root(Path("none.json"), tmp_path)


def test_a_link_names_the_same_workspace(tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (tmp_path / "link").symlink_to(real)

    assert workspace_root(tmp_path / "link", tmp_path) == real.resolve()


@pytest.mark.parametrize("name", ["status", "wait", "events", "stop"])
def test_the_client_imports_nothing_heavy(name: str) -> None:
    script = f"import sys, dev_assistant.commands.{name}; print(*sorted(sys.modules))"
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": os.environ["XDG_RUNTIME_DIR"]}
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, check=True, text=True, env=environment
    )
    top = {module.partition(".")[0] for module in done.stdout.split()}

    assert not top & {
        "msgspec",
        "pydantic",
        "structlog",
        "rich",
        "psutil",
        "watchdog",
        "platformdirs",
        "asyncio",
    }
    assert not top & {"logging", "subprocess", "tomli", "pathspec", "importlib_metadata"}
