from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import Counts, FileRecord, FileState, Part, RelPath, Summary
from dev_assistant.report.tally import tally
from dev_assistant.service.shards import Files


def record(findings: int) -> FileRecord:
    part = Part("ruff", "k", Summary("checked", counts=Counts(lint=findings)))  # type: ignore[arg-type]
    return FileRecord(FileState.FRESH, None, (part,))


Steps = st.lists(
    st.tuples(st.sampled_from(["put", "drop", "publish"]), st.integers(0, 30), st.integers(0, 5))
)


@given(Steps)
def test_a_published_view_is_what_was_put_and_never_changes(steps: list[tuple[str, int, int]]) -> None:
    files, model = Files(), dict[RelPath, FileRecord]()
    published = []
    for what, number, findings in steps:
        path = RelPath(f"f{number}.py")
        if what == "put":
            files.put(path, record(findings))
            model[path] = record(findings)
        elif what == "drop":
            files.drop(path)
            model.pop(path, None)
        else:
            published.append((files.publish(), dict(model)))
    published.append((files.publish(), dict(model)))
    for view, expected in published:
        assert dict(view) == expected
        assert len(view) == len(expected)
        assert view.tally == tally(expected)


def test_publishing_without_a_change_gives_the_same_view() -> None:
    files = Files({RelPath("a.py"): record(1)})
    first = files.publish()
    assert files.publish() is first
    files.put(RelPath("a.py"), record(2))
    assert files.publish() is not first
    assert first[RelPath("a.py")] == record(1)


def test_files_may_be_changed_while_they_are_listed() -> None:
    files = Files({RelPath(f"{n}.py"): record(0) for n in range(100)})
    for path in files:
        files.drop(path)
    assert len(files) == 0
