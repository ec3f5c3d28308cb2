from __future__ import annotations

import queue
import time

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
    assert server.call("double", "é", deadline=_soon()) == '"éé"'.encode() or b'"\\u00e9\\u00e9"'
    assert server.call("double", [1], deadline=_soon()) == b"[1, 1]"


def test_answers_may_come_in_any_order(start):
    server = start(
        "first, second = read(), read()\nfor m in (second, first): write(id=m['id'], result=m['method'])\nread()"
    )
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
    server = start(
        "serve(lambda m: {'result': None}, 1); write(id='q', method='ask'); write(id=2, result=read() and read())"
    )
    server.call("first", None, deadline=_soon())
    identity, data = server.request("second", None)
    server.send(notification("nothing", None), deadline=_soon())
    server.send(data, deadline=_soon())
    assert server.receive(deadline=_soon()).id == identity


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("read()", "ended unexpectedly"),
        ("read(); print('garbage', flush=True); signal.pause()", "ended unexpectedly"),
        (
            "read(); sys.stdout.write('Content-Length: 3\\r\\n\\r\\n{{{'); sys.stdout.flush(); signal.pause()",
            "ended",
        ),
        (
            "read(); sys.stdout.write('Content-Length: 99\\r\\n\\r\\n{'); sys.stdout.flush(); sys.exit()",
            "ended",
        ),
    ],
)
def test_a_server_that_ends_or_talks_nonsense(start, body, message):
    server = start(body)
    with pytest.raises(ToolError, match=message):
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
