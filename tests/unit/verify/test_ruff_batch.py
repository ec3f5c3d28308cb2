from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from dev_assistant import process
from dev_assistant.model import Blame, Checked, Failed
from dev_assistant.verify.ruff_batch import Batch
from unit.verify.fakes import program
from unit.verify.judging import write

HONEST = """
import json, os, sys
def finding(path, name="unused-import", code="F401", **more):
    place = {"row": 1, "column": 1}
    line = dict(name=name, code=code, message="m", filename=path, fix=None)
    print(json.dumps(line | dict(location=place, end_location=place) | more))
"""
PROVEN = """
if "--isolated" in sys.argv:
    finding("proof.py")
    sys.exit(1)
"""
FILES = """
files = sys.argv[sys.argv.index("--") + 1:] if "--" in sys.argv else []
"""


def _batch(tmp_path, body: str, *, timeout: float = 30.0, proof: str = PROVEN) -> Batch:
    return Batch(program(tmp_path, HONEST + proof + FILES + body), str(tmp_path), timeout)


def _paths(tmp_path, count: int) -> list[str]:
    return [f"{tmp_path}/{number}.py" for number in range(count)]


def test_real_findings_of_several_files(tmp_path):
    write(tmp_path, {"a.py": "import os\n", "b.py": "x = 1\n", "-c.py": "(\n", "@d.py": "import re\n"})
    paths = [f"{tmp_path}/{name}" for name in ("a.py", "b.py", "-c.py", "@d.py")]
    verdicts = Batch(process.tool("ruff"), str(tmp_path), 30.0).check(paths)
    assert {os.path.basename(path): [f.rule for f in v.findings] for path, v in verdicts.items()} == {
        "a.py": ["F401"],
        "b.py": [],
        "-c.py": ["invalid-syntax"],
        "@d.py": ["F401"],
    }


def test_a_file_that_is_gone_or_not_readable_fails(tmp_path):
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]\n', "a.py": ""})
    batch = Batch(process.tool("ruff"), str(tmp_path), 30.0)
    verdicts = batch.check([f"{tmp_path}/a.py", f"{tmp_path}/gone.py"])
    assert verdicts[f"{tmp_path}/a.py"] == Checked()
    assert verdicts[f"{tmp_path}/gone.py"] == Failed("No such file or directory (os error 2)")
    write(tmp_path, {"ruff.toml": 'lint.select = ["E902"]\n'})
    assert batch.check([f"{tmp_path}/gone.py"]) == {
        f"{tmp_path}/gone.py": Failed("No such file or directory (os error 2)")
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("sys.exit(1)", "exited with 1"),
        ("sys.exit(2)", "exited with 2"),
        ("sys.exit('ruff failed')", "exited with 1: ruff failed"),
        ("os.abort()", "killed by signal 6"),
        ("print('nonsense'); sys.exit(1)", "not a finding"),
        ("print('{}'); sys.exit(1)", "not a finding"),
        ("finding('/elsewhere.py'); sys.exit(1)", "not asked for"),
        ("finding(files[0])", "exited with 0"),
        ("print('error: Panicked', file=sys.stderr)", "error: Panicked"),
        ("print('warning: Failed to lint /x.py: why', file=sys.stderr)", "could not read /x.py: why"),
        ("import signal; signal.pause()", "did not answer within"),
    ],
)
def test_whatever_goes_wrong_is_failed_and_never_clean(tmp_path, body, reason):
    verdicts = _batch(tmp_path, body, timeout=0.5).check([f"{tmp_path}/a.py"])
    [failed] = verdicts.values()
    assert isinstance(failed, Failed)
    assert reason in failed.reason


def test_a_missing_ruff_fails_every_file(tmp_path):
    paths = _paths(tmp_path, 40)
    verdicts = Batch(str(tmp_path / "none"), str(tmp_path), 1.0).check(paths)
    assert set(verdicts) == set(paths)
    assert all(isinstance(verdict, Failed) for verdict in verdicts.values())


@pytest.mark.parametrize("culprits", [{0}, {63}, {17, 18}, {3, 30, 60}])
def test_only_the_files_that_break_ruff_fail(tmp_path, culprits):
    body = f"""
if {{os.path.basename(path) for path in files}} & {{f"{{n}}.py" for n in {culprits}}}: os.abort()
for path in files: finding(path)
sys.exit(1)
"""
    paths = _paths(tmp_path, 64)
    verdicts = _batch(tmp_path, body).check(paths)
    failed = {number for number, path in enumerate(paths) if isinstance(verdicts[path], Failed)}
    assert failed == culprits
    assert all(len(v.findings) == 1 for v in verdicts.values() if isinstance(v, Checked))


def test_a_ruff_that_always_fails_is_not_run_for_every_file(tmp_path):
    log = tmp_path / "log"
    verdicts = _batch(tmp_path, f"open({str(log)!r}, 'a').write('x'); sys.exit(2)").check(
        _paths(tmp_path, 500)
    )
    assert all(isinstance(verdict, Failed) for verdict in verdicts.values())
    assert len(log.read_text()) == 16


@pytest.mark.parametrize(
    "proof",
    [
        "if '--isolated' in sys.argv: sys.exit(0)",
        "if '--isolated' in sys.argv: os.abort()",
        "if '--isolated' in sys.argv: print('{\"name'); sys.exit(1)",
        "if '--isolated' in sys.argv: print('[' * 100_000); sys.exit(1)",
        "if '--isolated' in sys.argv: finding('proof.py'); finding('proof.py'); sys.exit(1)",
    ],
)
def test_a_ruff_that_cannot_prove_itself_is_run_once(tmp_path, proof):
    log = tmp_path / "log"
    batch = _batch(tmp_path, f"open({str(log)!r}, 'a').write('x'); sys.exit(2)", proof=proof)
    verdicts = batch.check(_paths(tmp_path, 500))
    assert Blame.TOOL in {verdict.blame for verdict in verdicts.values()}
    assert not any(isinstance(verdict, Checked) for verdict in verdicts.values())
    assert len(log.read_text()) == 1


def test_a_file_that_breaks_a_ruff_that_works_is_to_blame(tmp_path):
    body = "if any(path.endswith('3.py') for path in files): os.abort()"
    verdicts = _batch(tmp_path, body).check(_paths(tmp_path, 8))
    (failed,) = [verdict for verdict in verdicts.values() if isinstance(verdict, Failed)]
    assert failed.blame is Blame.FILE


def test_children_that_are_ended_take_the_run_with_them_and_start_no_other(tmp_path):
    batch = _batch(tmp_path, f"open({str(tmp_path / 'on')!r}, 'w'); import signal; signal.pause()")
    with ThreadPoolExecutor(1) as pool:
        judged = pool.submit(batch.check, _paths(tmp_path, 8))
        while not (tmp_path / "on").exists() and not judged.done():
            wait([judged], timeout=0.01)
        batch.children.end()
        verdicts = judged.result(timeout=20)
    assert all("is not started" in verdict.reason for verdict in verdicts.values())


def test_long_lists_are_cut_and_every_file_is_judged_once(tmp_path):
    log = tmp_path / "log"
    body = f"open({str(log)!r}, 'a').write(' '.join(map(os.path.basename, files)) + '\\n')"
    paths = _paths(tmp_path, 1500)
    assert set(_batch(tmp_path, body).check(paths)) == set(paths)
    runs = [line.split() for line in log.read_text().splitlines()]
    assert len(runs) > 2
    assert sorted(name for run in runs for name in run) == sorted(map(os.path.basename, paths))


def test_names_that_are_printed_alike_are_not_run_together(tmp_path):
    body = """
for path in files: finding(os.fsencode(path).decode('utf-8', 'replace'), code=str(len(files)))
sys.exit(1)
"""
    paths = [f"{tmp_path}/n{byte}.py" for byte in ("\udcff", "\udcfe", "\ufffd")]
    verdicts = _batch(tmp_path, body).check(paths)
    assert {path: [f.rule for f in verdict.findings] for path, verdict in verdicts.items()} == {
        path: ["1"] for path in paths
    }


def test_a_file_that_is_only_beside_is_named_and_not_judged(tmp_path):
    body = "for path in files: finding(path)\nsys.exit(1)"
    path, other = _paths(tmp_path, 2)
    verdicts = _batch(tmp_path, body).check([path], beside=[other, path])
    assert [len(v.findings) for v in verdicts.values()] == [1]
    assert set(verdicts) == {path}


def test_findings_without_a_code_or_a_place_and_in_cells(tmp_path):
    body = """
finding(files[0], name="new-rule", code=None, location=None, end_location=None)
finding(files[0], cell=2, fix={"edits": []}, location={"row": 4, "column": 2})
sys.exit(1)
"""
    [verdict] = _batch(tmp_path, body).check([f"{tmp_path}/a.ipynb"]).values()
    first, second = verdict.findings
    assert (first.rule, first.line, first.column, first.fixable) == ("new-rule", 1, 1, False)
    assert (second.message, second.line, second.fixable) == ("cell 2: m", 4, True)


def test_the_environment_of_the_caller_is_not_ruffs(tmp_path, monkeypatch):
    monkeypatch.setenv("RUFF_OUTPUT_FORMAT", "github")
    monkeypatch.setenv("RUFF_NO_CACHE", "nonsense")
    write(tmp_path, {"a.py": "import os\n"})
    [verdict] = Batch(process.tool("ruff"), str(tmp_path), 30.0).check([f"{tmp_path}/a.py"]).values()
    assert [f.rule for f in verdict.findings] == ["F401"]
