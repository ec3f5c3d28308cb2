"""How long work will probably take, by what it took: a line through size for each kind, and exceptions.

A kind is learned from whole batches, since the time of one file in a batch is known to nobody. What was
measured fades with the work that came after it, not with its age: a thousand small saves are not to outweigh
the scan from which a batch's size is known.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

_PER_FILE: Final = 0.0005
_PER_BYTE: Final = 0.25e-6
"""Seconds, until something was measured: those of a large run of ruff, and of an analysis of structure."""

_PRIOR_FILES: Final = 4.0
_PRIOR_BYTES: Final = 40_000.0
"""What is assumed counts as much as a measured batch of so many files and bytes."""

_HALF_LIFE: Final = 10.0
"""Seconds of measured work after which a measurement counts half."""

_REMARKABLE: Final = 2.0
"""A file that takes so many times what its size says, or its inverse, is remembered by itself."""

_REMEMBERED: Final = 4096


class Piece(NamedTuple):
    """Something to be done: its identity, and its size in bytes."""

    key: Hashable
    size: int


@dataclass(slots=True)
class _Line:
    """``seconds = per_file * files + per_byte * bytes`` by least squares, from sums that fade.

    Sums of products, over batches: of files (f), bytes (b) and seconds (s).
    """

    ff: float = _PRIOR_FILES**2
    fb: float = 0.0
    bb: float = _PRIOR_BYTES**2
    fs: float = _PER_FILE * _PRIOR_FILES**2
    bs: float = _PER_BYTE * _PRIOR_BYTES**2

    def fit(self) -> tuple[float, float]:
        """Seconds for a file and for a byte, neither of them negative."""
        determinant = self.ff * self.bb - self.fb**2
        per_file = (self.fs * self.bb - self.bs * self.fb) / determinant
        per_byte = (self.bs * self.ff - self.fs * self.fb) / determinant
        if per_file < 0:
            return 0.0, self.bs / self.bb
        if per_byte < 0:
            return self.fs / self.ff, 0.0
        return per_file, per_byte

    def learn(self, files: float, size: float, seconds: float) -> None:
        kept = 0.5 ** (seconds / _HALF_LIFE)
        self.ff = kept * self.ff + files * files
        self.fb = kept * self.fb + files * size
        self.bb = kept * self.bb + size * size
        self.fs = kept * self.fs + files * seconds
        self.bs = kept * self.bs + size * seconds


class Costs:
    """Predicts and learns, for any thread: a prediction takes about a microsecond."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, _Line] = {}
        self._fits: dict[str, tuple[float, float]] = {}
        self._remarkable: OrderedDict[tuple[str, Hashable], float] = OrderedDict()
        self._unknown = _Line().fit()

    def predict(self, kind: str, piece: Piece) -> float:
        """Seconds that a piece of work of this kind will take within a batch."""
        known = self._remarkable.get((kind, piece.key))
        return self._by_size(kind, piece) if known is None else known

    def learn(self, kind: str, pieces: Iterable[Piece], seconds: float) -> None:
        """These pieces, done together, took ``seconds``: each its share by what was expected of it."""
        pieces = list(pieces)
        expected = [self.predict(kind, piece) for piece in pieces]
        total = sum(expected)
        if total <= 0:
            return
        with self._lock:
            for piece, each in zip(pieces, expected, strict=True):
                self._note(kind, piece, each * seconds / total)
            line = self._lines.setdefault(kind, _Line())
            line.learn(len(pieces), sum(piece.size for piece in pieces), seconds)
            self._fits[kind] = line.fit()

    def _by_size(self, kind: str, piece: Piece) -> float:
        per_file, per_byte = self._fits.get(kind, self._unknown)
        return per_file + per_byte * piece.size

    def _note(self, kind: str, piece: Piece, seconds: float) -> None:
        """The last duration is remembered where the size does not tell it."""
        key, usual = (kind, piece.key), self._by_size(kind, piece)
        self._remarkable.pop(key, None)
        if not usual / _REMARKABLE <= seconds <= usual * _REMARKABLE:
            self._remarkable[key] = seconds
            if len(self._remarkable) > _REMEMBERED:
                self._remarkable.popitem(last=False)
