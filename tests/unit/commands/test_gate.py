from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.commands import baseline, gate
from dev_assistant.errors import ConfigError, UserError
from dev_assistant.model import Category, FileState, Finding, Severity
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument, check_document
from dev_assistant.report.merge import result, results_of
from dev_assistant.report.sharding import Shard

SOURCE = "".join(f"line {n}\n" for n in range(20))


def finding(line: int, message: str = "unused") -> Finding:
    return Finding("F401", Category.LINT, Severity.WARNING, line, 1, line, 2, message, False)


def judged(files: dict[str, list[Finding]], *, state: FileState = FileState.FRESH) -> CheckDocument:
    rows = [
        result(found, project="p", path=path, state=state, verified_at=None, reason="")
        for path, found in files.items()
    ]
    return check_document(results_of({"p": "."}, rows), meta={"settled": True, "missing": []})


@pytest.fixture
def tree(workspace):
    """A workspace of one project, whose daemon says what ``answers`` hold."""
    (workspace.root / "workspace.json").write_text('{"projects": [{"name": "p", "path": "."}]}')
    (workspace.root / "a.py").write_text(SOURCE)
    answers: dict[str, CheckDocument] = {}
    workspace.serve_findings(lambda: answers["check"])

    def say(files: dict[str, list[Finding]], **more: Any) -> None:
        answers["check"] = judged(files, **more)

    workspace.say = say
    return workspace


def settled(tree, capsys) -> None:
    tree.say({"a.py": [finding(n) for n in range(1, 41)]})
    assert tree.run(baseline, "create") == 0
    capsys.readouterr()


def test_without_a_baseline_everything_is_new(tree, capsys):
    tree.say({"a.py": [finding(1)]})
    assert tree.run(gate) == 1
    shown = capsys.readouterr()
    assert "1 new, 0 fixed, 0 kept against nothing" in shown.out
    assert "dev-assistant baseline create" in shown.err


def test_what_stands_in_the_baseline_is_not_new_wherever_it_has_moved(tree, capsys):
    settled(tree, capsys)
    (tree.root / "pkg").mkdir()
    (tree.root / "a.py").rename(tree.root / "pkg" / "b.py")
    tree.say({"pkg/b.py": [finding(n + 7) for n in range(1, 41)]})
    assert tree.run(gate) == 0
    tree.say({"pkg/b.py": [finding(n + 7) for n in range(1, 41)] + [finding(9, "other")]})
    assert tree.run(gate, "--json") == 1
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(row["path"], row["message"]) for row in answer["new"]] == [("pkg/b.py", "other")]
    assert answer["moved"][0]["from_path"] == "a.py"
    assert answer["base"] == ".dev-assistant-baseline.json"


def test_a_file_that_only_resembles_one_that_is_still_there_is_new(tree, capsys):
    settled(tree, capsys)
    (tree.root / "b.py").write_text(SOURCE)
    tree.say({"a.py": [], "b.py": [finding(1)]})
    assert tree.run(gate) == 1


def test_what_is_not_known_does_not_pass(tree, capsys):
    settled(tree, capsys)
    tree.say({"a.py": []}, state=FileState.FAILED)
    assert tree.run(gate) == 3


def test_a_baseline_that_is_asked_for_has_to_be_there(tree):
    tree.say({"a.py": []})
    with pytest.raises(UserError) as caught:
        tree.run(gate, "--baseline", str(tree.root / "none.json"))
    assert getattr(caught.value, "status", 2) == 3


def test_a_broken_policy_is_refused(tree):
    (tree.root / "pyproject.toml").write_text("[tool.dev-assistant]\ngate_max_new = {errors = 0}\n")
    with pytest.raises(ConfigError, match="errors is none of all, error"):
        tree.run(gate)


def test_the_policy_is_the_projects_own(tree, capsys):
    (tree.root / "pyproject.toml").write_text("[tool.dev-assistant]\ngate_max_new = {all = 1}\n")
    tree.say({"a.py": [finding(1)]})
    assert tree.run(gate, "--baseline", str(empty(tree.root))) == 0
    tree.say({"a.py": [finding(1), finding(2)]})
    assert tree.run(gate, "--baseline", str(empty(tree.root))) == 1


def empty(root: Path) -> Path:
    path = root / "empty.json"
    path.write_text('{"schema": "dev-assistant/baseline@1", "tools": {}, "projects": {}}')
    return path


def part(index: int, of: int, files: dict[str, list[Finding]]) -> bytes:
    rows = [
        result(found, project="p", path=path, state=FileState.FRESH, verified_at=1.0, reason="")
        for path, found in files.items()
    ]
    shards = {"p": frozenset({Shard(index, of)})}
    meta = {"settled": True, "generated_at": 1.0}
    return encode(check_document(results_of({"p": "."}, rows, shards), meta=meta, schema="results"))


@pytest.fixture
def parts(tree) -> list[str]:
    """Two parts with a finding each; nobody is there who could judge."""
    (tree.root / "b.py").write_text("import b\n")
    names = [str(tree.root / f"part{index}.json") for index in (1, 2)]
    for index, name in enumerate(names, 1):
        Path(name).write_bytes(part(index, 2, {"ab"[index - 1] + ".py": [finding(1)]}))
    return names


def test_results_stand_for_a_judgement(tree, parts, capsys):
    assert tree.run(baseline, "create", "--results", *parts) == 0
    assert "2 findings written down" in capsys.readouterr().out
    assert tree.run(gate, "--results", *parts) == 0
    Path(parts[1]).write_bytes(part(2, 2, {"b.py": [finding(1), finding(3, "other")]}))
    assert tree.run(gate, "--results", *parts) == 1
    assert "1 new, 0 fixed, 2 kept" in capsys.readouterr().out
    assert tree.run(gate, "--results", *parts, "-o", "concise=-") == 1
    assert capsys.readouterr().out.startswith("b.py:3:1: F401 other\n1 findings in 2 files")


def test_results_that_lack_a_part_are_unknown(tree, parts, capsys):
    assert tree.run(gate, "--results", parts[0], "--baseline", str(empty(tree.root))) == 3
    assert "(workspace): doubts: results of shard p 2/2 are missing" in capsys.readouterr().out
    with pytest.raises(UserError, match="not everything is known") as caught:
        tree.run(baseline, "create", "--results", parts[0])
    assert getattr(caught.value, "status", 2) == 3
