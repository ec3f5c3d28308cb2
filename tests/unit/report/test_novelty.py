from __future__ import annotations

from dev_assistant.report.comparison import compare, known
from dev_assistant.report.novelty import only_new


def test_new_findings_alone_keep_their_ids_and_are_what_is_counted(finding, judgement):
    key, other = ("p", "a.py"), ("p", "b.py")
    before = judgement({key: [finding(line=5)], other: [finding("E722")]})
    after = judgement(
        {key: [finding(line=1), finding(line=9)], other: [finding("E722")]},
        related={key: [finding("DA110", message="f is g")]},
    )
    alone = only_new(after, compare(known(before), after, moved={}))
    assert [[found.id for found in file.findings] for file in alone.files] == [
        [after.files[0].findings[1].id],
        [],
    ]
    assert alone.project_findings == after.project_findings
    assert (after.summary.findings, alone.summary.findings, alone.files[1].passed) == (3, 1, True)
