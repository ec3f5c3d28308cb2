"""Functions of a project whose bodies are the same but for names and literals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from dev_assistant.analysis.structure.outline import Copy
from dev_assistant.analysis.structure.rules import DUPLICATE_BODY
from dev_assistant.escape import visible
from dev_assistant.model import Finding, RelPath

_LONGEST_PATH = 80


class Place(NamedTuple):
    """One of the functions that share a body."""

    path: RelPath
    copy: Copy


Group = tuple[Place, ...]


class Bodies:
    """Which files hold which bodies. ``copies`` tells those of a file that was put.

    A change of a file costs its own bodies, and a look at the files that share any.
    """

    def __init__(self, copies: Callable[[RelPath], Sequence[Copy]]) -> None:
        self._copies = copies
        self._holders: dict[bytes, tuple[RelPath, ...]] = {}

    def put(self, path: RelPath) -> None:
        """Take in the bodies of a file; those that it had before were dropped."""
        alone = (path,)
        for copy in self._copies(path):
            others = self._holders.get(copy.body.digest)
            self._holders[copy.body.digest] = (*others, path) if others else alone

    def drop(self, path: RelPath) -> None:
        """Forget a file; its ``copies`` are still those that were put."""
        for digest in {copy.body.digest for copy in self._copies(path)}:
            others = tuple(holder for holder in self._holders.pop(digest) if holder != path)
            if others:
                self._holders[digest] = others

    def groups(self) -> tuple[Group, ...]:
        """Groups of two or more, in the order of their first places."""
        shared = {digest for digest, holders in self._holders.items() if len(holders) > 1}
        groups: dict[bytes, list[Place]] = {}
        for path in sorted({path for digest in shared for path in self._holders[digest]}):
            for copy in sorted(self._copies(path), key=lambda each: each.span):
                if copy.body.digest in shared:
                    groups.setdefault(copy.body.digest, []).append(Place(path, copy))
        return tuple(map(tuple, groups.values()))


def duplicate_findings(groups: Iterable[Group]) -> Iterator[tuple[RelPath, Finding]]:
    """One for each place of each group; it names the first other one."""
    for group in groups:
        for place in group:
            other = group[1] if place is group[0] else group[0]
            yield place.path, DUPLICATE_BODY.at(place.copy.span, _message(place, other, len(group)))


def _message(place: Place, other: Place, places: int) -> str:
    named = f"{other.copy.name} ({visible(other.path)[-_LONGEST_PATH:]}:{other.copy.span.line})"
    more = f" and {places - 2} more" if places > 2 else ""  # noqa: PLR2004  # this one and the named one
    statements = place.copy.body.statements
    return f"{place.copy.name} has the same {statements} statements as {named}{more}"
