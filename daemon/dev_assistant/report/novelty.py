"""The new findings of a judgement alone, in the form of a judgement, so that every format can tell them."""

from __future__ import annotations

from msgspec.structs import replace

from dev_assistant.report.comparison import Comparison
from dev_assistant.report.documents import CheckDocument, check_document, results_in


def only_new(document: CheckDocument, comparison: Comparison) -> CheckDocument:
    """``document`` with the new findings alone, under the ids that they have; its totals are of these."""
    new = {(located.key, located.finding.id) for located in comparison.new}
    filtered = replace(
        document,
        files=tuple(
            replace(
                file,
                findings=tuple(
                    found for found in file.findings if ((file.project, file.path), found.id) in new
                ),
            )
            for file in document.files
        ),
        project_findings=tuple(
            row for row in document.project_findings if ((row.project, row.path), row.id) in new
        ),
    )
    counted = check_document(results_in(filtered, source="the judgement"), meta=document.meta)
    files = tuple(
        replace(file, findings=under.findings)
        for file, under in zip(counted.files, filtered.files, strict=True)
    )
    return replace(counted, files=files, project_findings=filtered.project_findings)
