from __future__ import annotations

import contextlib
import queue
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from dev_assistant.errors import ToolError
from dev_assistant.verify.lsp import Server, notification
from unit.verify.fakes import LANGUAGE_SERVER, program


@pytest.fixture(name="start")
def _start(tmp_path):
    servers = []

    def start(body: str, notified=lambda method, params: None) -> Server:
        servers.append(Server([program(tmp_path, LANGUAGE_SERVER + body)], cwd="/", notified=notified))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()
        assert not server.alive


def _soon(seconds: float = 30.0) -> float:
    return time.monotonic() + seconds


def test_a_question_gets_its_answer(start):
    server = start("serve(lambda message: {'result': message['params'] * 2})")
    assert msgspec.json.decode(server.call("double", "é", deadline=_soon())) == "éé"
    assert server.call("double", [1], deadline=_soon()) == b"[1, 1]"


def test_answers_may_come_in_any_order(start):
    server = start("for m in [read(), read()][::-1]: write(id=m['id'], result=m['method'])\nread()")
    one, data_one = server.request("one", None)
    two, data_two = server.request("two", None)
    server.send(data_one + data_two, deadline=_soon())
    replies = [server.receive(deadline=_soon()) for _ in range(2)]
    assert {reply.id: reply.result for reply in replies} == {one: b'"one"', two: b'"two"'}


def test_a_refusal_is_an_error(start):
    server = start("serve(lambda message: {'error': {'code': 1, 'message': 'no such thing'}})")
    with pytest.raises(ToolError, match="no such thing"):
        server.call("any", None, deadline=_soon())


def test_notifications_reach_the_listener(start):
    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
    server = start("read(); write(method='say', params={'a': 1}); read()", lambda *said: heard.put(said))
    server.send(notification("hello", {}), deadline=_soon())
    assert heard.get(timeout=30) == ("say", b'{"a": 1}')


def test_what_the_server_asks_is_answered_with_the_next_message(start):
    heard: queue.Queue[tuple[str, bytes]] = queue.Queue()
    body = "read(); write(id='q', method='ask'); write(method='asked'); write(id=1, result=read()['id'])"
    server = start(body, lambda *said: heard.put(said))
    server.send(notification("hello", None), deadline=_soon())
    assert heard.get(timeout=30)[0] == "asked"
    server.send(notification("anything", None), deadline=_soon())
    assert server.receive(deadline=_soon()).result == b'"q"'


@pytest.fixture
def hasty():
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hasty")
def test_several_who_find_it_of_no_use_end_it_together():
    question = notification("x", "y" * 1000)

    def ask(server: Server) -> None:
        with contextlib.suppress(ToolError):
            for _ in range(100):
                server.send(question, deadline=_soon())

    with ThreadPoolExecutor(3) as pool:
        for _ in range(150):
            server = Server(["/bin/cat"], cwd="/", notified=lambda method, params: None)
            begun = [pool.submit(ask, server), pool.submit(server.stop), pool.submit(server.stop)]
            for each in begun:
                each.result()
            with pytest.raises(ToolError, match="was ended"):
                server.send(question, deadline=_soon())


def _says(text: str) -> str:
    return f"read(); sys.stdout.write({text!r}); sys.stdout.flush(); "


@pytest.mark.parametrize(
    "body",
    [
        "read()",
        _says("garbage\n") + "signal.pause()",
        _says("\n") + "signal.pause()",
        _says("Content-Length: x\r\n\r\n") + "signal.pause()",
        _says("Content-Length: 9999999999999\r\n\r\n") + "signal.pause()",
        _says("Content-Length: 3\r\n\r\n{{{") + "signal.pause()",
        _says("Content-Length: 99\r\n\r\n{") + "sys.exit()",
    ],
)
def test_a_server_that_ends_or_talks_nonsense(start, body):
    server = start(body)
    with pytest.raises(ToolError, match="ended unexpectedly"):
        server.call("any", None, deadline=_soon())


def test_a_server_that_never_answers(start):
    server = start("signal.pause()")
    with pytest.raises(ToolError, match="did not answer in time"):
        server.call("any", None, deadline=_soon(0.2))


def test_a_server_that_never_reads(start):
    server = start("signal.pause()")
    with pytest.raises(ToolError, match="does not read"):
        server.send(notification("big", "x" * 10_000_000), deadline=_soon(0.2))


def test_a_server_that_is_gone_takes_no_message(start):
    server = start("sys.exit()")
    with pytest.raises(ToolError, match="ended"):
        server.receive(deadline=_soon())
    with pytest.raises(ToolError, match="ended"):
        server.send(notification("big", "x" * 10_000_000), deadline=_soon())


def test_a_program_that_is_not_there():
    with pytest.raises(ToolError, match="cannot be started"):
        Server(["/nonexistent/ruff", "server"], cwd="/", notified=lambda method, params: None)
