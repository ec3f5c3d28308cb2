"""A function's body without what a copy changes: names and literals (type-2 clones).

Roy and Cordy, "A Survey on Software Clone Detection Research", Queen's University 2007-541, section 2.3.1.
"""

from __future__ import annotations

import hashlib
import itertools
import keyword
import re
from collections import defaultdict
from collections.abc import Sequence

from dev_assistant.analysis.structure.facts import Body
from dev_assistant.analysis.structure.logical_lines import Line
from dev_assistant.analysis.structure.rules import MIN_STATEMENTS

_WORD = re.compile(rb"\.?[\w\x80-\xff]+\(?")
_WORDS_AND_BLANKS = bytes(
    code
    for code in range(256)
    if code >= 0x80 or chr(code).isalnum() or chr(code) in "_ \t\f\\\n"  # noqa: PLR2004
)
_KEPT = {word.encode(): word.encode() for word in (*keyword.kwlist, *keyword.softkwlist)}
_SMALL = b"abcdefghijklmnopqrstuvwxyz_" + bytes(range(0x80, 0x100))
_DIGITS = b"0123456789"
_CALL = ord("(")


def body(lines: Sequence[Line]) -> Body | None:
    """The body of these lines (without header and docstring), or None when it is too short to be compared.

    Small names that are neither called nor attributes are numbered as they appear. Capitalised ones are
    classes and constants: what differs in them is not a copy.
    """
    if len(lines) < MIN_STATEMENTS:
        return None
    text = b";".join([line.text for line in lines])
    base = lines[0].indent
    digest = hashlib.blake2b(b",".join([b"%d" % (line.indent - base) for line in lines]), digest_size=8)
    digest.update(text.translate(None, _WORDS_AND_BLANKS) + b"\n")
    digest.update(b" ".join(_normalised(_WORD.findall(text))))
    return Body(digest.digest(), len(lines))


def _normalised(words: list[bytes]) -> list[bytes]:
    names = defaultdict(map(b"%d".__mod__, itertools.count()).__next__, _KEPT)
    return [
        (names[word] if word[-1] != _CALL else word)
        if word[0] in _SMALL
        else b"0"
        if word[0] in _DIGITS or word[1:2].isdigit()
        else word
        for word in words
    ]
