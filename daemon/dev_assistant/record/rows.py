"""The rows of verification.db: how a record and a verdict become bytes, and when they are believed.

SQLite keeps no checksum of its pages, so a flipped bit could turn three findings into none. Every value
is therefore sealed with a checksum of its key and its bytes, and what does not match is not believed.
"""

from __future__ import annotations

import os
import zlib

import msgspec

from dev_assistant.model import Appraisal, Digest, FileRecord, RelPath, Verdict
from dev_assistant.record.encoding import encode

_encoder = msgspec.msgpack.Encoder()
_records = msgspec.msgpack.Decoder(FileRecord)
_verdicts: msgspec.msgpack.Decoder[Verdict] = msgspec.msgpack.Decoder(Verdict)
_appraisals = msgspec.msgpack.Decoder(Appraisal)
_SEAL = 4  # bytes


class DamagedError(Exception):
    """A row does not hold what was written."""


class _Referring(msgspec.Struct, gc=False):
    key: Digest


class _References(msgspec.Struct, gc=False):
    parts: tuple[_Referring, ...] = ()


_references = msgspec.msgpack.Decoder(_References)


def path_key(path: RelPath) -> bytes:
    return os.fsencode(path)


def digest_key(key: Digest) -> bytes:
    return bytes.fromhex(key)


def seal(key: bytes, value: object) -> bytes:
    """The encoded value behind its checksum, which also binds it to its key."""
    return _sealed(key, encode(_encoder, value))


def seal_text(key: bytes, text: str) -> bytes:
    return _sealed(key, text.encode())


def open_text(key: object, sealed: object) -> str:
    """Raises DamagedError."""
    return _opened(key, sealed)[1].decode()


def open_record(key: object, sealed: object) -> tuple[RelPath, FileRecord]:
    """Raises DamagedError."""
    path, encoded = _opened(key, sealed)
    try:
        return RelPath(os.fsdecode(path)), _records.decode(encoded)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedError(f"file row: {error}") from error


def open_appraisal(key: object, sealed: object) -> tuple[RelPath, Appraisal]:
    """Raises DamagedError."""
    path, encoded = _opened(key, sealed)
    try:
        return RelPath(os.fsdecode(path)), _appraisals.decode(encoded)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedError(f"appraisal: {error}") from error


def open_verdict(key: object, sealed: object) -> tuple[Digest, Verdict]:
    """Raises DamagedError."""
    digest, encoded = _opened(key, sealed)
    try:
        return Digest(digest.hex()), _verdicts.decode(encoded)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise DamagedError(f"verdict row: {error}") from error


def references(key: object, sealed: object) -> set[bytes]:
    """The keys of the verdicts that a file's record rests on. Raises DamagedError."""
    _, encoded = _opened(key, sealed)
    try:
        return {digest_key(part.key) for part in _references.decode(encoded).parts}
    except (msgspec.DecodeError, ValueError) as error:
        raise DamagedError(f"file row: {error}") from error


def _sealed(key: bytes, encoded: bytes) -> bytes:
    return zlib.crc32(encoded, zlib.crc32(key)).to_bytes(_SEAL, "big") + encoded


def _opened(key: object, sealed: object) -> tuple[bytes, bytes]:
    # A damaged page can yield a value of any type where bytes were stored.
    if not isinstance(key, bytes) or not isinstance(sealed, bytes):
        raise DamagedError("a value of another type")
    encoded = sealed[_SEAL:]
    if zlib.crc32(encoded, zlib.crc32(key)).to_bytes(_SEAL, "big") != sealed[:_SEAL]:
        raise DamagedError("checksum")
    return key, encoded
