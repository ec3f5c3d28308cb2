"""Literals that look random, assigned to a name that says secret.

Random is: at least 16 characters of a token's alphabet, letters and digits both, Shannon entropy of at least
3.0 bits a character for hexadecimal digits and 3.5 for others, and a change between capitals, small letters
and digits at every fifth pair of neighbours at least. Of random base62 characters 64 pairs in 100 differ (two
of 62 are in one class with probability (26² + 26² + 10²) / 62²), of words and paths few; 16 characters can
have 4 bits at most. A secret of small letters alone is missed.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from dev_assistant.analysis import secret_rules as rules
from dev_assistant.analysis.dummies import is_dummy
from dev_assistant.analysis.secret_shapes import Place

_WORDS = (
    *(b"passw", b"pwd", b"secret", b"token", b"apikey", b"api_key", b"api-key", b"access_key", b"accesskey"),
    *(b"private_key", b"auth_key", b"account_key"),
)
_ASSIGNED = re.compile(
    rb"([\w.-]{0,32}+)[\"'\]]{0,2}[ \t]{0,8}"  # the rest of the name
    rb"(?::[ ]?[A-Za-z][\w.]{0,30}+[ ]?(?==))?"  # an annotation
    rb"(?::=|=>|={1,3}|:)[ \t]{0,8}[bBrRuU]{0,2}"
    rb"(?:\"([^\s\"'`]{16,256}+)\"|'([^\s\"'`]{16,256}+)'|`([^\s\"'`]{16,256}+)`"
    rb"|([^\s\"'`;,(){}]{16,256}+)[ \t\r]*+$)",
    re.MULTILINE,
)
_AWS = re.compile(
    rb"secret_?access_?key[\"'\]]{0,2}[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}[\"']?"
    rb"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    re.IGNORECASE,
)
_OTHER_USE = re.compile(
    rb"(?:arn|class|count|digest|endpoint|env|field|file|fingerprint|hash|header|hint|host|id|ids|label|length|limit|md5"
    rb"|name|path|pattern|policy|prefix|regex|sha1|sha256|sha512|sum|type|uri|url|version)s?$",
    re.IGNORECASE,
)
"""Behind the word: what only names, places, measures or derives from a secret."""
_OTHER_TOKEN = re.compile(
    rb"(?:client|client_?request|continuation|csrf|csrf_?middleware|next|page|pagination|public"
    rb"|verification)[_-]?$",
    re.IGNORECASE,
)
"""Before ``token``: one that counts pages or requests, or is made public."""
_UNQUOTED = (".cfg", ".conf", ".env", ".ini", ".properties", ".sh", ".tfvars", ".yaml", ".yml")
"""Kinds of file in which a value needs no quotes."""
_ALPHABET = re.compile(rb"[A-Za-z0-9+/=_.~!@#$^&*-]+")
_HEX = re.compile(rb"[0-9a-fA-F]+")
_UUID = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_CLASSES = bytes.maketrans(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", b"A" * 26 + b"a" * 26 + b"0" * 10
)
_LEAST_BITS = 3.5
_LEAST_BITS_HEX = 3.0
_LEAST_CHANGES = 0.2


def found_assigned(name: str, data: bytes) -> Iterator[Place]:
    """Assignments in the file ``name``, word by word; the same value may come more than once."""
    lower = data.lower()
    unquoted = name.lower().endswith(_UNQUOTED) or ".env" in name.lower()
    for word in _WORDS:
        position = lower.find(word)
        while position >= 0:
            place = _at(data, position, word, unquoted=unquoted)
            if place:
                yield place
            position = lower.find(word, place.end if place else position + len(word))


def _at(data: bytes, position: int, word: bytes, *, unquoted: bool) -> Place | None:
    aws = _AWS.match(data, position) if word == b"secret" else None
    if aws and not is_dummy(aws.group(1)):
        return Place(*aws.span(1), rules.AWS_SECRET, "AWS secret access key")
    match = _ASSIGNED.match(data, position + len(word))
    if match is None or (match.group(5) and not unquoted):
        return None
    if _OTHER_USE.search(match.group(1)):
        return None
    if word == b"token" and _OTHER_TOKEN.search(data[max(0, position - 24) : position]):
        return None
    if not is_random(match.group(match.lastindex or 0)):
        return None
    return Place(
        *match.span(match.lastindex or 0),
        rules.ASSIGNED,
        "random-looking literal assigned to a secret's name",
    )


def is_random(value: bytes) -> bool:
    """Whether a value looks as if it had been generated, by the measure above."""
    if not _ALPHABET.fullmatch(value) or _UUID.fullmatch(value) or is_dummy(value):
        return False
    if value.startswith(b"eyJ") and b"." in value:  # a JSON Web Token, whole or cut: judged by its shape
        return False
    classes = value.translate(_CLASSES)
    if b"0" not in classes or not (b"a" in classes or b"A" in classes):
        return False
    least = _LEAST_BITS_HEX if _HEX.fullmatch(value) else _LEAST_BITS
    return entropy(value) >= least and _changes(classes) >= _LEAST_CHANGES


def entropy(value: bytes) -> float:
    """Shannon's, in bits a character, by the value's own frequencies; 0 for none."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


def _changes(classes: bytes) -> float:
    """How often neighbours are of different classes, without the separators between words."""
    plain = [code for code in classes if code in b"Aa0"]
    pairs = len(plain) - 1
    return sum(plain[i] != plain[i + 1] for i in range(pairs)) / pairs if pairs > 0 else 0.0
