"""LCOM4 on graphs whose parts are plain to see."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.analysis.structure.cohesion import components

NAMES = st.sampled_from("abcdefgh")


def test_common_members_connect() -> None:
    assert components({"f": ["x"], "g": ["x", "y"], "h": ["z"]}) == [("f", "g"), ("h",)]


def test_use_of_one_another_connects() -> None:
    assert components({"f": ["g"], "g": ["x"], "h": ["y"]}) == [("f", "g"), ("h",)]


def test_what_uses_nothing_is_alone() -> None:
    assert components({"f": [], "g": []}) == [("f",), ("g",)]


@given(st.dictionaries(NAMES, st.sets(NAMES)))
@settings(max_examples=40)
def test_parts_share_nothing_and_miss_no_method(methods: dict[str, set[str]]) -> None:
    parts = components(methods)
    assert sorted(name for part in parts for name in part) == sorted(methods)
    reach = [set(part).union(*(methods[name] for name in part)) for part in parts]
    assert sum(map(len, reach)) == len(set().union(*reach))


@given(st.dictionaries(NAMES, st.sets(NAMES)))
@settings(max_examples=40)
def test_the_order_of_methods_does_not_matter(methods: dict[str, set[str]]) -> None:
    turned = dict(reversed(methods.items()))
    assert {frozenset(part) for part in components(methods)} == {
        frozenset(part) for part in components(turned)
    }
