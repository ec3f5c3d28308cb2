"""How deep brackets are nested, in linear time and without recursion: asked before a parser that recurses."""

from __future__ import annotations

import re
from itertools import accumulate

_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_NO_BRACKET = re.compile(r"[^\[\]{}]++")


def too_deep(text: str, literals: re.Pattern[str], *, deepest: int) -> int | None:
    """The offset of the bracket that opens level ``deepest`` + 1; None when there is none.

    ``literals`` matches whatever holds brackets that do not count (strings, comments), at its first
    character, and never fails late. In a broken text the depth may be too large, never too small up to the
    place where a parser stops.
    """
    if text.count("[") + text.count("{") <= deepest:
        return None
    brackets = _NO_BRACKET.sub("", literals.sub("", text))
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) <= deepest:
        return None
    return _opening(text, literals, deepest)


def _opening(text: str, literals: re.Pattern[str], deepest: int) -> int | None:
    pieces = re.compile(rf"(?P<skipped>{literals.pattern})|[\[\]{{}}]", literals.flags)
    depth = 0
    for match in pieces.finditer(text):
        if match["skipped"] is None:
            depth += _STEPS[match.group()]
            if depth > deepest:
                return match.start()
    return None
