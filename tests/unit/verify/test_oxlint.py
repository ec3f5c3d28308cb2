from __future__ import annotations

import json
import os
import subprocess

import pytest

from dev_assistant import process
from dev_assistant.model import Blame, Category, Failed, Severity, Skipped
from dev_assistant.verify.native import Batch, NativeVerifier
from dev_assistant.verify.oxlint import CONFIGURATION, Oxlint, category
from unit.verify.fakes import program
from unit.verify.judging import judge_all, rules, write

DEEP = "x=" + "[" * 20_000 + "]" * 20_000
SILENT = """
import json, sys
files = sys.argv[sys.argv.index("--") + 1:]
def told(count=len(files), found=()): print(json.dumps(dict(diagnostics=list(found), number_of_files=count)))
def finding(path): return dict(message="m", filename=path, severity="warning", code="eslint(no-debugger)")
if files[0].endswith("proof.js"):
    told(found=[finding(files[0])])
    sys.exit(0)
"""


@pytest.fixture(name="verifier")
def _verifier():
    verifier = NativeVerifier(Oxlint(), 30.0)
    yield verifier
    verifier.close()


def _by_file(verdicts) -> dict[str, list[str]]:
    return {path: rules(verdict) for path, verdict in verdicts.items()}


def test_every_suffix_is_looked_at(tmp_path, verifier):
    script = "debugger;\n"
    component = f"<template><p></p></template>\n<script>\n{script}</script>\n"
    tree = {
        f"a{suffix}": component if suffix in {".vue", ".svelte"} else script for suffix in Oxlint.suffixes
    }
    verdicts = judge_all(verifier, write(tmp_path, tree))
    assert _by_file(verdicts) == {path: ["eslint/no-debugger"] for path in tree}
    assert {verdicts[f"a{suffix}"].findings[0].line for suffix in (".vue", ".svelte")} == {3}


def test_positions_are_in_code_points(tmp_path, verifier):
    write(tmp_path, {"a.js": 'f("é😀"); debugger;\r\n\tf("é"); debugger;\n', "b.js": "\ufeffdebugger\n"})
    verdicts = judge_all(verifier, tmp_path)
    places = [(f.line, f.column, f.end_line, f.end_column) for f in verdicts["a.js"].findings]
    assert places == [(1, 10, 1, 19), (2, 10, 2, 19)]
    assert verdicts["b.js"].findings[0].column == 2


def test_no_configuration_of_the_tree_is_read_and_no_program_of_it_runs(tmp_path, verifier):
    canary = tmp_path / "ran"
    program_text = f"require('fs').writeFileSync({json.dumps(str(canary))}, ''); module.exports = {{}};"
    off = json.dumps({"rules": {"no-debugger": "off"}, "ignorePatterns": ["**/*"], "jsPlugins": ["./p.js"]})
    configured = {
        f"{place}{name}": text
        for place in ("", "sub/")
        for name, text in {
            ".oxlintrc.json": off,
            "oxlint.config.ts": program_text,
            "oxlint.config.js": program_text,
            "eslint.config.js": program_text,
            "p.js": program_text,
            ".gitignore": "*",
            ".eslintignore": "*",
            "tsconfig.json": "{",
            "package.json": '{"eslintIgnore": ["*"]}',
            "oxlint-suppressions.json": "{",
        }.items()
    }
    write(tmp_path, {**configured, ".git/HEAD": "", "a.js": "debugger;\n", "sub/b.ts": "debugger;\n"})
    write(tmp_path, {"node_modules/c.js": "debugger;\n", "-d.js": "debugger;\n", "e f.js": "debugger;\n"})
    names = ["a.js", "sub/b.ts", "node_modules/c.js", "-d.js", "e f.js"]
    assert _by_file(judge_all(verifier, tmp_path, *names)) == {name: ["eslint/no-debugger"] for name in names}
    assert not canary.exists()


def test_a_file_that_cannot_be_parsed_has_an_error(tmp_path, verifier):
    (found, *_) = judge_all(verifier, write(tmp_path, {"a.js": "function (\n"}))["a.js"].findings
    assert (found.rule, found.severity, found.category) == ("invalid-syntax", Severity.ERROR, Category.LINT)


def test_svelte_is_told_of_a_change_by_an_assignment(tmp_path, verifier):
    script = "<script>\n  let a = [];\n  export function f() { a.push(1); a = a; }\n</script>\n{a}\n"
    verdicts = judge_all(verifier, write(tmp_path, {"a.svelte": script, "a.vue": script}))
    assert _by_file(verdicts) == {"a.svelte": [], "a.vue": ["eslint/no-self-assign"]}


def test_categories_of_findings(tmp_path, verifier):
    text = """eval(a); new Function(b); setTimeout("c()", 1); location.href = "javascript:d()";
export const e = (a, b, c, d, e, f) => a + b + c + d + e + f;
// TODO: g
export const h = <i dangerouslySetInnerHTML={{ __html: h }} />;
debugger;
"""
    findings = judge_all(verifier, write(tmp_path, {"a.jsx": text}))["a.jsx"].findings
    assert {found.rule: found.category for found in findings} == {
        "eslint/no-eval": Category.SECURITY,
        "eslint/no-new-func": Category.SECURITY,
        "eslint/no-implied-eval": Category.SECURITY,
        "eslint/no-script-url": Category.SECURITY,
        "react/no-danger": Category.SECURITY,
        "eslint/max-params": Category.DESIGN,
        "eslint/no-warning-comments": Category.UNFINISHED,
        "eslint/no-debugger": Category.LINT,
    }
    assert category("eslint/complexity") is category("eslint/max-depth") is Category.DESIGN


def test_what_oxlint_would_silently_call_clean_is_not_judged(tmp_path, verifier):
    write(tmp_path, {"a.min.js": "x", "b-min.mjs": "x", "bundle.js": "debugger;" * 200, "bad.js": b"'\xff'"})
    (tmp_path / os.fsdecode(b"n\xff.js")).write_text("debugger;\n")
    verdicts = judge_all(verifier, tmp_path)
    kinds = {path: type(verdict) for path, verdict in verdicts.items()}
    assert [path for path, kind in kinds.items() if kind is Skipped] == ["a.min.js", "b-min.mjs", "bundle.js"]
    assert verdicts["bad.js"] == Failed("not valid UTF-8")
    assert verdicts[os.fsdecode(b"n\xff.js")] == Failed("oxlint reads no path that is not UTF-8")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", "{% autoescape off %}\n'use strict';\n{% endautoescape %}\n"),
        ("a.js", "// é\nvar a = {{ data|safe }};\n"),
        ("a.ts", "<?php echo 1 ?>\n"),
    ],
)
def test_a_template_is_no_script_yet(tmp_path, verifier, name, text):
    verdict = judge_all(verifier, write(tmp_path, {name: text}))[name]
    assert isinstance(verdict, Skipped)
    assert "template" in verdict.reason


@pytest.mark.parametrize("text", ["a = {{b: 1}\n", "<i style={{ color red }}/>;\n", "f('{{ a }}';\n"])
def test_a_mistake_is_no_template(tmp_path, verifier, text):
    assert "invalid-syntax" in rules(judge_all(verifier, write(tmp_path, {"a.js": text}))["a.js"])


def test_a_file_that_kills_oxlint_fails_alone(tmp_path, verifier):
    tree = {f"{number}.js": "debugger;\n" for number in range(6)} | {"deep.ts": f"{DEEP}\n" + "\n" * 300}
    verdicts = judge_all(verifier, write(tmp_path, tree))
    failed = verdicts.pop("deep.ts")
    assert failed.blame is Blame.FILE
    assert "signal" in failed.reason
    assert set(map(tuple, _by_file(verdicts).values())) == {("eslint/no-debugger",)}


def test_equal_to_a_direct_run(tmp_path, verifier):
    sources = {
        "a.js": "var a = 1;\nif (a = 2) { debugger }\n[1].map(x => { x == NaN });\n",
        "b.ts": "enum A { x = 1, y = 1 }\nfor (let i = 0; i < 10; i--) {}\nexport default A;\n",
        "c.tsx": "export const c = [1].map(x => <p>{x}</p>);\nexport const d = <img/>;\n",
        "d.mjs": "async function* f() { try { return 1 } finally { return 2 } }\n",
    }
    write(tmp_path, sources)
    command = [process.tool("oxlint"), f"--config={CONFIGURATION}", "--format=json", *sorted(sources)]
    shown = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    told = {
        (d["filename"], d["code"], label["line"], label["column"], d["message"])
        for d in json.loads(shown.stdout)["diagnostics"]
        for label in [d["labels"][0]["span"]]
    }
    ours = {
        (path, "{}({})".format(*f.rule.split("/")), f.line, f.column, f.message)
        for path, verdict in judge_all(verifier, tmp_path).items()
        for f in verdict.findings
    }
    assert ours == told
    assert len(ours) > 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("told(0)", "looked at 0 of 1 files"),
        ("print('no')", "is no report: no"),
        ("sys.exit(3)", "exited with 3: without a word"),
        ("told(found=[finding('/other.js')])", "not asked for"),
        ("import os; os.abort()", "killed by signal 6"),
        ("import signal; signal.pause()", "did not answer within"),
    ],
)
def test_whatever_goes_wrong_is_failed_and_never_clean(tmp_path, body, reason):
    batch = Batch(Oxlint(), program(tmp_path, SILENT + body), 0.5 if "pause" in body else 30.0)
    [verdict] = batch.check({f"{tmp_path}/a.js": b""}).values()
    assert isinstance(verdict, Failed)
    assert reason in verdict.reason
