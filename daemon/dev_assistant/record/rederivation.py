"""What was told of files against what is found now, from the same bytes under the same conditions.

A difference is only one if nothing that decides a verdict has changed: the bytes, the tool's version and the
basis. All else cannot be derived again, and it is said why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from dev_assistant.escape import path_text
from dev_assistant.model import Counts, FileState
from dev_assistant.ports import Evidence
from dev_assistant.record.history import Told
from dev_assistant.record.lines import line_of

_UNKNOWN = frozenset({FileState.FAILED.value, FileState.PENDING.value, FileState.STALE.value})


class Standing(NamedTuple):
    """How a file stands now that it was looked at without any cache."""

    state: str
    reason: str


class Difference(NamedTuple):
    """The evidence at ``file`` and ``line`` says ``told`` of ``path``; found was ``found``."""

    path: str
    file: str
    line: int
    told: str
    found: str


@dataclass(slots=True)
class Rederivation:
    """``matched`` and ``differed`` are of files that could be judged alike; ``left`` counts the others by
    reason, ``failed`` those among them that could not be judged at all.
    """

    matched: int = 0
    failed: int = 0
    differed: list[Difference] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def rederive(
    told: Mapping[str, Told], found: Iterable[Evidence], standing: Mapping[str, Standing]
) -> Rederivation:
    """Compare the newest verdict on each path with the one found now."""
    now = {path_text(entry.path): entry for entry in found}
    result = Rederivation()
    for path, verdict in told.items():
        entry = now.get(path)
        if entry is None or entry.record.state.value in _UNKNOWN:
            _left(result, standing.get(path))
        elif reason := _incomparable(verdict, entry):
            result.left[reason] += 1
        elif difference := _difference(path, verdict, entry):
            result.differed.append(difference)
        else:
            result.matched += 1
    return result


def _left(result: Rederivation, standing: Standing | None) -> None:
    if standing is None:
        result.left["no file of the project any more"] += 1
        return
    result.failed += standing.state in _UNKNOWN
    result.left[f"{standing.state}: {standing.reason}" if standing.reason else standing.state] += 1


def _incomparable(told: Told, found: Evidence) -> str:
    """Why the two say nothing about one another; "" when they must be equal."""
    if told.verdict in _UNKNOWN:
        return f"was {told.verdict}: no verdict to compare with"
    if told.digest != found.digest:
        return "the bytes have changed since"
    then, now = ({tool[0]: tool for tool in tools} for tools in (_tools(told), found.tools))
    if then.keys() != now.keys():
        return "other verifiers judge it now"
    for name, (_, version, basis) in now.items():
        if then[name][1] != version:
            return f"{name} was {then[name][1]} and is {version}"
        if then[name][2] != basis:
            return f"what decides beside the bytes has changed ({name}'s configuration, modules around it)"
    return ""


def _tools(told: Told) -> tuple[tuple[str, str, str], ...]:
    return tuple((tool.name, tool.version, tool.config) for tool in told.tools)


def _difference(path: str, told: Told, found: Evidence) -> Difference | None:
    line = line_of([found], project="", place="", prev="")
    same_counts = told.counts is None or told.counts == line.counts
    if told.verdict == line.verdict and same_counts:
        return None
    was, is_ = _says(told.verdict, told.counts), _says(line.verdict, line.counts)
    return Difference(path, told.file, told.line, was, is_)


def _says(verdict: str | None, counts: Counts | None) -> str:
    return f"{verdict}" if counts is None else f"{verdict}, {counts.total} findings"
