from __future__ import annotations

import json
from pathlib import Path

import pytest

import dev_assistant
from dev_assistant import process
from dev_assistant.model import Blame, Category, Checked
from dev_assistant.verify.ruff_deep import RULES, Living, asks, flags, judge
from unit.verify.judging import ruff, write

SOURCE = """import os
def f(a, b, c, d, e, g):  # TODO later
    assert a
    assert b  # noqa: S101
"""


def _rules(verdicts) -> list[str]:
    [verdict] = verdicts.values()
    return [found.rule for found in verdict.findings]


def test_findings_are_of_the_deep_categories_and_noqa_holds(tmp_path):
    write(tmp_path, {"a.py": SOURCE, "ruff.toml": "lint.ignore = ['ALL']\n"})
    [verdict] = judge([f"{tmp_path}/a.py"], timeout=30.0).values()
    found = {(finding.rule, finding.line, finding.category) for finding in verdict.findings}
    assert {("S101", 3, Category.SECURITY), ("FIX002", 2, Category.UNFINISHED)} <= found
    assert ("PLR0913", 2, Category.DESIGN) in found
    assert {category for _, _, category in found} == {
        Category.SECURITY,
        Category.DESIGN,
        Category.UNFINISHED,
    }
    assert [line for rule, line, _ in found if rule == "S101"] == [3]


def test_what_the_project_asks_itself_is_not_asked_again(tmp_path):
    path = str(write(tmp_path, {"a.py": SOURCE}) / "a.py")
    every = _rules(judge([path], timeout=30.0))
    fewer = _rules(judge([path], except_rules=frozenset({"S101", "F401", "PLR0913"}), timeout=30.0))
    assert fewer == [rule for rule in every if rule not in {"S101", "PLR0913"}]
    assert _rules(judge([path], rules=frozenset({"S101"}), timeout=30.0)) == ["S101"]
    both = frozenset({"S101"})
    assert _rules(judge([path], rules=both, except_rules=both, timeout=30.0)) == []
    assert judge([path], rules=frozenset(), timeout=30.0) == {path: Checked()}


def test_flags_do_not_depend_on_the_order():
    assert flags(RULES, frozenset({"S101", "S102"})) == flags(
        frozenset(sorted(RULES)), frozenset({"S102", "S101"})
    )
    assert flags(RULES, frozenset())[-1] == "--"


def test_a_file_that_cannot_be_parsed_is_told_whatever_the_tree_configures(tmp_path):
    write(tmp_path, {"a.py": "def (\n", "ruff.toml": "nonsense"})
    assert set(_rules(judge([f"{tmp_path}/a.py"], timeout=30.0))) == {"invalid-syntax"}


def test_a_selector_asks_for_its_own_family_alone():
    codes = ("S101", "SIM101", "C901", "PLR0911", "TD002", "TDX", "F401")
    assert list(filter(asks, codes)) == ["S101", "C901", "PLR0911", "TD002"]


def test_a_file_that_kills_ruff_fails_alone(tmp_path):
    deep = "".join(" " * depth + "if x:\n" for depth in range(3000)) + " " * 3000 + "pass\n"
    write(tmp_path, {"deep.py": deep, "a.py": SOURCE})
    verdicts = judge([f"{tmp_path}/a.py", f"{tmp_path}/deep.py"], timeout=30.0)
    assert verdicts[f"{tmp_path}/a.py"].findings
    deep_verdict = verdicts[f"{tmp_path}/deep.py"]
    assert isinstance(deep_verdict, Checked) or deep_verdict.blame is Blame.FILE


@pytest.mark.parametrize("count", [1, 40])
def test_equal_to_a_direct_run(count):
    sources = [str(path) for path in sorted(Path(dev_assistant.__file__).parent.rglob("*.py"))[:count]]
    shown = ruff(
        Path("/"), "--isolated", f"--select={','.join(RULES)}", "--output-format=json-lines", *sources
    )
    told = [json.loads(line) for line in shown.stdout.splitlines()]
    ours = [
        (path, found.rule, found.line, found.column, found.message)
        for path, verdict in judge(sources, timeout=30.0).items()
        for found in verdict.findings
    ]
    assert sorted(ours) == sorted(
        (t["filename"], t["code"], t["location"]["row"], t["location"]["column"], t["message"]) for t in told
    )


def test_no_file_is_changed(tmp_path):
    path = write(tmp_path, {"a.py": "# todo: x\nassert 1\n"}) / "a.py"
    judge([str(path)], timeout=30.0)
    assert path.read_text() == "# todo: x\nassert 1\n"
    assert process.tool("ruff")


@pytest.fixture(name="living")
def _living():
    living = Living()
    yield living
    living.close()


def _served(living, paths, except_rules=frozenset()):
    texts = {path: Path(path).read_bytes().decode() for path in paths}
    return living.judge(
        texts,
        except_rules=dict.fromkeys(paths, except_rules),
        version="1",
        timeout=30.0,
        children=process.Children(),
    )


HARD = {
    "broken.py": "def (\n",
    "clean.py": "x = 1\n",
    "crlf.py": SOURCE.replace("\n", "\r\n"),
    "cr.py": SOURCE.replace("\n", "\r"),
    "wide.py": "x = '𝄞é'; assert x  # TODO: é\n",
    "tabs.py": "if x:\n\tassert x\n\x0c\nassert '\u202e'\n",
    "noqa.py": "# ruff: noqa: S101\nassert x\nassert x  # noqa\n",
    "empty.py": "",
    "stub.pyi": "def f(a, b, c, d, e, g): ...\npassword = 'abc'\n",
}


def test_a_living_server_says_what_a_run_says_whatever_the_tree_configures(living, tmp_path):
    write(tmp_path, {"ruff.toml": "lint.ignore = ['ALL']\n", **HARD, "sub/a.py": SOURCE})
    write(
        tmp_path, {"sub/ruff.toml": "nonsense", "sub/b/pyproject.toml": "[tool.ruff]\ntarget-version='py38'"}
    )
    write(tmp_path, {"sub/b/a.py": "match x:\n    case 1: assert x\n"})
    paths = [str(path) for path in sorted(tmp_path.rglob("*.py*")) if path.suffix != ".toml"]
    paths += [str(path) for path in sorted(Path(dev_assistant.__file__).parent.rglob("*.py"))[:30]]
    for except_rules in (frozenset(), frozenset({"S101", "TD002", "F401"})):
        told = _served(living, paths, except_rules)
        assert told == judge(paths, except_rules=except_rules, timeout=30.0)
        assert sum(len(verdict.findings) for verdict in told.values()) > len(HARD)


def test_files_that_a_server_judges_otherwise_are_not_for_it(living, tmp_path):
    write(tmp_path, {"bom.py": "\ufeff" + SOURCE, "a.pyw": SOURCE, "a\n.py": SOURCE, "a.py": SOURCE})
    paths = [str(tmp_path / name) for name in ("bom.py", "a.pyw", "a\n.py", "a.py")]
    assert list(_served(living, paths)) == [paths[-1]]
