"""How much of what was judged came from the cache, as the evidence tells it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dev_assistant.record.chain import Break, day_files, read_day


class Reuse(NamedTuple):
    """Verdicts on files that came from the cache, and those that were made."""

    hits: int = 0
    misses: int = 0


def reuse(directory: Path) -> Reuse:
    """Over all days that are kept; none without evidence. What is no evidence line tells nothing.

    Raises OSError.
    """
    hits = misses = 0
    for day in day_files(directory):
        for line in read_day(day):
            if isinstance(line, Break) or (line.verdict is None and not line.paths):
                continue
            files = len(line.paths) if line.paths else 1
            hits, misses = (hits + files, misses) if line.cached else (hits, misses + files)
    return Reuse(hits, misses)
