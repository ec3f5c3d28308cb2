"""Which file became which, when some are gone and others are new: equal bytes first, then the most alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from dev_assistant.analysis.likeness import Sketch, likeness
from dev_assistant.report.merge import Key

LEAST_ALIKE = 0.5
"""As git has it (``--find-renames``): half of the lines."""


def moves(gone: Mapping[Key, Sketch], new: Mapping[Key, Sketch]) -> dict[Key, Key]:
    """For each new file that was moved the one that it was; no file is taken twice. Ties go by name."""
    pairs = sorted(
        _alike(gone, new), key=lambda pair: (-pair[0], _name(pair[1]) != _name(pair[2]), pair[1], pair[2])
    )
    before: dict[Key, Key] = {}
    taken: set[Key] = set()
    for _, old, now in pairs:
        if old not in taken and now not in before:
            before[now] = old
            taken.add(old)
    return before


def _alike(gone: Mapping[Key, Sketch], new: Mapping[Key, Sketch]) -> Iterator[tuple[float, Key, Key]]:
    """(likeness, old, new); only files that share a line or all bytes are compared."""
    holders: defaultdict[str, list[Key]] = defaultdict(list)
    for key, sketch in gone.items():
        for each in (sketch.digest, *sketch.hashes):
            holders[each].append(key)
    for now, sketch in new.items():
        shared = Counter(old for each in (sketch.digest, *sketch.hashes) for old in holders.get(each, ()))
        for old in shared:
            alike = likeness(gone[old], sketch)
            if alike >= LEAST_ALIKE:
                yield alike, old, now


def _name(key: Key) -> str:
    return key[1].rpartition("/")[2]
