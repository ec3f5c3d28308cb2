"""Who wrote the lines with findings: the cache knows where these are, git who wrote what is there.

Bounded in time: git takes as long as a file's history is deep. The files with the most findings go first, and
what was not reached is told.
"""

from __future__ import annotations

import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from dev_assistant.errors import ToolError
from dev_assistant.files import Content, read
from dev_assistant.model import Checked, Counts, FileRecord, FileState, Finding, RelPath, count
from dev_assistant.record.reader import VerdictReader
from dev_assistant.report.authors import Attribution, Share
from dev_assistant.report.views import ProjectView
from dev_assistant.watch.blame import Line, authors_of, blamed
from dev_assistant.watch.git import GitTree
from dev_assistant.watch.git_objects import Objects
from dev_assistant.watch.repositories import repositories

NO_REPOSITORY = "no git repository"
NOT_COMMITTED = "git blame of HEAD fails: the file is not committed, or running it tells why"
NOT_READ = "the file, or what was found in it, cannot be read any more"
NO_TIME = "the time for it ran out"
_RUN_SECONDS = 10.0
"""For one file: a minute of git for a single one would leave nothing for the others."""


def attribute(
    project: ProjectView, *, database: Path, seconds: float, now: Callable[[], float] = time.monotonic
) -> Attribution:
    """The findings in the present bytes of a project by author, within ``seconds``; ``now`` is monotonic.

    A finding counts for who wrote the line that it begins at.
    """
    tree = repositories((project.root,))[0].tree
    shares = _Shares()
    reader = VerdictReader(database)
    deadline = now() + seconds
    try:
        for path, record in _wanted(project):
            absolute = os.path.normpath(os.path.join(project.root, path))
            judged = _judged(record, reader, absolute)
            known = NOT_READ if judged is None else _blamed(tree, absolute, left=lambda: deadline - now())
            if judged is None or isinstance(known, str):
                shares.leave(str(known), record.counts.total)
            else:
                shares.add(judged.findings, authors_of(judged.data, known))
    finally:
        reader.close()
    return shares.told()


class _Judged(NamedTuple):
    """What was found in these bytes."""

    findings: list[Finding]
    data: bytes


def _wanted(project: ProjectView) -> list[tuple[RelPath, FileRecord]]:
    """The fresh files with findings, the most first."""
    found = [
        (path, record)
        for path, record in project.files.items()
        if record.state is FileState.FRESH and record.counts.total
    ]
    return sorted(found, key=lambda item: (-item[1].counts.total, item[0]))


def _blamed(tree: GitTree | None, path: str, *, left: Callable[[], float]) -> list[Line] | str:
    """The lines of a file at HEAD, or why nobody knows them; ``left`` gives seconds."""
    if (seconds := left()) <= 0:
        return NO_TIME
    if tree is None or not path.startswith(f"{tree.top}/"):
        return NO_REPOSITORY
    objects = Objects(tree.top, timeout=min(seconds, _RUN_SECONDS))
    try:
        return blamed(objects, os.path.relpath(path, tree.top)) or NOT_COMMITTED
    except ToolError as error:
        return str(error) if left() > 0 else NO_TIME


def _judged(record: FileRecord, reader: VerdictReader, path: str) -> _Judged | None:
    """None unless these bytes stand there, and all that was found in them is known."""
    if record.fingerprint is None:
        return None
    content = read(path, limit=record.fingerprint.stat.size)
    findings = _findings(record, reader)
    if not isinstance(content, Content) or content.fingerprint.digest != record.fingerprint.digest:
        return None
    return None if findings is None else _Judged(findings, content.data)


def _findings(record: FileRecord, reader: VerdictReader) -> list[Finding] | None:
    """Those of all parts; None if one of them is not known any more."""
    verdicts = reader.find([part.key for part in record.parts])
    found = [verdicts.get(part.key) for part in record.parts]
    checked = [verdict for verdict in found if isinstance(verdict, Checked)]
    if sum(len(verdict.findings) for verdict in checked) != record.counts.total:
        return None
    return [finding for verdict in checked for finding in verdict.findings]


class _Shares:
    """An attribution in the making; never leaves this module."""

    def __init__(self) -> None:
        self._findings: defaultdict[str | None, list[Finding]] = defaultdict(list)
        self._files: Counter[str | None] = Counter()
        self._unknown: Counter[str] = Counter()

    def add(self, findings: Iterable[Finding], authors: list[str | None]) -> None:
        """The findings of one file, whose lines have these authors."""
        met: set[str | None] = set()
        for finding in findings:
            author = authors[finding.line - 1] if 0 < finding.line <= len(authors) else None
            self._findings[author].append(finding)
            met.add(author)
        self._files.update(met)

    def leave(self, reason: str, findings: int) -> None:
        """Nobody can say whose these are."""
        self._unknown[reason] += findings

    def told(self) -> Attribution:
        shares = {
            author: Share(count(found), self._files[author]) for author, found in self._findings.items()
        }
        uncommitted = shares.pop(None, Share(Counts(), 0))
        named = {author: share for author, share in shares.items() if author is not None}
        return Attribution(named, uncommitted, dict(self._unknown))
