r"""Glob patterns as ruff's globset reads them, on the bytes of a path.

Not fnmatch and not gitignore: ``*`` and ``?`` cross ``/``, ``**/`` also matches nothing, ``{a,b}`` are
alternatives of which empty ones are dropped, and a pattern has to match the whole text. What globset does in
linear time must not take more here, for the patterns are a stranger's: alternatives are written out, and
every gap but the last is an atomic group.
"""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

_SPECIAL = re.compile(r"[*?\[\]{}\\]")
_ANY: Final = b".*"
_PREFIX: Final = b"(?:|.*/)"
_MIDDLE: Final = b"/(?:|.*/)"
_SUFFIX: Final = b"/.*"
_DEEPEST: Final = 16
_MOST_FORMS: Final = 1_000
_LONGEST: Final = 1 << 14  # four times the longest path

Piece: TypeAlias = "bytes | tuple[tuple[Piece, ...], ...]"
"""What matches one byte, a gap, or alternatives that are sequences of tokens themselves."""


class GlobError(ValueError):
    """A pattern that globset refuses as well, or one with too many alternatives."""


class GlobSet:
    """Many patterns asked at once. Literal ones, the common case, cost one look into a set."""

    __slots__ = ("_literals", "_pattern")

    def __init__(self, patterns: Iterable[str]) -> None:
        """Raises GlobError."""
        distinct = dict.fromkeys(patterns)
        self._literals = frozenset(p for p in distinct if not _SPECIAL.search(p))
        globs = [translate(p) for p in distinct if p not in self._literals]
        self._pattern = re.compile(b"|".join(globs), re.DOTALL) if globs else None

    def __bool__(self) -> bool:
        return bool(self._literals or self._pattern)

    def matches(self, text: str) -> bool:
        """Whether any pattern matches the whole of ``text``."""
        if text in self._literals:
            return True
        return self._pattern is not None and self._pattern.fullmatch(os.fsencode(text)) is not None


def translate(pattern: str) -> bytes:
    """The regular expression, for ``fullmatch`` with DOTALL. Raises GlobError."""
    return _Translation(os.fsencode(pattern)).whole()


class _Translation:
    """One pass over a pattern; ``_branches`` holds the tokens of each open alternative."""

    def __init__(self, pattern: bytes) -> None:
        self._text = pattern
        self._at = 0
        self._branches: list[list[list[Piece]]] = [[[]]]

    def whole(self) -> bytes:
        if len(self._text) > _LONGEST:
            raise GlobError(f"longer than {_LONGEST:,} bytes")
        while self._at < len(self._text):
            self._piece()
        if len(self._branches) > 1:
            raise GlobError("unclosed alternate group; missing '}'")
        tokens = tuple(self._branches[0][0])
        if tokens == (_PREFIX,):
            return _ANY
        if _count(tokens) > _MOST_FORMS:
            raise GlobError(f"more than {_MOST_FORMS:,} alternatives")
        return b"(?:" + b"|".join(map(_linear, dict.fromkeys(_written_out(tokens)))) + b")"

    def _tokens(self) -> list[Piece]:
        return self._branches[-1][-1]

    def _peek(self) -> bytes:
        return self._text[self._at : self._at + 1]

    def _take(self) -> bytes:
        char = self._peek()
        self._at += 1
        return char

    def _piece(self) -> None:
        match self._take():
            case b"*":
                self._star()
            case b"?":
                self._tokens().append(b".")
            case b"[":
                self._tokens().append(self._class())
            case b"{":
                self._open()
            case b"}":
                self._close()
            case b"," if len(self._branches) > 1:
                self._branches[-1].append([])
            case b"\\":
                self._escaped()
            case char:
                self._tokens().append(re.escape(char))

    def _open(self) -> None:
        if len(self._branches) > _DEEPEST:
            raise GlobError(f"alternatives nested more than {_DEEPEST} deep")
        self._branches.append([[]])

    def _close(self) -> None:
        if len(self._branches) == 1:
            raise GlobError("unopened alternate group; missing '{'")
        branches = tuple(tuple(tokens) for tokens in self._branches.pop() if tokens)
        if branches:
            self._tokens().append(branches)

    def _escaped(self) -> None:
        if not self._peek():
            raise GlobError("dangling '\\'")
        self._tokens().append(re.escape(self._take()))

    def _star(self) -> None:
        tokens = self._tokens()
        if self._peek() != b"*":
            tokens.append(_ANY)
            return
        self._at += 1
        following = self._peek()
        if not tokens:
            self._leading(tokens, following)
        elif tokens[-1] not in {b"/", _PREFIX, _MIDDLE, _SUFFIX}:
            tokens.append(_ANY)
        else:
            self._inner(tokens, following)

    def _leading(self, tokens: list[Piece], following: bytes) -> None:
        if following in {b"/", b""}:
            self._at += 1
            tokens.append(_PREFIX)
        else:
            tokens.append(_ANY)

    def _inner(self, tokens: list[Piece], following: bytes) -> None:
        """``**`` behind a separator: it takes the separators around it into itself."""
        last = not following or (len(self._branches) > 1 and following in {b",", b"}"})
        if not last and following != b"/":
            tokens.append(_ANY)
            return
        self._at += not last
        before = tokens.pop()
        if before in (_PREFIX, _SUFFIX):
            tokens.append(before)
        else:
            tokens.append(_SUFFIX if last else _MIDDLE)

    def _class(self) -> bytes:
        negated = self._peek() in {b"!", b"^"}
        self._at += negated
        end = self._text.find(b"]", self._at + 1)
        if end < 0:
            raise GlobError("unclosed character class; missing ']'")
        body = self._text[self._at : end]
        self._at = end + 1
        for low, high in re.findall(rb"(.)-(.)", body, re.DOTALL):
            if low > high:
                raise GlobError("invalid range in a character class")
        return b"[" + (b"^" if negated else b"") + re.sub(rb"([\\\[\]^&~|])", rb"\\\1", body) + b"]"


def _count(tokens: Iterable[Piece]) -> int:
    """How many sequences these stand for, one of every alternative taken."""
    choices = (token for token in tokens if isinstance(token, tuple))
    return math.prod(sum(map(_count, choice)) for choice in choices)


def _written_out(tokens: tuple[Piece, ...]) -> Iterator[tuple[bytes, ...]]:
    parts = [
        [form for branch in token for form in _written_out(branch)]
        if isinstance(token, tuple)
        else [(token,)]
        for token in tokens
    ]
    return (tuple(itertools.chain.from_iterable(form)) for form in itertools.product(*parts))


def _linear(tokens: tuple[bytes, ...]) -> bytes:
    """The leftmost place after a gap is good enough, but for the last one, so no place is tried twice."""
    chunks: list[tuple[bytes, bytes]] = [(b"", b"")]  # a gap, and what stands behind it
    for token in tokens:
        gap, behind = chunks[-1]
        chunks[-1] = gap, behind + (token.removesuffix(_tail(token)))
        if tail := _tail(token):
            _widen(chunks, tail)
    (_, first), *middle, last = [*chunks, (b"", b"")] if len(chunks) == 1 else chunks
    atomic = (b"(?>" + gap.replace(b".*", b".*?") + behind + b")" for gap, behind in middle)
    return first + b"".join(atomic) + b"".join(last)


def _tail(token: bytes) -> bytes:
    """The gap that a token ends with, or nothing."""
    return next((gap for gap in (_PREFIX, _ANY) if token.endswith(gap)), b"")


def _widen(chunks: list[tuple[bytes, bytes]], gap: bytes) -> None:
    """Begin a chunk behind a gap; with nothing between two gaps they are one, the wider of them."""
    before, behind = chunks[-1]
    if before and not behind:
        chunks[-1] = (_ANY if _ANY in (before, gap) else gap), b""
    else:
        chunks.append((gap, b""))
