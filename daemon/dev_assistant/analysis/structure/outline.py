"""What a Python file gives to the findings on its project: bodies to compare, and what it imports.

It travels and is kept as bytes: between the analysis and the project's index nobody looks into them.
"""

from __future__ import annotations

from typing import Final

import msgspec

from dev_assistant.analysis.rules import Span
from dev_assistant.analysis.structure.facts import Body, Import

_MOST_BYTES: Final = 100_000
"""Ten times the outline of sympy's largest file; what gives more was written by a program."""


class Copy(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A function whose body can be compared with those of the project; ``name`` is as messages show it."""

    name: str
    span: Span
    body: Body


class Outline(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The bodies of a file that are long enough, and the imports that run with it."""

    copies: tuple[Copy, ...] = ()
    imports: tuple[Import, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Outline)


def pack(outline: Outline) -> bytes:
    """Never empty, but for a file that gives more than is kept: it counts as not analysed."""
    packed = _encoder.encode(outline)
    return packed if len(packed) <= _MOST_BYTES else b""


def unpack(packed: bytes) -> Outline | None:
    """None for no outline, and for one that another version wrote."""
    try:
        return _decoder.decode(packed) if packed else None
    except msgspec.DecodeError:
        return None
