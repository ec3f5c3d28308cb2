"""Encoding of values that may hold foreign text.

A tool's message or a file's name can hold bytes that are not UTF-8 (surrogate escapes), which msgspec
refuses. Such text is written as escapes: a record must not be lost for the name it speaks of.
"""

from __future__ import annotations

from typing import Protocol

import msgspec

from dev_assistant.escape import path_text


class Encoder(Protocol):
    def encode(self, obj: object, /) -> bytes: ...


def encode(encoder: Encoder, value: object) -> bytes:
    r"""The encoded value; lone surrogates in any of its strings become ``\xNN`` or ``\uNNNN``."""
    try:
        return encoder.encode(value)
    except UnicodeEncodeError:
        return encoder.encode(_encodable(msgspec.to_builtins(value, builtin_types=(bytes,))))


def _encodable(value: object) -> object:
    match value:
        case str():
            return path_text(value).encode("utf-8", "backslashreplace").decode()
        case dict():
            return {key: _encodable(item) for key, item in value.items()}
        case list() | tuple():
            return [_encodable(item) for item in value]
        case _:
            return value
