from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import FileState
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import check_document, read_results
from dev_assistant.report.merge import Results, merge, result, result_of, results_of

FILES = st.builds(
    lambda project, path, state, at, reason, lines: (project, path, state, at, reason, lines),
    st.sampled_from(["a", "b"]),
    st.sampled_from(["x.py", "y.py", "sub/z.py"]),
    st.sampled_from(FileState),
    st.none() | st.sampled_from([0.0, -0.0, 1.0, 2.5, 1e9]),
    st.sampled_from(["", "crashed", "é\udcff"]),
    st.lists(st.integers(1, 3), max_size=2),
)
ROOTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from([".", "one", "two"]))
RUNS = st.lists(st.tuples(ROOTS, st.lists(FILES, max_size=6)), max_size=4)


def made(finding, spec):
    project, path, state, at, reason, lines = spec
    return result(
        [finding(line=line) for line in lines],
        analysed=bool(lines),
        related=[finding("DA109", line=line) for line in lines[:1]],
        project=project,
        path=path,
        state=state,
        verified_at=at,
        reason=reason,
    )


def runs_of(finding, specs):
    return [results_of(roots, [made(finding, file) for file in files]) for roots, files in specs]


def body(results: Results) -> bytes:
    return encode(check_document(results, meta={}))


@given(RUNS, st.randoms())
def test_order_repetition_and_grouping_change_nothing(finding, specs, random):
    runs = runs_of(finding, specs)
    shuffled = runs + [run for run in runs if random.random() < 0.5]
    random.shuffle(shuffled)
    cut = random.randint(0, len(shuffled))

    whole = body(merge(runs))

    assert body(merge(shuffled)) == whole
    assert body(merge([merge(shuffled[:cut]), merge(shuffled[cut:])])) == whole
    assert body(merge([merge(runs), merge(runs)])) == whole


@given(RUNS)
def test_merging_files_read_from_documents_is_merging_results(finding, specs):
    runs = runs_of(finding, specs)
    read = [read_results(body(run), source="r.json") for run in runs]

    assert body(merge(read)) == body(merge(runs))


@given(st.lists(FILES, max_size=8), st.randoms())
def test_a_run_split_over_machines_comes_back_whole(finding, specs, random):
    files = [made(finding, spec) for spec in specs]
    parts = [results_of({}, files[start::3]) for start in range(3)]
    random.shuffle(parts)

    assert body(merge(parts)) == body(results_of({}, files))


def winner(finding, *specs):
    files = [made(finding, ("a", "x.py", *spec)) for spec in specs]
    return merge(results_of({}, [file]) for file in files).files["a", "x.py"]


def test_the_newest_verdict_wins(finding):
    old = (FileState.FRESH, 1.0, "", [])
    new = (FileState.FAILED, 2.0, "crashed", [])

    assert winner(finding, old, new).state is FileState.FAILED
    assert winner(finding, (FileState.FRESH, 3.0, "", [1]), new).findings


def test_a_verdict_wins_over_none(finding):
    assert (
        winner(finding, (FileState.FRESH, 1.0, "", []), (FileState.STALE, 9.0, "", [])).state
        is FileState.FRESH
    )
    assert (
        winner(finding, (FileState.PENDING, None, "", []), (FileState.STALE, None, "", [])).state
        is FileState.STALE
    )


def test_at_equal_times_the_worse_state_wins(finding):
    fresh, failed = (FileState.FRESH, 1.0, "", []), (FileState.FAILED, 1.0, "crashed", [])

    assert winner(finding, fresh, failed).state is FileState.FAILED
    assert winner(finding, (FileState.SKIPPED, 1.0, "off", []), fresh).state is FileState.FRESH


def test_findings_go_only_with_a_state_that_vouches_for_them(finding, record):
    stale = result_of(
        record(FileState.STALE, "changed"), [finding()], project="a", path="x.py", verified_at=1.0
    )
    fresh = result_of(record(reason="left over"), [finding()], project="a", path="x.py", verified_at=1.0)

    assert stale.findings == ()
    assert stale.reason == "changed"
    assert fresh.findings == (finding(),)
    assert fresh.reason == ""


def test_roots_of_several_machines_are_one(finding):
    runs = [results_of({"a": "two"}, []), results_of({"a": "one"}, [])]

    assert merge(runs).projects == merge(reversed(runs)).projects == {"a": "one"}
