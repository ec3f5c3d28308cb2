from __future__ import annotations

import json

import pytest

from dev_assistant.commands import baseline
from dev_assistant.errors import UserError
from dev_assistant.model import Category, FileState, Finding, Severity
from dev_assistant.report.baseline import NAME, read_baseline
from dev_assistant.report.documents import check_document
from dev_assistant.report.merge import result, results_of


@pytest.fixture
def tree(workspace):
    """A workspace whose daemon finds these rules in a.py."""
    answers = {}
    workspace.serve_findings(lambda: answers["check"])

    def say(*rules: str, state: FileState = FileState.FRESH) -> None:
        found = [Finding(rule, Category.LINT, Severity.WARNING, 1, 1, 1, 2, "bad", False) for rule in rules]
        file = result(found, project="p", path="a.py", state=state, verified_at=None, reason="")
        answers["check"] = check_document(results_of({"p": "."}, [file]), meta={"settled": True})

    workspace.say = say
    say("F401", "E722")
    assert workspace.run(baseline, "create") == 0
    return workspace


def rules(tree) -> list[str]:
    found = read_baseline(tree.root / NAME).known
    return sorted(kind.rule for kinds in found.values() for kind in kinds)


def test_what_is_there_is_written_down_with_the_tools_that_found_it(tree):
    assert rules(tree) == ["E722", "F401"]
    assert read_baseline(tree.root / NAME).tools["ruff"]


def test_one_that_is_there_is_not_replaced_unasked(tree, capsys):
    tree.say("S105")
    with pytest.raises(UserError, match="exists"):
        tree.run(baseline, "create")
    capsys.readouterr()
    assert tree.run(baseline, "create", "--force") == 0
    assert rules(tree) == ["S105"]
    assert ": 1 finding written down" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["sub/x.json", "a.py/x.json", "."])
def test_a_place_that_cannot_be_written_is_told_before_any_work(tree, place):
    (tree.root / "a.py").touch()
    with pytest.raises(UserError, match=r"is (no|a) directory"):
        tree.run(baseline, "create", "--force", "--baseline", str(tree.root / place))


def test_diff_tells_what_is_new_and_what_is_fixed_and_changes_nothing(tree, capsys):
    tree.say("F401", "S105")
    before = (tree.root / NAME).read_bytes()
    assert tree.run(baseline, "diff") == 1
    shown = capsys.readouterr().out
    assert "new: p: a.py:1:1: S105 bad\nfixed: p: a.py: 1 of E722 bad\n1 new, 1 fixed, 1 kept\n" in shown
    assert (tree.root / NAME).read_bytes() == before
    assert tree.run(baseline, "diff", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert [row["rule"] for row in told["new"]] == ["S105"]
    assert [row["rule"] for row in told["fixed"]] == ["E722"]


def test_prune_lets_nothing_in_and_update_takes_it_as_it_is(tree):
    tree.say("F401", "S105")
    assert tree.run(baseline, "prune") == 0
    assert rules(tree) == ["F401"]
    assert tree.run(baseline, "update") == 0
    assert rules(tree) == ["F401", "S105"]
    assert tree.run(baseline, "diff") == 0


@pytest.mark.parametrize("action", ["update", "prune", "diff"])
def test_nothing_is_concluded_from_what_is_not_known(tree, action):
    tree.say(state=FileState.STALE)
    with pytest.raises(UserError, match="not everything is known: 1 file is unknown") as caught:
        tree.run(baseline, action)
    assert getattr(caught.value, "status", 2) == 3
    assert rules(tree) == ["E722", "F401"]
