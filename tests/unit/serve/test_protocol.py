from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.errors import UserError
from dev_assistant.serve.protocol import (
    PROTOCOL,
    address,
    decode_request,
    encode,
    encode_error,
    encode_request,
    encode_result,
)

names = st.text(st.characters(), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | names, lambda inner: st.lists(inner, max_size=3)
)


@given(names, st.dictionaries(names, values, max_size=3))
def test_a_request_is_one_line_and_comes_back(method: str, params: dict[str, object]) -> None:
    line = encode_request(method, params)

    assert line.index(b"\n") == len(line) - 1
    assert decode_request(line) == (method, params)


def test_a_name_that_is_not_utf_8_survives() -> None:
    name = os.fsdecode(b"a\xffb")

    assert decode_request(encode_request("why", {"path": name})).params["path"] == name


def test_replies() -> None:
    assert json.loads(encode_result({"a": 1})) == {"result": {"a": 1}}
    assert encode_result(b'{"a":1}') == b'{"result":{"a":1}}\n'
    assert encode({"end": True}) == b'{"end":true}\n'
    assert json.loads(encode_error("no", hint="try", status=3)) == {
        "error": {"message": "no", "hint": "try", "status": 3}
    }


def test_another_version_is_told_to_restart() -> None:
    line = encode({"protocol": PROTOCOL + 1, "method": "status"})

    with pytest.raises(UserError, match="speaks protocol 2") as caught:
        decode_request(line)
    assert "restart" in caught.value.hint


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[1]",
        b"\xff",
        b"[" * 100_000,
        b'{"protocol":1}',
        b'{"protocol":1,"method":3}',
        b'{"protocol":1,"method":"a","params":[]}',
    ],
)
def test_what_is_no_request_is_an_error(line: bytes) -> None:
    with pytest.raises(UserError):
        decode_request(line)


def test_params_may_be_left_out() -> None:
    assert decode_request(b'{"protocol":1,"method":"a"}') == ("a", {})


@pytest.mark.parametrize("length", [1, 90, 120, 200])
def test_a_socket_can_have_a_path_of_any_length(tmp_path: Path, length: int) -> None:
    directory = tmp_path / ("d" * length)
    directory.mkdir()
    path = directory / "control.sock"

    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        with address(path) as name:
            server.bind(name)
        server.listen()
        with address(path) as name:
            client.connect(name)
    assert path.is_socket()
