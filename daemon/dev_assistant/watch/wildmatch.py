"""One segment of a gitignore pattern as a regular expression, with git's rules and not those of fnmatch.

Every ``*`` but the last is an atomic group: a pattern of a hostile tree takes no exponential time. Text is
bytes as latin-1, for git matches bytes: ``?`` is one byte.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

_SPECIAL = frozenset("*?[\\")
_CLASSES = {
    "alnum": string.ascii_letters + string.digits,
    "alpha": string.ascii_letters,
    "blank": " \t",
    "cntrl": "".join(map(chr, (*range(32), 127))),
    "digit": string.digits,
    "graph": "".join(map(chr, range(33, 127))),
    "lower": string.ascii_lowercase,
    "print": "".join(map(chr, range(32, 127))),
    "punct": string.punctuation,
    "space": string.whitespace,
    "upper": string.ascii_uppercase,
    "xdigit": string.hexdigits,
}


@dataclass(frozen=True, slots=True)
class Glob:
    """``expression`` matches the whole name; ``literal`` or ``suffix`` when it is as plain as that."""

    expression: str
    literal: str | None = None
    suffix: str | None = None

    def matches(self, text: str) -> bool:
        if self.literal is not None:
            return text == self.literal
        return re.fullmatch(self.expression, text, re.DOTALL) is not None


def translate(segment: str) -> Glob | None:
    """The glob of a segment without slashes; None for one that matches nothing (empty, ``[`` left open)."""
    if not segment:
        return None
    if _SPECIAL.isdisjoint(segment):
        return Glob(re.escape(segment), literal=segment)
    chunks = _chunks(segment)
    if chunks is None:
        return None
    rest = segment[1:]
    suffix = rest if segment[0] == "*" and rest and _SPECIAL.isdisjoint(rest) else None
    return Glob(_joined(chunks), suffix=suffix)


def _joined(chunks: list[str]) -> str:
    """The leftmost place is good enough for every chunk but the last, so none of them is tried twice."""
    if len(chunks) == 1:
        return chunks[0]
    head, *middle, tail = chunks
    return head + "".join(f"(?>.*?{chunk})" for chunk in middle) + ".*" + tail


def _chunks(segment: str) -> list[str] | None:
    """The expressions between the stars; a run of stars counts as one."""
    chunks = [""]
    at = 0
    while at < len(segment):
        char = segment[at]
        at += 1
        if char == "*":
            if len(chunks) == 1 or chunks[-1]:
                chunks.append("")
        elif char == "?":
            chunks[-1] += "."
        elif char == "[":
            bracket = _bracket(segment, at)
            if bracket is None:
                return None
            expression, at = bracket
            chunks[-1] += expression
        elif char == "\\":
            if at == len(segment):
                return None
            chunks[-1] += re.escape(segment[at])
            at += 1
        else:
            chunks[-1] += re.escape(char)
    return chunks


def _bracket(text: str, at: int) -> tuple[str, int] | None:
    """The set that opens before ``at`` and the place after its ``]``; None when it does not end."""
    negated = text[at : at + 1] in {"!", "^"}
    reader = _Set(text, at + negated)
    if not reader.read():
        return None
    members = "".join(f"\\x{code:02x}" for code in sorted(reader.members))
    if negated:
        return (f"[^{members}]" if members else "."), reader.at
    return (f"[{members}]" if members else "(?!)"), reader.at


class _Set:
    """Reads the inside of a bracket expression, one member at a time."""

    __slots__ = ("_previous", "_text", "at", "members")

    def __init__(self, text: str, at: int) -> None:
        self._text = text
        self._previous: str | None = None
        self.at = at
        self.members: set[int] = set()

    def read(self) -> bool:
        """True when the set was whole: ``at`` is then behind its ``]`` (a first one is a member)."""
        first = True
        while self.at < len(self._text):
            if self._text[self.at] == "]" and not first:
                self.at += 1
                return True
            first = False
            if not self._member():
                return False
        return False

    def _member(self) -> bool:
        text, at = self._text, self.at
        if text[at] == "-" and self._previous is not None and text[at + 1 : at + 2] not in {"", "]"}:
            return self._range()
        if text.startswith("[:", at):
            end = text.find("]", at + 2)
            if end < 0:
                return False
            if end > at + 2 and text[end - 1] == ":":
                return self._class(text[at + 2 : end - 1], end + 1)
        return self._one()

    def _one(self) -> bool:
        char = self._char()
        if char is None:
            return False
        self.members.add(ord(char))
        self._previous = char
        return True

    def _range(self) -> bool:
        self.at += 1
        last = self._char()
        if last is None or self._previous is None:
            return False
        self.members.update(range(ord(self._previous), ord(last) + 1))
        self._previous = None
        return True

    def _class(self, name: str, end: int) -> bool:
        if name not in _CLASSES:
            return False
        self.members.update(map(ord, _CLASSES[name]))
        self._previous = None
        self.at = end
        return True

    def _char(self) -> str | None:
        """The next character, behind a backslash if there is one."""
        if self._text[self.at] == "\\":
            self.at += 1
        char = self._text[self.at : self.at + 1]
        self.at += 1
        return char or None
