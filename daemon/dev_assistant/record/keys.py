"""The name under which a verdict is remembered: a digest of everything that decides it.

The key is made of all fields of ``KeyParts``, whatever they are: to make a verdict depend on something
more, add a field. Nothing is concatenated by hand, so no two sets of parts can meet at a boundary.
"""

from __future__ import annotations

import hashlib

import msgspec

from dev_assistant.model import Digest, RelPath

SCHEMA = 2
"""To be raised when the same parts have to give other verdicts: all that was remembered is then unknown."""

_encoder = msgspec.msgpack.Encoder()


class KeyParts(msgspec.Struct, frozen=True, gc=False):
    """What decides a verdict: the bytes, where they lie, who judges them and under what.

    ``version`` is the verifier's with its tool's; ``basis`` digests the effective configuration and what
    is read beside the file.
    """

    digest: Digest
    executable: bool
    path: RelPath
    verifier: str
    version: str
    basis: Digest
    schema: int = SCHEMA


def verdict_key(parts: KeyParts) -> Digest:
    """32 hex digits; the same on every machine, and for every run."""
    try:
        encoded = _encoder.encode(parts)
    except UnicodeEncodeError:
        # A name that is not UTF-8. Its escaped form cannot meet an encoded one: those never start with 'K'.
        encoded = ascii(parts).encode("ascii")
    return Digest(hashlib.blake2b(encoded, digest_size=16).hexdigest())
