"""Results of several runs or machines as one: a fold that no order, repetition or split can change (P18).

Two results of one file are never mixed: one of them wins whole. Wall-clock times decide between them, so
machines that merge must have clocks that roughly agree; at equal times the worse result wins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from dev_assistant.model import Checked, FileRecord, FileState, Finding, Part, summarize
from dev_assistant.report.canonical import encode, text
from dev_assistant.report.identity import ordered
from dev_assistant.report.sharding import WHOLE, Shard
from dev_assistant.report.tally import reason_of

_OPEN = {FileState.PENDING: 0, FileState.STALE: 1}
_SETTLED = {FileState.SKIPPED: 0, FileState.FRESH: 1, FileState.FAILED: 2}
_JUDGED = frozenset((FileState.FRESH, FileState.FAILED))
_NO_KEY = "0" * 32

Key = tuple[str, str]
"""(project, path), both as documents show them."""


class FileResult(msgspec.Struct, frozen=True, gc=False):
    """What one run says of one file, in the text of documents (no bytes that are not UTF-8).

    ``verified_at`` is wall-clock seconds, None when it never was. ``findings`` are in the order of
    ``ordered`` and belong to the bytes of that time; a state that says nothing of them has none. ``related``
    are what it has in common with other files of its project, as far as they were ``analysed`` like itself;
    ``outline`` is what that is made from, where a part of the project was looked at.
    """

    project: str
    path: str
    state: FileState
    verified_at: float | None
    reason: str
    findings: tuple[Finding, ...]
    analysed: bool = False
    related: tuple[Finding, ...] = ()
    outline: bytes = b""

    @property
    def key(self) -> Key:
        return self.project, self.path

    @property
    def record(self) -> FileRecord:
        """As a record, for counting; the verifier is not known any more."""
        part = Part("", _NO_KEY, summarize(Checked(self.findings)))  # type: ignore[arg-type]
        return FileRecord(self.state, None, (part,), self.reason)


def result(
    findings: Iterable[Finding],
    *,
    project: str,
    path: str,
    state: FileState,
    verified_at: float | None,
    reason: str,
    analysed: bool = False,
    related: Iterable[Finding] = (),
    outline: bytes = b"",
) -> FileResult:
    """A result in its one form: ordered, in text, and without findings that its state does not vouch for."""
    return FileResult(
        project=text(project),
        path=text(path),
        state=state,
        verified_at=verified_at,
        reason="" if state is FileState.FRESH else text(reason),
        findings=_in_order(findings) if state in _JUDGED else (),
        analysed=analysed and state is FileState.FRESH,
        related=_in_order(related) if state is FileState.FRESH else (),
        outline=outline,
    )


def relate(file: FileResult, related: Iterable[Finding]) -> FileResult:
    """``file`` with what it has in common with others, now that all of them are known."""
    found = _in_order(related) if file.state is FileState.FRESH else ()
    return msgspec.structs.replace(file, related=found, outline=b"")


def result_of(
    record: FileRecord,
    findings: Iterable[Finding],
    *,
    project: str,
    path: str,
    verified_at: float | None,
    related: Iterable[Finding] = (),
    outline: bytes = b"",
) -> FileResult:
    """The result of a file the service knows; ``findings`` are those of all verifiers."""
    return result(
        findings,
        project=project,
        path=path,
        state=record.state,
        verified_at=verified_at,
        reason=reason_of(record),
        analysed=bool(record.outline),
        related=related,
        outline=outline,
    )


@dataclass(frozen=True, slots=True)
class Results:
    """Files by (project, path), and where each project is: relative to the workspace, "" when not known.

    ``shards`` are the parts that were looked at of the projects that were not looked at as a whole.
    """

    projects: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[Key, FileResult] = field(default_factory=dict)
    shards: Mapping[str, frozenset[Shard]] = field(default_factory=dict)


def results_of(
    projects: Mapping[str, str],
    files: Iterable[FileResult],
    shards: Mapping[str, frozenset[Shard]] | None = None,
) -> Results:
    """Results of loose files; a project without files still counts as looked at."""
    chosen: dict[Key, FileResult] = {}
    for each in files:
        _offer(chosen, each)
    rootless = {project: "" for project, _ in chosen}
    roots = rootless | {text(name): text(root) for name, root in projects.items()}
    return Results(roots, chosen, {text(name): parts for name, parts in (shards or {}).items()})


def merge(runs: Iterable[Results]) -> Results:
    """All runs as one: associative, commutative, idempotent. Of two known roots the lesser text stays."""
    projects: dict[str, str] = {}
    files: dict[Key, FileResult] = {}
    shards: dict[str, frozenset[Shard]] = {}
    for run in runs:
        for name, root in run.projects.items():
            projects[name] = min(root, projects.get(name, root), key=_root_order)
            shards[name] = shards.get(name, frozenset()) | run.shards.get(name, frozenset((WHOLE,)))
        for each in run.files.values():
            _offer(files, each)
    return Results(projects, files, {name: parts for name, parts in shards.items() if WHOLE not in parts})


def _root_order(root: str) -> tuple[bool, str]:
    return not root, root


def _offer(files: dict[Key, FileResult], new: FileResult) -> None:
    known = files.get(new.key)
    if known is None or _precedence(new) > _precedence(known):
        files[new.key] = new


def _precedence(file: FileResult) -> tuple[bool, float, int, bytes]:
    """A total order: settled before open, then the newest, then the worse state, then the bytes."""
    settled = file.state in _SETTLED
    rank = _SETTLED[file.state] if settled else _OPEN[file.state]
    at = -math.inf if file.verified_at is None else file.verified_at
    return settled, at, rank, encode(file)


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(ordered(map(_as_text, findings)))


def _as_text(finding: Finding) -> Finding:
    if finding.message.isascii() and finding.rule.isascii():
        return finding
    return msgspec.structs.replace(finding, rule=text(finding.rule), message=text(finding.message))
