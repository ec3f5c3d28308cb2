from __future__ import annotations

import pytest

from dev_assistant.model import Project, ProjectName, RelPath
from dev_assistant.report.sharding import Shard
from dev_assistant.service.selection import EVERYTHING, Selection

WEB = Project(ProjectName("web"), "/w/web", ("/w/web", "/w/lib"))


@pytest.mark.parametrize(
    ("selection", "path", "held"),
    [
        (EVERYTHING, "a.py", True),
        (Selection(paths=("/w/web/src",)), "src/a.py", True),
        (Selection(paths=("/w/web/src",)), "src2/a.py", False),
        (Selection(paths=("/w/web/src/",)), "src/a.py", True),
        (Selection(paths=("/w/web/src/a.py",)), "src/a.py", True),
        (Selection(paths=("/w/lib",)), "../lib/x.py", True),
        (Selection(paths=("/w",)), "../lib/x.py", True),
        (Selection(without=frozenset({"/w/web/results.json"})), "results.json", False),
        (Selection(without=frozenset({"/w/web/results.json"})), "a.json", True),
    ],
)
def test_paths_and_our_own_outputs(selection, path, held):
    assert selection.holds(WEB, RelPath(path)) is held


def test_of_the_paths_a_shard_has_its_part():
    paths = [RelPath(f"src/m{n}.py") for n in range(20)]
    held = [{p for p in paths if Selection(("/w/web/src",), Shard(i, 2)).holds(WEB, p)} for i in (1, 2)]

    assert held[0] | held[1] == set(paths)
    assert not held[0] & held[1]
    assert not Selection(("/w/web/src",), Shard(1, 2)).holds(WEB, RelPath("a.py"))
