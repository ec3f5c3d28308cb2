from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.structure.facts import Import
from dev_assistant.analysis.structure.outline import Outline, pack
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


def outlined(state: FileState, *imports: str) -> FileRecord:
    told = tuple(Import(each, (), 0, (), 1) for each in imports)
    return FileRecord(state, None, (Part("deep", "k", Summary("checked"), pack(Outline((), told))),))  # type: ignore[arg-type]


def test_each_view_has_the_relations_of_its_own_files() -> None:
    fresh, stale = FileState.FRESH, FileState.STALE
    files = Files({RelPath("a.py"): outlined(fresh, "b"), RelPath("b.py"): outlined(fresh)})
    before = files.publish()
    files.put(RelPath("b.py"), outlined(fresh, "a"))
    during = files.publish()
    files.put(RelPath("b.py"), outlined(stale, "a"))
    while_stale = files.publish()
    files.drop(RelPath("b.py"))
    after = files.publish()
    cycles = [len(view.relations.cycles) for view in (after, during, before, while_stale)]
    assert cycles == [0, 1, 0, 1]
    assert [view.relations.analysed for view in (before, after)] == [2, 1]


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
