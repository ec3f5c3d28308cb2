"""What every format tells: findings at their places in the workspace, and what is not proved.

A format that leaves out the doubts shows green what nobody knows.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from dev_assistant.model import FileState, Severity
from dev_assistant.report.documents import CheckDocument, FindingRow
from dev_assistant.report.proof import unproved

TOOL: Final = "dev-assistant"
_GRAVITY: Final = {severity: rank for rank, severity in enumerate(Severity)}
_KNOWN: Final = frozenset((FileState.FRESH, FileState.SKIPPED))


class Listed(NamedTuple):
    """A finding; ``path`` is relative to the workspace, POSIX, and may begin with ``../``."""

    project: str
    path: str
    finding: FindingRow


class Doubt(NamedTuple):
    """What keeps a result from being a proof; ``path`` as in ``Listed``, "" when it is about no file."""

    project: str
    path: str
    reason: str

    @property
    def rule(self) -> str:
        """What stands where others have a rule."""
        return f"{TOOL}/{'unverified' if self.path else 'incomplete'}"


class Places:
    """Where files are in the workspace."""

    def __init__(self, document: CheckDocument) -> None:
        self._roots = {row.name: row.root for row in document.projects}

    def of(self, project: str, path: str) -> str:
        """Relative to the workspace; to the project, when nobody knows where that is."""
        return posixpath.normpath(posixpath.join(self._roots.get(project, ""), path))


def findings(document: CheckDocument) -> Iterator[Listed]:
    """Those of files in the order of the document, then those that files of a project have in common."""
    places = Places(document)
    for file in document.files:
        path = places.of(file.project, file.path)
        for finding in file.findings:
            yield Listed(file.project, path, finding)
    for row in document.project_findings:
        yield Listed(row.project, places.of(row.project, row.path), row)


def gravest(listed: Iterable[Listed]) -> list[Listed]:
    """The gravest first, else in the order in which they came."""
    return sorted(listed, key=lambda each: _GRAVITY[each.finding.severity])


def doubts(document: CheckDocument) -> list[Doubt]:
    """Of the run as a whole, then of files in the order of the document."""
    places = Places(document)
    files = [
        Doubt(
            file.project, places.of(file.project, file.path), f"{file.state}: {file.reason or 'not judged'}"
        )
        for file in document.files
        if file.state not in _KNOWN
    ]
    return [*(Doubt("", "", reason) for reason in _of_the_run(document)), *files]


def _of_the_run(document: CheckDocument) -> Iterator[str]:
    reasons = unproved(document.meta)
    if not document.summary.files and not reasons:
        yield "nothing matched, so nothing was judged"
    yield from reasons


def positive(number: int) -> int:
    """A line or column as schemas want it, whatever a merged document says."""
    return max(1, number)
