from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.report.sharding import WHOLE, Shard, missing, shard


@given(st.integers(1, 12), st.text("ab/"), st.text("a/\u00e9\n\udcff"))
def test_every_file_is_in_exactly_one_part(of, project, path):
    assert sum(Shard(index, of).holds(project, path) for index in range(1, of + 1)) == 1


def test_parts_stay_as_they_are():
    """Machines of one run may have different versions: where a file belongs is a promise."""
    assert [Shard(1, 3).holds("web", f"m{n}.py") for n in range(8)] == HELD


HELD = [True, True, False, False, False, False, False, False]


@pytest.mark.parametrize("written", ["", "1", "0/3", "4/3", "1/0", "a/b", "-1/3", "1/99999", "1/2/3"])
def test_what_is_no_shard_is_refused(written):
    with pytest.raises(ValueError, match="a shard is I/N"):
        shard(written)


def test_a_shard_is_read_as_it_is_shown():
    assert shard("2/3") == Shard(2, 3)
    assert str(Shard(2, 3)) == "2/3"


def test_missing_is_of_the_division_that_lacks_least():
    assert missing({Shard(1, 2), Shard(2, 2)}) == ()
    assert missing({WHOLE}) == ()
    assert missing({Shard(1, 3), Shard(3, 3), Shard(1, 9)}) == (Shard(2, 3),)
