"""Characters that change what a reviewer sees without showing themselves.

Bidirectional controls: the nine of CVE-2021-42574 (Boucher and Anderson, "Trojan Source", 2021). Invisible
characters: those of Unicode's Default_Ignorable_Code_Point that have been used to hide names or payloads in
source, where they are not part of how a script or an emoji is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CANDIDATE = re.compile(  # one class, which is searched ten times as fast as the alternatives below
    "[\u00ad\u115f\u1160\u180e\u200b-\u200d\u2060-\u2064\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
_INVISIBLE = re.compile(
    "[\u00ad\u115f\u1160\u180e\u200b\u2060-\u2064\u3164\ufeff\uffa0]"
    "|(?<=[\x21-\x7e])[\u200c\u200d]|[\u200c\u200d](?=[\x21-\x7e])"  # joiners belong between letters or emoji
    "|(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]++"  # tags: after a flag they are an emoji
    "|[\ufe00-\ufe0f\U000e0100-\U000e01ef]{2,}+"  # one variation selector is ordinary, a row is a payload
)


class Hidden(NamedTuple):
    """From ``start`` up to ``end`` (offsets); ``name`` is how people write the first character."""

    start: int
    end: int
    name: str


def bidi_controls(text: str) -> Iterator[Hidden]:
    """Embeddings, overrides and isolates, with their ends: the first of each line."""
    return _first_of_lines(_BIDI, text)


def invisible(text: str) -> Iterator[Hidden]:
    """Characters without a shape: the first of each line."""
    return _first_of_lines(_INVISIBLE, text) if _CANDIDATE.search(text) else iter(())


def _first_of_lines(pattern: re.Pattern[str], text: str) -> Iterator[Hidden]:
    line_end = -1
    for match in pattern.finditer(text):
        if match.start() > line_end:
            yield Hidden(match.start(), match.end(), f"U+{ord(match.group()[0]):04X}")
            line_end = text.find("\n", match.end())
            if line_end < 0:
                return
