"""What goes over the control socket: one JSON object a line, a request and then its replies.

Request ``{"protocol": 1, "method": …, "params": {…}}``; replies ``{"result": …}``, ``{"error": {…}}``, or
``{"item": …}`` any number of times and then ``{"end": true}``. JSON is written in ASCII, so that
names that are not UTF-8 survive.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import namedtuple
from collections.abc import Iterator, Mapping
from pathlib import Path

from dev_assistant.errors import UserError

PROTOCOL = 1
REQUEST_BYTES = 1_000_000
_ITEM = b'{"item":'
_ADDRESS_BYTES = 100  # a unix socket's path holds 108 on Linux and 104 elsewhere, with its end


class Request(namedtuple("Request", ["method", "params"])):
    """A method by name (text), and what it is to be called with (an object)."""

    __slots__ = ()


def encode(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode() + b"\n"


def encode_result(result: object) -> bytes:
    """A reply; ``bytes`` are taken as JSON on one line already."""
    if isinstance(result, bytes):
        return b'{"result":' + result + b"}\n"
    return encode({"result": result})


def encode_item(item: object) -> bytes:
    """One of a stream; ``bytes`` as for a result."""
    if isinstance(item, bytes):
        return _ITEM + item + b"}\n"
    return encode({"item": item})


def raw_item(line: bytes) -> bytes | None:
    """The JSON of an item that was handed over as bytes, without its being read; None: that is no item."""
    return line[len(_ITEM) : -1] if line.startswith(_ITEM) else None


def encode_error(message: str, *, hint: str = "", status: int = 2) -> bytes:
    """``status`` is the exit status that the client is to end with."""
    return encode({"error": {"message": message, "hint": hint, "status": status}})


def encode_request(method: str, params: Mapping[str, object]) -> bytes:
    return encode({"protocol": PROTOCOL, "method": method, "params": params})


def decode_request(line: bytes) -> Request:
    """Raises UserError for what is not a request of this protocol."""
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UserError(f"the request is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise UserError("the request is not a JSON object")
    if document.get("protocol") != PROTOCOL:
        raise UserError(
            f"the client speaks protocol {document.get('protocol')!r}, the daemon {PROTOCOL}",
            hint="they are of different versions: dev-assistant restart",
        )
    method, params = document.get("method"), document.get("params", {})
    if not isinstance(method, str) or not isinstance(params, dict):
        raise UserError("a request needs a method (text) and params (an object)")
    return Request(method, params)


@contextlib.contextmanager
def address(path: Path) -> Iterator[str]:
    """A name for a socket's path that the kernel takes, also when the path is longer than it allows."""
    if len(os.fsencode(path)) <= _ADDRESS_BYTES:
        yield str(path)
        return
    if not os.path.isdir("/proc/self/fd"):
        raise UserError(f"{path} is too long for a socket", hint="set XDG_RUNTIME_DIR to a shorter path")
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)
