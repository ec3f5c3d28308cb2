from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.analysis.likeness import sketch_of
from dev_assistant.errors import UserError
from dev_assistant.report.baseline import (
    Baseline,
    MissingError,
    decode_baseline,
    encode_baseline,
    pruned,
    read_baseline,
)
from dev_assistant.report.comparison import Kind, compare

WORDS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
KNOWN = st.dictionaries(
    st.tuples(WORDS, WORDS),
    st.dictionaries(st.builds(Kind, WORDS, WORDS), st.integers(1, 9), min_size=1, max_size=4),
    max_size=4,
)


def baseline(known, **sketches: bytes) -> Baseline:
    return Baseline(known, {("p", path): sketch_of(data) for path, data in sketches.items()}, {"ruff": "1"})


@given(KNOWN)
def test_it_comes_back_and_has_one_form(known):
    written = baseline(known)
    data = encode_baseline(written)
    assert decode_baseline(data, source="x") == written
    turned = {key: dict(reversed(kinds.items())) for key, kinds in reversed(known.items())}
    assert encode_baseline(baseline(turned)) == data


def test_it_is_one_member_a_line_so_that_branches_merge():
    data = encode_baseline(baseline({("p", "a"): {Kind("F401", "unused"): 2}}, a=b"x\n"))
    assert data.decode().splitlines()[9:13] == [
        "          {",
        '            "rule": "F401",',
        '            "message": "unused",',
        '            "count": 2',
    ]
    assert data.endswith(b"}\n")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"schema": "dev-assistant/results@1", "tools": {}, "projects": {}}',
        b'{"schema": "dev-assistant/baseline@1", "tools": {}, "projects": {}, "all": true}',
        (
            b'{"schema": "dev-assistant/baseline@1", "tools": {}, "projects": {"p": {"a": {"findings": '
            b'[{"rule": "F401", "message": "", "count": -1}]}}}}'
        ),
    ],
)
def test_anything_else_is_refused(data: bytes):
    with pytest.raises(UserError, match="x is not a baseline"):
        decode_baseline(data, source="x")


def test_none_means_that_nobody_can_say_what_is_new(tmp_path):
    with pytest.raises(MissingError) as caught:
        read_baseline(tmp_path / "none.json")
    assert caught.value.status == 3


def test_a_link_is_not_followed(tmp_path):
    (tmp_path / "real").write_bytes(encode_baseline(baseline({})))
    (tmp_path / "link").symlink_to("real")
    assert read_baseline(tmp_path / "real").known == {}
    with pytest.raises(UserError, match="symbolic link"):
        read_baseline(tmp_path / "link")


def test_rows_that_a_merge_doubled_count_together():
    row = {"rule": "F401", "message": "unused"}
    document = {
        "schema": "dev-assistant/baseline@1",
        "tools": {},
        "projects": {"p": {"a": {"findings": [row, row]}}},
    }
    found = decode_baseline(json.dumps(document).encode(), source="x")
    assert found.known == {("p", "a"): Counter({Kind("F401", "unused"): 2})}


def test_pruning_drops_what_is_fixed_lets_nothing_in_and_follows_a_move(finding, judgement):
    before = baseline({("p", "a"): {Kind("F401", "unused"): 2, Kind("E722", "bare"): 1}}, a=b"x\n")
    document = judgement({("p", "b"): [finding(), finding("S105", message="secret")]})
    compared = compare(before.known, document, moved={("p", "b"): ("p", "a")})
    after = decode_baseline(encode_baseline(pruned(before, compared)), source="x")
    assert after.known == {("p", "b"): Counter({Kind("F401", "unused"): 1})}
    assert after.sketches == {("p", "b"): sketch_of(b"x\n")}
