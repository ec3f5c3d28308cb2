from __future__ import annotations

from collections.abc import Mapping, Sequence

from dev_assistant.model import Checked, Digest, FileRecord, FileState, RelPath, Verdict
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import check_document, encoded_document
from dev_assistant.report.merge import result_of, results_of
from dev_assistant.service.rows import Rows
from dev_assistant.service.shards import Files
from dev_assistant.service.snapshot import ProjectSnapshot
from fakes.record import checked, digest, fresh
from fakes.snapshots import snapshot_of

VERDICTS: dict[Digest, Verdict] = {
    digest("clean"): checked(),
    digest("three"): checked(3, message="caf\u00e9 \u202e 13 > 10"),
}
RECORDS = {
    RelPath("b.py"): fresh(digest("clean"), VERDICTS[digest("clean")]),
    RelPath("a.py"): fresh(digest("three"), VERDICTS[digest("three")]),
    RelPath("c.txt"): FileRecord(FileState.SKIPPED, reason="too large"),
    RelPath("d.py"): FileRecord(FileState.FAILED, reason="the tool crashed"),
}


class Disk:
    """The cache; ``asked`` are the keys that were looked up."""

    def __init__(self, verdicts: Mapping[Digest, Verdict]) -> None:
        self.verdicts = verdicts
        self.asked: list[Digest] = []

    def __call__(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        self.asked += keys
        return {key: self.verdicts[key] for key in keys if key in self.verdicts}


def document(project: ProjectSnapshot, rows: Rows) -> bytes:
    made = rows.of([(project, project.files)], whole=True)
    assert made is not None
    encoded = ((row.file, row.related) for row in made)
    return encode(encoded_document(encoded, projects={"app": ("app", project.files.tally)}, meta={"n": 1}))


def expected(project: ProjectSnapshot) -> bytes:
    """Made of all findings anew."""
    results = [
        result_of(
            record,
            [
                finding
                for part in record.parts
                if isinstance(verdict := VERDICTS[part.key], Checked)
                for finding in verdict.findings
            ],
            project="app",
            path=path,
            verified_at=None,
        )
        for path, record in project.files.items()
    ]
    return encode(check_document(results_of({"app": "app"}, results), meta={"n": 1}))


def test_the_document_is_that_of_all_findings_made_anew() -> None:
    disk = Disk(VERDICTS)
    files, rows = Files(RECORDS), Rows(disk)
    assert document(snapshot_of(files), rows) == expected(snapshot_of(files))
    assert disk.asked == [digest("three")]
    assert document(snapshot_of(files), rows) == expected(snapshot_of(files))
    assert disk.asked == [digest("three")]


def test_what_changed_is_made_anew() -> None:
    disk = Disk(VERDICTS)
    files, rows = Files(RECORDS), Rows(disk)
    document(snapshot_of(files), rows)
    files.put(RelPath("a.py"), fresh(digest("clean")))
    files.put(RelPath("b.py"), fresh(digest("three"), VERDICTS[digest("three")]))
    files.drop(RelPath("d.py"))
    assert document(snapshot_of(files), rows) == expected(snapshot_of(files))


def test_what_is_too_much_to_keep_is_made_anew() -> None:
    disk = Disk(VERDICTS)
    files, rows = Files(RECORDS), Rows(disk, limit=1)
    for _ in range(2):
        assert document(snapshot_of(files), rows) == expected(snapshot_of(files))
    assert disk.asked == 2 * [digest("three")]


def test_findings_that_are_lost_and_names_in_another_spelling_are_not_plain() -> None:
    project = snapshot_of(Files(RECORDS))
    assert Rows(Disk({})).of([(project, project.files)], whole=True) is None
    strange = snapshot_of(Files({RelPath("\udcff.py"): RECORDS[RelPath("b.py")]}))
    assert Rows(Disk(VERDICTS)).of([(strange, strange.files)], whole=True) is None
