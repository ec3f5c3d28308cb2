from __future__ import annotations

from collections.abc import Sequence

from dev_assistant.model import Digest, FileRecord, FileState, RelPath, Verdict
from dev_assistant.report.merge import FileResult
from dev_assistant.service.results import results_of_files
from dev_assistant.service.shards import Files
from fakes.record import checked, digest, fresh
from fakes.snapshots import snapshot_of

JUDGED = checked(3)
A = RelPath("a.py")


def results(record: FileRecord, *, cache: dict[Digest, Verdict]) -> tuple[FileResult, list[str]]:
    def lookup(root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        return {key: cache[key] for key in keys if key in cache}

    project = snapshot_of(Files({A: record}))
    (found,), lost = results_of_files([(project, project.files)], lookup, sharded=False)
    return found, [path for _, path in lost]


def test_findings_come_from_the_cache():
    found, lost = results(fresh(digest("a"), JUDGED), cache={digest("a"): JUDGED})
    assert (found.state, len(found.findings), lost) == (FileState.FRESH, 3, [])


def test_findings_that_the_cache_has_lost_are_no_clean_file():
    found, lost = results(fresh(digest("a"), JUDGED), cache={})
    assert (found.state, lost) == (FileState.FAILED, ["a.py"])
    assert "cannot be read" in found.reason
