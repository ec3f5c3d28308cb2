"""Which part of a whole a run looked at, when several machines share the work.

A file's part is told by a digest of its project and path: no machine has to know what the others do.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from dev_assistant.report.canonical import encode, text

MOST: Final = 1_000
"""Parts of a whole."""

_WRITTEN = re.compile(r"(\d{1,4})/(\d{1,4})")


@dataclass(frozen=True, slots=True, order=True)
class Shard:
    """The part ``index``, from 1, of ``of``."""

    index: int
    of: int

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    def holds(self, project: str, path: str) -> bool:
        """Whether a file is in this part."""
        if self.of == 1:
            return True
        named = encode([text(project), text(path)])
        number = int.from_bytes(hashlib.blake2b(named, digest_size=8).digest())
        return number % self.of == self.index - 1


WHOLE: Final = Shard(1, 1)


def shard(written: str) -> Shard:
    """From ``2/3``. Raises ValueError, which says what would be right."""
    match = _WRITTEN.fullmatch(written)
    index, of = map(int, match.groups()) if match else (0, 0)
    if not 1 <= index <= of <= MOST:
        raise ValueError(f"a shard is I/N with 1 <= I <= N <= {MOST}, not {written!r}")
    return Shard(index, of)


def missing(parts: Collection[Shard]) -> tuple[Shard, ...]:
    """What ``parts`` lack to be the whole, of the division that lacks least; nothing when they are it."""
    lacking = (
        tuple(Shard(index, of) for index in range(1, of + 1) if Shard(index, of) not in parts)
        for of in sorted({part.of for part in parts})
    )
    return min(lacking, key=len, default=(WHOLE,))
