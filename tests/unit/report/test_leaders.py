from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.model import (
    Counts,
    Digest,
    FileRecord,
    FileState,
    Measure,
    Measured,
    Part,
    RelPath,
    Summary,
)
from dev_assistant.report.leaders import MOST, RANKED, Leaders, leaders, merged

measured = st.builds(
    Measured,
    st.sampled_from([*RANKED, "S101"]),
    st.integers(1, 3),
    st.builds(Measure, st.just("f"), st.integers(16, 18), st.just(15)),
)
counts = st.builds(Counts, *[st.integers(0, 2)] * 4)
summaries = st.builds(
    lambda found, large: Summary("checked", counts=found, rules=(("R", found.total),), measured=large),
    counts.filter(lambda found: found.total > 0),
    st.lists(measured, max_size=3).map(tuple),
) | st.just(Summary("checked"))
records = st.builds(
    lambda state, summary, reason: FileRecord(
        state, None, (Part("ruff", Digest("k"), summary),), reason if state is not FileState.FRESH else ""
    ),
    st.sampled_from(FileState),
    summaries,
    st.sampled_from(["", "gone", "too large"]),
)
trees = st.dictionaries(st.text("abc/", min_size=1, max_size=4).map(RelPath), records, max_size=25)


@given(tree=trees, shards=st.integers(1, 5))
def test_those_of_the_shards_together_are_those_of_the_whole(tree, shards):
    paths = sorted(tree)
    parts = [{path: tree[path] for path in paths[n::shards]} for n in range(shards)]
    assert merged(map(leaders, parts)) == leaders(tree)


@given(tree=trees)
def test_what_stands_out_is_in_order_and_of_files_that_are_known(tree):
    found = leaders(tree)
    assert [each[:3] for each in found.worst] == sorted(each[:3] for each in found.worst)
    assert all(tree[each.path].state is FileState.FRESH for each in found.worst)
    risky = [record.counts.security for record in tree.values() if record.state is FileState.FRESH]
    assert -(found.riskiest or (0,))[0] == max(risky, default=0)
    for (state, _), first in found.unknown.items():
        assert tree[first].state is state


def test_no_more_are_kept_than_are_shown():
    summary = Summary("checked", "", Counts(lint=1), (("F401", 1),))
    tree = {
        RelPath(f"{n:03}.py"): FileRecord(FileState.FRESH, None, (Part("ruff", Digest("k"), summary),))
        for n in range(MOST + 5)
    }
    assert [each.path for each in leaders(tree).worst] == sorted(tree)[:MOST]
    assert merged(()) == leaders({}) == Leaders()
