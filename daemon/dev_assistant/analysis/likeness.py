"""How alike two texts are, by a few bytes of each: enough to tell that a file was moved and edited.

A sketch holds the least hashes of a text's distinct lines (bottom-k sampling: Broder, "On the resemblance and
containment of documents", 1997). Indentation, blank lines and line ends are no part of it.
"""

from __future__ import annotations

import hashlib

import msgspec

from dev_assistant.files import digest_of
from dev_assistant.model import Digest

_HASHES = 32
"""Of a sketch: the standard error of ``likeness`` is at most 0.09."""

_WIDTH = 8  # hex digits of a hash


class Sketch(msgspec.Struct, frozen=True):
    """A text's digest, and its least line hashes in ascending order, 8 hex digits each, as one string."""

    digest: Digest
    lines: str

    @property
    def hashes(self) -> tuple[str, ...]:
        """One by one; what is no sketch of ours gives something that resembles nothing."""
        return tuple(
            self.lines[at : at + _WIDTH] for at in range(0, _HASHES * _WIDTH, _WIDTH) if self.lines[at:]
        )


def sketch_of(data: bytes) -> Sketch:
    """Costs a hash for each distinct line."""
    distinct = {line.strip() for line in data.splitlines()} - {b""}
    hashes = sorted({hashlib.blake2b(line, digest_size=_WIDTH // 2).hexdigest() for line in distinct})
    return Sketch(digest_of(data), "".join(hashes[:_HASHES]))


def likeness(one: Sketch, other: Sketch) -> float:
    """The estimated share of lines that both have among all lines of both, from 0 to 1."""
    if one.digest == other.digest:
        return 1.0
    mine, others = set(one.hashes), set(other.hashes)
    least = sorted(mine | others)[:_HASHES]
    return sum(each in mine and each in others for each in least) / len(least) if least else 0.0
