"""Secrets whose shape is documented by who issues them.

Every pattern begins with a literal, which ``re`` searches at more than a gigabyte a second, then refuses to
begin inside a word, and repeats nothing in more than one way: time is linear in the text. A match is a
secret only if ``proof`` says so as well.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dev_assistant.analysis import secret_rules as rules
from dev_assistant.analysis.dummies import is_dummy, is_local
from dev_assistant.analysis.rules import Rule

_BASE62 = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECKSUM = 6
"""Digits of the checksum at the end of a token."""
_KEY_HEAD = 400
"""Bytes after the BEGIN line in which a key's base64 has begun: armour may have headers."""
_DATABASES = frozenset(
    {
        b"amqp",
        b"amqps",
        b"clickhouse",
        b"cockroachdb",
        b"db2",
        b"ldap",
        b"ldaps",
        b"mariadb",
        b"mongodb",
        b"mssql",
    }
    | {
        b"mysql",
        b"nats",
        b"oracle",
        b"postgres",
        b"postgresql",
        b"redis",
        b"rediss",
        b"redshift",
        b"snowflake",
    }
)
_CLAIM = re.compile(rb'"(?:aud|exp|iat|iss|jti|nbf|sub)"')
"""Registered claims (RFC 7519, 4.1): a token that logs somebody in has one, a demonstration seldom."""


class Place(NamedTuple):
    """Bytes from ``start`` up to ``end`` are a secret of this rule; ``kind`` is how people call it."""

    start: int
    end: int
    rule: Rule
    kind: str


def _plausible(match: re.Match[bytes]) -> bool:
    return not is_dummy(match.group())


@dataclass(frozen=True, slots=True)
class Shape:
    rule: Rule
    kind: str
    pattern: re.Pattern[bytes]
    proof: Callable[[re.Match[bytes]], bool] = _plausible


def found_shapes(data: bytes) -> Iterator[Place]:
    """Every secret of a known shape, shape by shape."""
    for shape in SHAPES:
        for match in shape.pattern.finditer(data):
            if shape.proof(match):
                yield Place(match.start(), match.end(), shape.rule, shape.kind)


def checksum(body: bytes) -> bytes:
    """CRC32 as six digits of base62, as GitHub and npm append it to the random part of a token."""
    rest = zlib.crc32(body)
    digits = bytearray()
    for _ in range(_CHECKSUM):
        rest, digit = divmod(rest, 62)
        digits.append(_BASE62[digit])
    return bytes(reversed(digits))


def _checks_out(match: re.Match[bytes]) -> bool:
    body = match.group(1)
    return body[-_CHECKSUM:] == checksum(body[:-_CHECKSUM])


def _has_body(match: re.Match[bytes]) -> bool:
    """Code that only looks for BEGIN lines has no base64 behind them."""
    head, _, _ = match.string[match.end() : match.end() + _KEY_HEAD].partition(b"-----END")
    body = re.search(rb"[A-Za-z0-9+/=]{40}", head)
    return body is not None and not is_dummy(body.group())


def _is_signed(match: re.Match[bytes]) -> bool:
    header, claims, signature = match.group().split(b".")
    return b'"alg"' in _plain(header) and bool(_CLAIM.search(_plain(claims))) and not is_dummy(signature)


def _plain(part: bytes) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError:
        return b""


def _is_account_key(match: re.Match[bytes]) -> bool:
    return not is_dummy(match.group(1))


def _opens_database(match: re.Match[bytes]) -> bool:
    user, password, host = match.groups()
    before = match.string[max(0, match.start() - 24) : match.start()]
    scheme = re.search(rb"([A-Za-z][A-Za-z0-9]*)(?:\+[A-Za-z0-9_]+)?$", before)
    if scheme is None or scheme.group(1).lower() not in _DATABASES:
        return False
    return password != user and not is_dummy(password) and not is_local(host)


def _shape(
    rule: Rule, kind: str, begin: str, rest: str, proof: Callable[[re.Match[bytes]], bool] = _plausible
) -> Shape:
    """``begin`` is a plain literal, and not preceded by a letter, digit, ``_`` or ``-``."""
    pattern = f"{re.escape(begin)}(?<![A-Za-z0-9_-]{re.escape(begin)}){rest}"
    return Shape(rule, kind, re.compile(pattern.encode("ascii")), proof)


_END = "(?![A-Za-z0-9])"
_WORD = "[A-Za-z0-9_-]"
_TOKEN36 = f"([A-Za-z0-9]{{36}}){_END}"
_GITHUB_KINDS = {
    "ghp_": "GitHub personal access token",
    "gho_": "GitHub OAuth token",
    "ghu_": "GitHub user token of an app",
    "ghs_": "GitHub installation token",
    "ghr_": "GitHub refresh token",
}
SHAPES = (
    _shape(
        rules.PRIVATE_KEY,
        "private key",
        "-----BEGIN ",
        "(?:[A-Z0-9]{1,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----",
        _has_body,
    ),
    _shape(rules.AWS_KEY_ID, "AWS access key id", "AKIA", f"[A-Z2-7]{{16}}{_END}"),
    _shape(rules.AWS_KEY_ID, "temporary AWS access key id", "ASIA", f"[A-Z2-7]{{16}}{_END}"),
    *(_shape(rules.GITHUB, kind, begin, _TOKEN36, _checks_out) for begin, kind in _GITHUB_KINDS.items()),
    _shape(
        rules.GITHUB,
        "signed GitHub installation token",
        "ghs_",
        rf"[0-9]{{1,12}}_eyJ{_WORD}{{10,}}+\.eyJ{_WORD}{{10,}}+\.{_WORD}{{43,}}+",
    ),
    _shape(
        rules.GITHUB,
        "fine-grained GitHub token",
        "github_pat_",
        f"[A-Za-z0-9]{{22}}_[A-Za-z0-9]{{59}}{_END}",
    ),
    _shape(
        rules.GITLAB,
        "GitLab personal access token",
        "glpat-",
        rf"{_WORD}{{20,300}}+(?:\.[0-9a-z]{{2}}\.[0-9a-z]{{9}})?{_END}",
    ),
    _shape(rules.SLACK, "Slack token", "xox", "[abeoprs]-(?:[0-9]{8,13}-){1,3}[A-Za-z0-9]{20,}+"),
    _shape(
        rules.SLACK,
        "Slack webhook",
        "hooks.slack.com/services/",
        "T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{24}",
    ),
    _shape(rules.STRIPE, "live Stripe secret key", "sk_live_", "[A-Za-z0-9]{24,}+"),
    _shape(rules.STRIPE, "live Stripe restricted key", "rk_live_", "[A-Za-z0-9]{24,}+"),
    _shape(rules.GOOGLE, "Google API key", "AIza", f"{_WORD}{{35}}(?!{_WORD})"),
    _shape(
        rules.PYPI,
        "PyPI upload token",
        "pypi-AgE",
        f"(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw){_WORD}{{50,}}+",
    ),
    _shape(rules.NPM, "npm access token", "npm_", _TOKEN36, _checks_out),
    _shape(
        rules.JWT,
        "signed JSON Web Token",
        "eyJ",
        rf"{_WORD}{{10,}}+\.eyJ{_WORD}{{10,}}+\.{_WORD}{{43,}}+",
        _is_signed,
    ),
    _shape(rules.AZURE, "Azure storage key", "AccountKey=", "([A-Za-z0-9+/]{86}==)", _is_account_key),
    _shape(rules.TWILIO, "Twilio API key", "SK", f"[0-9a-f]{{32}}{_END}"),
    _shape(rules.SENDGRID, "SendGrid API key", "SG.", rf"{_WORD}{{22}}\.{_WORD}{{43}}(?!{_WORD})"),
    Shape(
        rules.URL_PASSWORD,
        "password in the URL of a database or broker",
        re.compile(rb"://([^\s:/@\"'<>]{0,64}):([^\s/@\"'<>]{3,128})@([A-Za-z0-9.-]{1,253})"),
        _opens_database,
    ),
)
