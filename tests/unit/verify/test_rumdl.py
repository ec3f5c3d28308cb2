from __future__ import annotations

import re

import pytest

from dev_assistant import process
from dev_assistant.model import Category, Checked, Failed, Skipped
from dev_assistant.verify.native import Batch, NativeVerifier
from dev_assistant.verify.rumdl import RULES, Rumdl
from unit.verify.fakes import program
from unit.verify.judging import judge_all, rules, write

SILENT = """
import json, os, sys
words = sys.stdin.buffer.read().split(b"\\0")[:-1]
texts = dict(zip((word.decode() for word in words[::2]), words[1::2]))
def finding(name, rule="MD042"): print(json.dumps(dict(file=name, line=1, column=1, rule=rule, message="m")))
if b"[link]()\\n" in texts.values():
    finding(next(iter(texts)))
    sys.exit(1)
"""


@pytest.fixture(name="verifier")
def _verifier():
    verifier = NativeVerifier(Rumdl(), 30.0)
    yield verifier
    verifier.close()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("# a\n\n### b\n", "MD001"),
        ("(text)[https://example.org]\n", "MD011"),
        ("#Heading\n", "MD018"),
        ("# a\n\n## b\n\n## b\n", "MD024"),
        ("[a]()\n", "MD042"),
        ("![](https://example.org/a.png)\n", "MD045"),
        ("a\n\n```text\nb\n", "MD046"),
        ("[a](#b)\n", "MD051"),
        ("[a][b]\n", "MD052"),
        ("| a | b |\n| - | - |\n| c |\n", "MD056"),
        ("a[^1]\n", "MD066"),
        (b"# \xff\n", "MD094"),
    ],
)
def test_mistakes(tmp_path, verifier, text, rule):
    verdicts = judge_all(verifier, write(tmp_path, {"a.md": text, "b.MARKDOWN": text}))
    assert rules(verdicts["a.md"]) == [rule]
    assert verdicts["a.md"] == verdicts["b.MARKDOWN"]
    assert verdicts["a.md"].findings[0].category is Category.LINT


@pytest.mark.parametrize(
    "text",
    [
        "# a\n\n## b\n\n### c\n\n## d\n\n### c\n",
        "# a\n* b\n+ c  \n\n\n<b>d</b> https://example.org " + "long " * 90,
        "[a](b.md) [c](b.md#d) ![e](f.png) [g](../h)\n",
        "",
    ],
)
def test_what_is_no_mistake(tmp_path, verifier, text):
    assert judge_all(verifier, write(tmp_path, {"a.md": text}))["a.md"] == Checked()


def test_positions_are_in_code_points(tmp_path, verifier):
    verdicts = judge_all(verifier, write(tmp_path, {"a.md": "é😀 [a]()\r\n\r\né 😀é [b]() [c]()\n"}))
    assert [(f.line, f.column) for f in verdicts["a.md"].findings] == [(1, 4), (3, 6), (3, 12)]


def test_a_verdict_depends_on_nothing_beside_the_bytes(tmp_path, verifier):
    off = "[global]\ndisable = ['all']\n[MD042]\nenabled = false\n[code-block-tools]\nenabled = true\n"
    names = (".rumdl.toml", "rumdl.toml", "sub/.rumdl.toml", ".markdownlint.yaml", ".editorconfig")
    tree = dict.fromkeys(names, off) | {
        "pyproject.toml": "[tool.rumdl.global]\ndisable = ['all']\n",
        ".markdownlintignore": "*",
        ".gitignore": "*",
        "b.md": "# there\n",
    }
    wanted = ["a.md", "sub/a.md", "-c.md", "é\n.md"]
    write(tmp_path, tree | dict.fromkeys(wanted, "[a]() [b](b.md#nowhere) [c](../b.md#nowhere)\n"))
    verdicts = judge_all(verifier, tmp_path, *wanted, "b.md")
    assert {path: rules(verdict) for path, verdict in verdicts.items()} == {
        "b.md": [],
        **{path: ["MD042"] for path in wanted},
    }


def test_the_environment_of_the_caller_is_not_rumdls(tmp_path, verifier, monkeypatch):
    monkeypatch.setenv("RUMDL_OUTPUT_FORMAT", "github")
    monkeypatch.setenv("RUMDL_CONFIG", "/nowhere")
    environment = process.clean_environment()
    assert not {"RUMDL_OUTPUT_FORMAT", "RUMDL_CONFIG"} & set(environment)
    assert rules(judge_all(verifier, write(tmp_path, {"a.md": "[a]()\n"}))["a.md"]) == ["MD042"]


def test_comments_turn_rules_off_and_never_on(tmp_path, verifier):
    text = """<!-- rumdl-disable MD042 -->
[a]()
<!-- rumdl-enable MD042 -->
<!-- markdownlint-configure-file {"MD013": {"line_length": 1}, "MD033": true} -->
<b>some text</b>
[cli warning] nothing of ours
[c]()
"""
    verdict = judge_all(verifier, write(tmp_path, {"a.md": text}))["a.md"]
    assert [(f.rule, f.line) for f in verdict.findings] == [("MD042", 7)]


def test_a_text_with_nul_is_none(tmp_path, verifier):
    verdicts = judge_all(verifier, write(tmp_path, {"a.md": b"# a\0b.md\0[c]()", "b.md": "[d]()\n"}))
    assert isinstance(verdicts["a.md"], Skipped)
    assert rules(verdicts["b.md"]) == ["MD042"]


def test_what_takes_rumdl_too_long_is_skipped_and_says_so(tmp_path, verifier):
    write(tmp_path, {"a.md": "## a\n\n[b](#a) [c]()\n\n" * 65_000, "b.md": "## a\n\n[b](#a)\n\n" * 100})
    verdicts = judge_all(verifier, tmp_path)
    assert isinstance(verdicts["a.md"], Skipped)
    assert "each heading with each link" in verdicts["a.md"].reason
    assert isinstance(verdicts["b.md"], Checked)


def test_deep_nesting_is_judged_or_fails_alone(tmp_path, verifier):
    write(tmp_path, {"deep.md": "> " * 5_000 + "[a]()\n", "a.md": "[a]()\n"})
    verdicts = judge_all(verifier, tmp_path)
    assert isinstance(verdicts["deep.md"], Checked | Failed)
    assert rules(verdicts["a.md"]) == ["MD042"]


def test_many_texts_are_cut_and_each_is_judged_once():
    texts = {str(number): b"[a]()\n" * (number % 3) for number in range(300)}
    batch = Batch(Rumdl(), process.tool("rumdl"), 30.0)
    assert {name: len(verdict.findings) for name, verdict in batch.check(texts).items()} == {
        name: int(name) % 3 for name in texts
    }


def test_the_rules_are_known_to_the_tool(tmp_path):
    shown = process.run([process.tool("rumdl"), "rule"], cwd="/", timeout=10.0)
    assert set(RULES) <= set(re.findall(r"MD\d+", shown.stdout.decode()))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("finding(next(iter(texts)))", "exited with 0"),
        ("sys.exit(1)", "exited with 1: without a word"),
        ("sys.exit('broken')", "exited with 1: broken"),
        ("print('no'); sys.exit(1)", "not a finding: no"),
        ("finding('x.md'); sys.exit(1)", "not asked for"),
        ("print('[cli warning] Unknown rule', file=sys.stderr)", "does not know an option"),
        ("os.abort()", "killed by signal 6"),
        ("import signal; signal.pause()", "did not answer within"),
    ],
)
def test_whatever_goes_wrong_is_failed_and_never_clean(tmp_path, body, reason):
    batch = Batch(Rumdl(), program(tmp_path, SILENT + body), 0.5 if "pause" in body else 30.0)
    [verdict] = batch.check({"a.md": b"a"}).values()
    assert isinstance(verdict, Failed)
    assert reason in verdict.reason
