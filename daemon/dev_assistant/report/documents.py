"""The check and results documents as types: built from results, and read back for merging.

The body is a function of the tree and the configuration alone; times, hosts and counts of workers go into
``meta``, nowhere else.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Literal, TypedDict, cast

import msgspec
from msgspec import UNSET, UnsetType

from dev_assistant.errors import UserError
from dev_assistant.model import Category, Counts, FileRecord, FileState, Finding, Measure, Severity
from dev_assistant.report.canonical import encode, text
from dev_assistant.report.identity import finding_ids
from dev_assistant.report.merge import FileResult, Key, Results, result, results_of
from dev_assistant.report.proof import unproved
from dev_assistant.report.rating import reasons
from dev_assistant.report.sharding import MOST, Shard, missing
from dev_assistant.report.tally import Tally, tally_of, total

CHECK = "dev-assistant/check@1"
RESULTS = "dev-assistant/results@1"


class Totals(TypedDict):
    """What every summary and project row says; ``passed`` and ``score`` are None while not known."""

    files: int
    fresh: int
    stale: int
    pending: int
    failed: int
    skipped: int
    passed: bool | None
    findings: int
    counts: Counts
    score: float | None
    rating: tuple[str, ...]


def totals_of(tally: Tally) -> Totals:
    """A tally as the fields of a row."""
    return Totals(
        files=tally.files,
        fresh=tally.fresh,
        stale=tally.stale,
        pending=tally.pending,
        failed=tally.failed,
        skipped=tally.skipped,
        passed=tally.passed,
        findings=tally.counts.total,
        counts=tally.counts,
        score=tally.score,
        rating=tuple(reasons(tally.counts, tally.mean_costs)),
    )


class SummaryRow(msgspec.Struct, frozen=True):
    """Totals; ``passed`` and ``score`` are null while not known. ``rating`` is why the score is no 10.

    ``passed`` is never true where ``meta`` says that time ran out, that paths or shards are missing, or that
    the configuration has mistakes.
    """

    files: int
    fresh: int
    stale: int
    pending: int
    failed: int
    skipped: int
    passed: bool | None
    findings: int
    score: float | None
    counts: Counts = Counts()
    rating: tuple[str, ...] = ()


class ProjectRow(msgspec.Struct, frozen=True):
    """One project's totals; ``root`` is relative to the workspace, ``.`` for the workspace itself."""

    name: str
    root: str
    files: int
    fresh: int
    stale: int
    pending: int
    failed: int
    skipped: int
    passed: bool | None
    findings: int
    score: float | None
    counts: Counts = Counts()
    rating: tuple[str, ...] = ()


class FindingRow(msgspec.Struct, frozen=True, omit_defaults=True):
    """One finding; ``id`` survives edits elsewhere in the file. ``measure`` is there when it has a number."""

    id: str
    rule: str
    category: Category
    severity: Severity
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    fixable: bool
    measure: Measure | None = None


class FileRow(msgspec.Struct, frozen=True):
    """One file; ``passed`` and ``score`` are null unless it is fresh.

    ``analysed``: what it has in common with others that were stands in ``project_findings``. ``outline`` is
    what that is found in, where the document is about a part of the project.
    """

    project: str
    path: str
    state: FileState
    passed: bool | None
    score: float | None
    reason: str
    findings: tuple[FindingRow, ...]
    analysed: bool = False
    outline: bytes | UnsetType = UNSET


class Suggestion(msgspec.Struct, frozen=True):
    """``text`` instead of what is from one place up to another; columns count bytes of UTF-8, from 1."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


class SuggestedRow(FindingRow, frozen=True, kw_only=True):
    """A finding with what would mend it: for formats that tell that, and in no document."""

    suggestion: Suggestion


class ProjectFindingRow(FindingRow, frozen=True, kw_only=True):
    """What a file has in common with others of its project: advice, and in no score."""

    project: str
    path: str


_Number = Annotated[int, msgspec.Meta(ge=1, le=MOST)]


class ShardRow(msgspec.Struct, frozen=True):
    """A part of a project that was looked at."""

    project: str
    index: _Number
    of: _Number


class CheckDocument(msgspec.Struct, frozen=True):
    """``check`` and ``results.json``. ``meta["verified_at"]`` goes with ``files``, one time for each.

    ``shards`` are there when parts of a project are not.
    """

    schema: str
    meta: dict[str, object]
    summary: SummaryRow
    projects: tuple[ProjectRow, ...]
    files: tuple[FileRow, ...]
    project_findings: tuple[ProjectFindingRow, ...] = ()
    shards: tuple[ShardRow, ...] | UnsetType = UNSET


def relative_root(root: str, *, workspace: str) -> str:
    """A project's root as documents show it: POSIX, relative to the workspace, so that machines agree."""
    return text(os.path.relpath(root, workspace).replace(os.sep, "/"))


def check_document(
    results: Results, *, meta: Mapping[str, object], schema: Literal["check", "results"] = "check"
) -> CheckDocument:
    """The document of ``results``: projects by name, files by project and path, in code-point order."""
    files = [results.files[key] for key in sorted(results.files)]
    records = [file.record for file in files]
    tallies = _tallies(results, records, files)
    parts = {name: parts for name, parts in results.shards.items() if missing(parts)}
    return CheckDocument(
        schema=CHECK if schema == "check" else RESULTS,
        meta={**meta, "verified_at": [file.verified_at for file in files]},
        summary=_summary(tallies.values(), meta),
        projects=tuple(
            ProjectRow(name=name, root=results.projects[name], **totals_of(tally))
            for name, tally in sorted(tallies.items())
        ),
        files=tuple(
            _file_row(file, record, partial=file.project in parts)
            for file, record in zip(files, records, strict=True)
        ),
        project_findings=tuple(
            row for file in files if file.project not in parts for row in _related_rows(file)
        ),
        shards=_shard_rows(parts) if parts else UNSET,
    )


def encoded_rows(file: FileResult) -> tuple[msgspec.Raw, tuple[msgspec.Raw, ...]]:
    """The row of a file, and those of what it has in common with others, as they stand in the document."""
    related = tuple(msgspec.Raw(encode(row)) for row in _related_rows(file))
    return msgspec.Raw(encode(_file_row(file, file.record))), related


def encoded_document(
    rows: Iterable[tuple[msgspec.Raw, tuple[msgspec.Raw, ...]]],
    *,
    projects: Mapping[str, tuple[str, Tally]],
    meta: Mapping[str, object],
) -> CheckDocument:
    """As ``check_document`` of files that were never timed, from ``encoded_rows`` in the document's order.

    ``projects`` are roots and tallies by name. It is for encoding alone.
    """
    made = list(rows)
    return CheckDocument(
        schema=CHECK,
        meta={**meta, "verified_at": [None] * len(made)},
        summary=_summary((tally for _, tally in projects.values()), meta),
        projects=tuple(
            ProjectRow(name=name, root=root, **totals_of(tally))
            for name, (root, tally) in sorted(projects.items())
        ),
        files=cast("tuple[FileRow, ...]", tuple(file for file, _ in made)),
        project_findings=cast(
            "tuple[ProjectFindingRow, ...]", tuple(row for _, related in made for row in related)
        ),
    )


def read_document(data: bytes, *, source: str) -> CheckDocument:
    """A check or results document. Raises UserError, naming ``source``, when it is anything else."""
    try:
        document = msgspec.json.decode(data, type=CheckDocument)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unusable(source, str(error)) from error
    if document.schema not in (CHECK, RESULTS):
        raise _unusable(source, f"its schema is {document.schema!r}")
    return document


def read_results(data: bytes, *, source: str) -> Results:
    """The results in a check or results document; its totals are not believed but derived again.

    Raises UserError, naming ``source``, when it is anything else.
    """
    return results_in(read_document(data, source=source), source=source)


def results_in(document: CheckDocument, *, source: str) -> Results:
    """As ``read_results``, of a document that is read already.

    A file of which no time is told was verified when the document was made.
    """
    try:
        times = msgspec.convert(document.meta.get("verified_at"), type=list[float | None])
        made = msgspec.convert(document.meta.get("generated_at"), type=float | None)
    except msgspec.ValidationError as error:
        raise _unusable(source, f"{error} in meta") from error
    if len(times) != len(document.files):
        raise _unusable(source, f"{len(times)} times in meta.verified_at for {len(document.files)} files")
    roots = {row.name: row.root for row in document.projects}
    related: defaultdict[Key, list[Finding]] = defaultdict(list)
    for row in document.project_findings:
        related[row.project, row.path].append(_finding(row))
    files = (
        _file_result(row, made if at is None else at, related[row.project, row.path])
        for row, at in zip(document.files, times, strict=True)
    )
    shards: defaultdict[str, frozenset[Shard]] = defaultdict(frozenset)
    for part in document.shards or ():
        shards[part.project] |= {Shard(part.index, part.of)}
    return results_of(roots, files, shards)


def _summary(tallies: Iterable[Tally], meta: Mapping[str, object]) -> SummaryRow:
    """A finding that is known stays one; that there is none is known of a proof alone."""
    row = SummaryRow(**totals_of(total(tallies)))
    return msgspec.structs.replace(row, passed=None) if row.passed and unproved(meta) else row


def _tallies(
    results: Results, records: Iterable[FileRecord], files: Iterable[FileResult]
) -> dict[str, Tally]:
    by_project: dict[str, list[FileRecord]] = {name: [] for name in results.projects}
    for record, file in zip(records, files, strict=True):
        by_project[file.project].append(record)
    return {name: tally_of(members) for name, members in by_project.items()}


def _shard_rows(parts: Mapping[str, frozenset[Shard]]) -> tuple[ShardRow, ...]:
    return tuple(
        ShardRow(name, part.index, part.of) for name in sorted(parts) for part in sorted(parts[name])
    )


def _file_row(file: FileResult, record: FileRecord, *, partial: bool = False) -> FileRow:
    ids = finding_ids(file.findings, project=file.project, path=file.path)
    return FileRow(
        project=file.project,
        path=file.path,
        state=file.state,
        passed=record.passed,
        score=record.counts.score if file.state is FileState.FRESH else None,
        reason=file.reason,
        findings=tuple(map(_finding_row, ids, file.findings)),
        analysed=file.analysed,
        outline=file.outline if partial and file.outline else UNSET,
    )


def _related_rows(file: FileResult) -> Iterator[ProjectFindingRow]:
    ids = finding_ids(file.related, project=file.project, path=file.path)
    for row in map(_finding_row, ids, file.related):
        yield ProjectFindingRow(**msgspec.structs.asdict(row), project=file.project, path=file.path)


def _finding_row(name: str, finding: Finding) -> FindingRow:
    return FindingRow(
        name,
        finding.rule,
        finding.category,
        finding.severity,
        finding.line,
        finding.column,
        finding.end_line,
        finding.end_column,
        finding.message,
        finding.fixable,
        finding.measure,
    )


def _finding(row: FindingRow) -> Finding:
    return msgspec.convert(row, type=Finding, from_attributes=True)


def _file_result(row: FileRow, verified_at: float | None, related: Iterable[Finding]) -> FileResult:
    return result(
        map(_finding, row.findings),
        project=row.project,
        path=row.path,
        state=row.state,
        verified_at=verified_at,
        reason=row.reason,
        analysed=row.analysed,
        related=related,
        outline=row.outline or b"",
    )


def _unusable(source: str, why: str) -> UserError:
    return UserError(
        f"{source} is not a results document: {why}",
        hint="write one with: dev-assistant batch-verify --output results.json",
    )
