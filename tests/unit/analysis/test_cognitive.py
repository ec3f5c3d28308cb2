from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dev_assistant
from dev_assistant import process
from dev_assistant.analysis.cognitive import COGNITIVE, LIMIT, Function, check, functions
from dev_assistant.analysis.rules import LONGEST_NAME
from dev_assistant.model import Measure

SOURCES = Path(dev_assistant.__file__).parent
FIFTEEN = "def f(a):\n" + "    if a: pass\n" * 15
OVER = FIFTEEN + "    if a: pass\n"


def test_functions_of_modules_and_classes_with_the_inner_ones_counted_outside():
    source = """class A:
    class B:
        @property
        async def f(self):
            def g():
                if 1: pass

def h(x):
    if x and x or x:
        return h(x)
"""
    assert functions(source.encode()) == [Function("A.B.f", 4, 6, 2), Function("h", 8, 10, 4)]


def test_a_function_over_the_limit_is_found_at_its_name():
    source = OVER.replace("def f", "@decorated('é')\n@twice(\n    1\n)\nasync def é").encode()
    [found] = check(source)
    assert functions(source) == [Function("é", 5, 21, 16)]
    assert found.message == "cognitive complexity 16 is over 15"
    assert (found.line, found.column, found.end_line, found.end_column) == (5, 11, 5, 12)
    assert (found.rule, found.category) == ("DA120", COGNITIVE.category)
    assert found.measure == Measure("é", 16, 15)


def test_a_name_is_measured_with_its_classes_and_cut_at_its_beginning():
    outer = "A" * LONGEST_NAME
    source = f"class {outer}:\n" + OVER.replace("    ", "        ").replace("def f", "    def last")
    [found] = check(source.encode())
    assert found.measure is not None
    assert len(found.measure.function) == LONGEST_NAME
    assert found.measure.function.endswith("A.last")


def test_the_limit_itself_is_not_over():
    assert functions(FIFTEEN.encode())[0].complexity == LIMIT
    assert list(check(FIFTEEN.encode())) == []
    assert len(list(check(OVER.encode()))) == 1


def test_the_example_breaks_the_rule():
    assert [found.rule for found in check(COGNITIVE.example.encode())] == [COGNITIVE.id]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_end_as_python_ends_them(end):
    source = "\ufeffx = 1\n\ndef f(a):\n    if a: pass\n".replace("\n", end).encode()
    assert functions(source) == [Function("f", 3, 4, 1)]


def test_a_comment_leaves_a_function_out():
    assert functions(b"def f(a):  # complexipy: ignore\n    if a: pass\n") == []


HOSTILE = {
    "syntax": b"def (",
    "not utf-8": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    "nul": b"x = '\0'\ndef f(): pass\0",
    "brackets": b"x = " + b"[" * 20_000 + b"]" * 20_000,
    "short brackets": b"x = " + b"[\n" * 20_000 + b"]\n" * 20_000,
    "open": b"(" * 20_000,
    "ifs": b"".join(b" " * depth + b"if x:\n" for depth in range(3000)) + b" " * 3000 + b"pass\n",
    "defs": b"".join(b" " * depth + b"def f():\n" for depth in range(2000)) + b" " * 2000 + b"pass\n",
    "minus": b"x = " + b"-" * 19_000 + b"1",
    "nots": b"x = " + b"not " * 4_000 + b"1",
    "lambdas": b"x = " + b"lambda: " * 2_000 + b"1",
    "patterns": b"match x:\n case " + b"[" * 5000 + b"]" * 5000 + b": pass",
    "ternaries": b"x = " + b"1 if 1 else\\\n" * 20_000 + b"1",
    "one line": b"def f():\n " + b"x=1;" * 2_500_000,
    "empty": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_sources_are_survived(kind):
    assert all(function.complexity == 0 for function in functions(HOSTILE[kind]))
    assert list(check(HOSTILE[kind])) == []


def test_a_long_chain_is_measured_and_too_many_findings_are_cut():
    chain = b"def f(a):\n if a: pass\n" + b" elif a: pass\n" * 20_000
    assert functions(chain)[0].complexity == 20_001
    told = list(check(OVER.encode() * 510))
    assert len(told) == 501
    assert told[-1].message == "cognitive complexity of 10 more functions is over 15"


@settings(max_examples=60)
@given(st.binary(max_size=60) | st.text(alphabet="def f(x):\n if and or\t@\r;é", max_size=60).map(str.encode))
def test_any_bytes_are_survived_and_judged_alike(data):
    assert functions(data) == functions(data)
    assert all(1 <= function.line <= function.end_line for function in functions(data))


def test_equal_to_the_command_line_over_our_own_sources(tmp_path):
    report = tmp_path / "report.json"
    command = [process.tool("complexipy"), SOURCES.name, "--isolated", "--quiet", "--ignore-complexity"]
    output = ["--output-format", "json", "--output", str(report), "--cache-dir", str(tmp_path)]
    subprocess.run([*command, *output], cwd=SOURCES.parent, check=True, capture_output=True)
    told = sorted(
        (entry["path"], entry["function_name"], entry["complexity"])
        for entry in json.loads(report.read_text())
    )
    ours = sorted(
        (str(path.relative_to(SOURCES.parent)), function.name.replace(".", "::"), function.complexity)
        for path in SOURCES.rglob("*.py")
        for function in functions(path.read_bytes())
    )
    assert ours == told
    assert len(ours) > 1000
