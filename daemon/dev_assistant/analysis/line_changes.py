"""How many lines differ between two versions of a text, in linear time.

Lines are compared as a multiset, not in order: a line that only moved has not changed. Hence the number is
never larger than that of a diff that keeps the order, and equal to it where nothing moved; and no text takes
quadratic time, which Myers' algorithm and difflib can be made to take.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator

LARGEST = 2 << 20
"""Bytes of a version; of larger ones nothing is said."""


def changed_lines(old: bytes, new: bytes) -> int | None:
    """Lines removed and lines added, both counted, as ``git diff --numstat`` does.

    How lines end makes no difference, but for a last line without an end. None where there are no lines to
    compare: a version has a NUL byte, as git tells binary files too, or more than ``LARGEST`` bytes.
    """
    if max(len(old), len(new)) > LARGEST or b"\0" in old or b"\0" in new:
        return None
    left = Counter(_lines(old))
    added = 0
    for line in _lines(new):
        if left[line]:
            left[line] -= 1
        else:
            added += 1
    return added + left.total()


def _lines(text: bytes) -> Iterator[bytes]:
    return iter(io.BytesIO(text.replace(b"\r\n", b"\n")))
