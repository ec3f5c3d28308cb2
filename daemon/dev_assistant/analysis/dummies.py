"""Values that stand where a secret will be, or that are known to everybody."""

from __future__ import annotations

import hashlib
import re

_WORDS = re.compile(
    rb"example|change|dummy|placeholder|redacted|sample|insecure|fake|mock|test|todo|secret|passw|tiger|your|here"
    rb"|xxxx|0000|1111|012345|123456|abcdef|qwert|foobar|deadbeef|\.\.\.|\*\*\*|[<>{}\[\]]|\$\(|%\(|%s",
    re.IGNORECASE,
)
_PLAIN = frozenset(
    {b"admin", b"bar", b"baz", b"foo", b"guest", b"hunter2", b"password", b"pass", b"postgres", b"pw", b"pwd"}
    | {b"root", b"secret", b"tiger", b"user", b"xxx"}
)
_PUBLISHED = frozenset(
    {
        "02849f2ed7dc1f4b",  # requests-oauthlib's documentation
        "20e88191d76dc156",  # the key of Azure's storage emulator, the same everywhere
        "8eb5d57d786f118d",  # the signature of the token on jwt.io
        "9a119b06a213486f",  # RFC 6749
        "ad4a61cabb595d3a",  # OAuth 1.0's guides
        "e6d1b65208cb54f6",  # RFC 6749
    }
)
"""Digests (blake2b, 8 bytes) of values that documentation gives to everybody."""
_LOCAL = re.compile(
    rb"localhost|127\.[0-9.]+|0\.0\.0\.0|::1|host(?:name|ip)?[0-9]*|server[0-9]*|db[0-9]*|database|ip|[a-z]"
    rb"|(?:.*\.)?(?:example(?:\.[a-z]+)?|test|invalid|local|localhost|localdomain)",
    re.IGNORECASE,
)
"""Names that are reserved (RFC 2606, RFC 6762) or no names of machines, and this machine."""


def is_dummy(value: bytes) -> bool:
    """Whether nobody would take the value for a real secret."""
    if value.lower() in _PLAIN or _WORDS.search(value):
        return True
    if hashlib.blake2b(value, digest_size=8).hexdigest() in _PUBLISHED:
        return True
    return b"$" in value[:1] or b"%" in value[:1]


def is_local(host: bytes) -> bool:
    """Whether a password for the host is of no use to anybody else."""
    return _LOCAL.fullmatch(host) is not None
