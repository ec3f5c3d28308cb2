"""The files of a check document as encoded rows: what is the same as for the last question is not made again.

Only what is plain is answered this way: findings that cannot be found, and names that documents show in
another spelling, are for who asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from dev_assistant.model import Digest, FileRecord, Finding, ProjectName, RelPath, Verdict
from dev_assistant.report.canonical import text
from dev_assistant.report.documents import encoded_rows
from dev_assistant.report.merge import result_of
from dev_assistant.service.results import Chosen, Lookup, findings_of, keys_of
from dev_assistant.service.snapshot import ProjectSnapshot

_LIMIT = 16 << 20
"""Bytes of rows that are kept: 100,000 files with a finding each. Of more, those that come first."""

_ROW_BYTES = 400
"""What keeping a row takes beside its bytes."""


class Row(NamedTuple):
    """A file's row and those of what it shares with others; true of ``record`` and ``shared`` alone."""

    record: FileRecord
    shared: Sequence[Finding]
    file: msgspec.Raw
    related: tuple[msgspec.Raw, ...]


class Rows:
    """For any thread: what is kept is replaced as a whole.

    ``lookup`` finds verdicts of the project at a root.
    """

    def __init__(self, lookup: Lookup, *, limit: int = _LIMIT) -> None:
        self._lookup = lookup
        self._limit = limit
        self._kept: dict[tuple[ProjectName, RelPath], Row] = {}

    def of(self, chosen: Chosen, *, whole: bool) -> list[Row] | None:
        """The rows in the order of the document, or None where not all is plain.

        ``whole``: everything was chosen, so that what is kept is kept of these files.
        """
        rows: dict[tuple[ProjectName, RelPath], Row] = {}
        for project, files in sorted(chosen, key=lambda each: each[0].project.name):
            made = self._project(project, files)
            if made is None:
                return None
            rows.update(((project.project.name, path), made[path]) for path in sorted(made))
        if whole:
            self._keep(rows)
        return list(rows.values())

    def _keep(self, rows: Mapping[tuple[ProjectName, RelPath], Row]) -> None:
        kept, size = {}, 0
        for key, row in rows.items():
            size += len(bytes(row.file)) + _ROW_BYTES
            if size > self._limit:
                break
            kept[key] = row
        self._kept = kept

    def _project(
        self, project: ProjectSnapshot, files: Mapping[RelPath, FileRecord]
    ) -> dict[RelPath, Row] | None:
        name, known, shared = project.project.name, self._kept, project.files.relations.findings
        rows: dict[RelPath, Row] = {}
        new: list[tuple[RelPath, FileRecord]] = []
        for path, record in files.items():
            row = known.get((name, path))
            if row is not None and row.record is record and row.shared == shared.get(path, ()):
                rows[path] = row
            else:
                new.append((path, record))
        keys = keys_of(record for _, record in new)
        verdicts = self._lookup(project.project.root, keys) if keys else {}
        for path, record in new:
            made = _row(record, verdicts, project=name, path=path, shared=shared.get(path, ()))
            if made is None:
                return None
            rows[path] = made
        return rows


def _row(
    record: FileRecord,
    verdicts: Mapping[Digest, Verdict],
    *,
    project: ProjectName,
    path: RelPath,
    shared: Sequence[Finding],
) -> Row | None:
    findings = findings_of(record, verdicts)
    if len(findings) != record.counts.total or text(path) != path or text(project) != project:
        return None
    result = result_of(record, findings, project=project, path=path, verified_at=None, related=shared)
    return Row(record, shared, *encoded_rows(result))
