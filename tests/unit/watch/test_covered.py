"""The tree of covered directories against a plain dictionary."""

import hypothesis.strategies as st
from hypothesis import given, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dev_assistant.watch.covered import Covered, Uncovered

PATHS = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=4).map(lambda names: "/" + "/".join(names))
WATCHES = st.integers(1, 8)


class CoveredMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.covered = Covered()
        self.model: dict[str, int] = {}

    @rule(path=PATHS, watch=WATCHES)
    def add(self, path: str, watch: int) -> None:
        before = self.model.get(path)
        self.model = {key: value for key, value in self.model.items() if value != watch}
        self.model[path] = watch
        assert self.covered.add(path, watch) == (None if before == watch else before)

    @rule(path=PATHS)
    def remove(self, path: str) -> None:
        assert self.covered.remove(path) == self.model.pop(path, None)

    @rule(path=PATHS)
    def remove_tree(self, path: str) -> None:
        prefix = path.rstrip("/") + "/"
        gone = {key: value for key, value in self.model.items() if key == path or key.startswith(prefix)}
        self.model = {key: value for key, value in self.model.items() if key not in gone}
        assert sorted(self.covered.remove_tree(path)) == sorted(gone.values())

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        assert {path: self.covered.watch(path) for path in self.covered} == self.model
        assert all(self.covered.path(watch) == path for path, watch in self.model.items())
        assert len(self.covered) == len(self.model)


TestCovered = CoveredMachine.TestCase
TestCovered.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(st.sets(PATHS))
def test_nothing_remains_when_all_is_removed(paths: set[str]) -> None:
    covered = Covered()
    for number, path in enumerate(sorted(paths)):
        covered.add(path, number)
    for path in paths:
        covered.remove(path)
    assert covered._below == {}


def test_reasons_are_kept_by_path_and_forgotten_by_tree() -> None:
    uncovered = Uncovered()
    for path in ("/a/b", "/ab", "/a"):
        uncovered.put(path, "full")
    uncovered.put("/a/b", "denied")
    assert uncovered.items() == [("/a", "full"), ("/a/b", "denied"), ("/ab", "full")]
    uncovered.discard("/a")
    uncovered.discard("/a")
    assert "/a/b" in uncovered
    uncovered.discard_tree("/a")
    assert uncovered.items() == [("/ab", "full")]
