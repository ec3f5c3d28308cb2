"""What differs between two judgements, by findings and not by lines: new, fixed and kept.

A finding is the same as another one of the same file, rule and message without its numbers
(``identity.normalised``), wherever in the file it stands. Of equal ones only the number counts, so that of
three where two were the last one is new. What files have in common goes by file and rule alone: its message
names places in other files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from dev_assistant.report.documents import CheckDocument, FindingRow
from dev_assistant.report.identity import normalised
from dev_assistant.report.merge import Key


class Kind(NamedTuple):
    """What makes findings of one file equal; ``message`` is normalised, "" for what files have in common."""

    rule: str
    message: str


Known = Mapping[Key, Mapping[Kind, int]]
"""How often each kind is in each file that has any."""


class Located(NamedTuple):
    """A finding, and the (project, path) of its file."""

    key: Key
    finding: FindingRow


class Lost(NamedTuple):
    """``times`` a kind is no more in the file that was ``key``."""

    key: Key
    kind: Kind
    times: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """``new`` in the order of the document, ``fixed`` by name; ``moved`` is by the file's present name."""

    new: tuple[Located, ...]
    fixed: tuple[Lost, ...]
    kept: int
    moved: Mapping[Key, Key]


def known(document: CheckDocument) -> dict[Key, Counter[Kind]]:
    """The kinds of each file that has findings."""
    found: dict[Key, Counter[Kind]] = {}
    for key, kind, _ in _all(document):
        found.setdefault(key, Counter())[kind] += 1
    return found


def compare(base: Known, document: CheckDocument, *, moved: Mapping[Key, Key]) -> Comparison:
    """``document`` against what was ``known``; ``moved`` says which file became which (``moves``)."""
    left = {key: Counter(kinds) for key, kinds in base.items()}
    new: list[Located] = []
    kept = 0
    for key, kind, finding in _all(document):
        known_here = left.get(moved.get(key, key), Counter())
        if known_here[kind] > 0:
            known_here[kind] -= 1
            kept += 1
        else:
            new.append(Located(key, finding))
    return Comparison(tuple(new), tuple(_lost(left)), kept, moved)


def _lost(left: Known) -> Iterator[Lost]:
    for key, kinds in sorted(left.items()):
        for kind, times in sorted(kinds.items()):
            if times > 0:
                yield Lost(key, kind, times)


def _all(document: CheckDocument) -> Iterable[tuple[Key, Kind, FindingRow]]:
    own = (
        ((file.project, file.path), Kind(finding.rule, _message(finding, file.path)), finding)
        for file in document.files
        for finding in file.findings
    )
    common = (((row.project, row.path), Kind(row.rule, ""), row) for row in document.project_findings)
    return chain(own, common)


def _message(finding: FindingRow, path: str) -> str:
    """Normalised, and without the file's own path, which changes when it is moved (INP001)."""
    return normalised(finding.message.replace(f"`{path}`", "``"))
