"""Results of files: what is recorded of them, with their findings from the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from dev_assistant.model import Checked, Digest, FileRecord, FileState, Finding, ProjectName, RelPath, Verdict
from dev_assistant.report.merge import FileResult, result_of
from dev_assistant.service.snapshot import ProjectSnapshot

_LOST = "its findings cannot be read from the cache"

Chosen = Sequence[tuple[ProjectSnapshot, Mapping[RelPath, FileRecord]]]
Lookup = Callable[[str, Sequence[Digest]], dict[Digest, Verdict]]
"""Finds verdicts of the project at a root."""


def keys_of(records: Iterable[FileRecord]) -> list[Digest]:
    """Of the verdicts that have findings."""
    return [part.key for record in records for part in record.parts if part.summary.rules]


def findings_of(record: FileRecord, verdicts: Mapping[Digest, Verdict]) -> list[Finding]:
    """Those of all verifiers, as far as ``verdicts`` have them."""
    return [
        finding
        for part in record.parts
        if isinstance(verdict := verdicts.get(part.key), Checked)
        for finding in verdict.findings
    ]


def results_of_files(
    chosen: Chosen, lookup: Lookup, *, sharded: bool
) -> tuple[list[FileResult], list[tuple[ProjectName, RelPath]]]:
    """Files with their findings, and those whose findings the cache has lost.

    ``sharded``: some files are left out, so that nobody can tell yet what these have in common with others.
    """
    results: list[FileResult] = []
    lost: list[tuple[ProjectName, RelPath]] = []
    for project, files in chosen:
        verdicts = lookup(project.project.root, keys_of(files.values()))
        for path, record in files.items():
            findings = findings_of(record, verdicts)
            if record.state is FileState.FRESH and len(findings) != record.counts.total:
                lost.append((project.project.name, path))
                record = msgspec.structs.replace(record, state=FileState.FAILED, reason=_LOST)  # noqa: PLW2901
            results.append(_result(project, path, record, findings, sharded=sharded))
    return results, lost


def _result(
    project: ProjectSnapshot, path: RelPath, record: FileRecord, findings: Sequence[Finding], *, sharded: bool
) -> FileResult:
    return result_of(
        record,
        findings,
        project=project.project.name,
        path=path,
        verified_at=None,
        related=() if sharded else project.files.relations.findings.get(path, ()),
        outline=record.outline if sharded else b"",
    )
