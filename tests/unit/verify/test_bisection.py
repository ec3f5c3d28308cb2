from __future__ import annotations

from collections.abc import Sequence

import pytest

from dev_assistant.errors import ToolError
from dev_assistant.model import Blame, Checked, Failed
from dev_assistant.verify.bisection import Bisection, parts, printed, scaled
from dev_assistant.verify.patience import Patience

PATHS = [f"/{number}" for number in range(32)]


class Breaking:
    """A tool that no run survives which holds one of ``culprits``."""

    def __init__(self, *culprits: str, works: bool = True) -> None:
        self.culprits = set(culprits)
        self.works = works
        self.runs: list[Sequence[str]] = []

    def run(self, paths: Sequence[str]) -> dict[str, Checked | Failed]:
        self.runs.append(paths)
        if self.culprits & set(paths):
            raise ToolError("broke")
        return dict.fromkeys(paths, Checked())

    def prove(self) -> None:
        if not self.works:
            raise ToolError("does not work")

    def check(self, patience: Patience | None = None) -> dict[str, Checked | Failed]:
        return Bisection(self.run, self.prove, patience or Patience()).check(PATHS)


@pytest.mark.parametrize("culprits", [[], ["/0"], ["/31"], ["/7", "/8"]])
def test_only_the_culprits_fail_and_are_to_blame(culprits):
    verdicts = Breaking(*culprits).check()
    failed = {path: verdict for path, verdict in verdicts.items() if verdict != Checked()}
    assert set(verdicts) == set(PATHS)
    assert failed == dict.fromkeys(culprits, Failed("broke", Blame.FILE))


def test_a_broken_tool_is_run_once_and_not_again_at_once():
    broken, patience = Breaking("/3", works=False), Patience()
    assert set(broken.check(patience).values()) == {Failed("does not work", Blame.TOOL)}
    assert set(broken.check(patience).values()) == {Failed("does not work")}
    assert len(broken.runs) == 1


def test_a_tool_that_fails_whatever_it_is_given_is_given_up():
    always = Breaking(*PATHS)
    assert set(always.check()) == set(PATHS)
    assert len(always.runs) == 16


def test_names_that_are_printed_alike_are_in_different_parts():
    paths = ["/\udcff", "/a", "/\udcfe", "/a"]
    assert {printed(path) for path in paths} == {"/\ufffd", "/a"}
    assert list(parts(paths)) == [["/\udcff", "/a"], ["/\udcfe"]]


def test_long_lists_are_cut_by_number_and_by_bytes():
    assert [len(part) for part in parts(str(number) for number in range(1100))] == [512, 512, 76]
    assert [len(part) for part in parts(str(number) * 40_000 for number in range(4))] == [3, 1]


def test_more_files_have_more_time():
    assert scaled(10.0, count=1) == 10.0
    assert scaled(10.0, count=21) == 20.0
    assert scaled(10.0, count=1, size=10_000_000) == 50.0
