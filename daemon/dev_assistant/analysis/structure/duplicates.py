"""Functions of a project whose bodies are the same but for names and literals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dev_assistant.analysis.structure.analyse import Copy
from dev_assistant.analysis.structure.rules import DUPLICATE_BODY, short
from dev_assistant.escape import visible
from dev_assistant.model import Finding, RelPath

_LONGEST_PATH = 80


class Place(NamedTuple):
    """One of the functions that share a body."""

    path: RelPath
    copy: Copy


def duplicates(copies: Mapping[RelPath, Sequence[Copy]]) -> list[tuple[Place, ...]]:
    """Groups of two or more, in the order of their first places. Linear in the number of functions."""
    groups: dict[str, list[Place]] = defaultdict(list)
    for path in sorted(copies):
        for copy in sorted(copies[path], key=lambda each: each.span):
            groups[copy.body.digest].append(Place(path, copy))
    return [tuple(group) for group in groups.values() if len(group) > 1]


def duplicate_findings(groups: Iterable[Sequence[Place]]) -> Iterator[tuple[RelPath, Finding]]:
    """One for each place of each group; it names the first other one."""
    for group in groups:
        for place in group:
            other = group[1] if place is group[0] else group[0]
            yield place.path, DUPLICATE_BODY.at(place.copy.span, _message(place, other, len(group)))


def _message(place: Place, other: Place, places: int) -> str:
    named = f"{short(other.copy.name)} ({visible(other.path)[-_LONGEST_PATH:]}:{other.copy.span.line})"
    more = f" and {places - 2} more" if places > 2 else ""  # noqa: PLR2004  # this one and the named one
    statements = place.copy.body.statements
    return f"{short(place.copy.name)} has the same {statements} statements as {named}{more}"
