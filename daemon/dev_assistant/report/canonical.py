"""Values to JSON bytes in one form only: equal documents are equal bytes.

What could move a terminal's cursor stays out of the raw bytes as well: JSON allows C1 and bidirectional
characters inside strings, so they are written as ``\\uXXXX``, which every parser reads back as the same text.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

import msgspec

from dev_assistant.escape import path_text

_VISIBLE: Final = "dev_assistant.visible"
_ENCODER = msgspec.json.Encoder(order="deterministic")
_RAW = re.compile("[\x80-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def encode(document: object, *, indent: int = 0) -> bytes:
    """``document`` (Structs, dicts, lists, scalars) as UTF-8 JSON.

    ``indent`` = 0 is compact; more is one member a line, with a final newline, for files that people read.
    """
    data = _ENCODER.encode(document)
    if indent:
        data = msgspec.json.format(data, indent=indent) + b"\n"
    data = data.replace(b"\x7f", b"\\u007f")
    return data if data.isascii() else data.decode().encode("ascii", _VISIBLE)


def text(foreign: str) -> str:
    r"""A foreign string that any JSON parser takes: bytes that are not UTF-8 as ``\xNN``.

    Other lone surrogates, which a tool's message may hold, become ``\uXXXX`` (with one backslash, as text).
    """
    if foreign.isascii():
        return foreign
    return path_text(foreign).encode("utf-8", "backslashreplace").decode()


def _escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def _made_visible(error: UnicodeError) -> tuple[bytes, int]:
    """A run of characters beyond ASCII: they are few, and all the others need not pass an expression."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return _RAW.sub(_escape, error.object[error.start : error.end]).encode(), error.end


codecs.register_error(_VISIBLE, _made_visible)
