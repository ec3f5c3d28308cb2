from __future__ import annotations

import os

import pytest

from dev_assistant import process
from dev_assistant.model import Checked, Failed, Urgency
from dev_assistant.verify.ruff import RuffVerifier
from unit.verify.judging import directories, job, project, saved_before, write


@pytest.fixture(name="verifier")
def _verifier():
    verifier = RuffVerifier(timeout_seconds=30.0, crossover=2)
    yield verifier
    verifier.close()


def test_the_version_is_that_of_the_tool_beside_us(verifier):
    shown = process.run([process.tool("ruff"), "--version"], cwd="/", timeout=30)
    assert shown.stdout.decode().split() == ["ruff", verifier.version()]


@pytest.mark.parametrize(
    ("count", "urgency", "living"),
    [
        (1, Urgency.INTERACTIVE, True),
        (2, Urgency.INTERACTIVE, True),
        (3, Urgency.INTERACTIVE, False),
        (1, Urgency.BULK, False),
    ],
)
def test_few_files_that_somebody_waits_for_go_to_a_living_server(tmp_path, verifier, count, urgency, living):
    names = [f"{number}.py" for number in range(count)]
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]\n', **dict.fromkeys(names, "import os\n")})
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    jobs = [job(scope, name, urgency) for name in names]
    saved_before(verifier, tree, scope, jobs)
    assert bool(verifier._servers._sessions) is living
    results = verifier.verify(tree, scope, jobs)
    assert [len(result.verdict.findings) for result in results] == [1] * count


def test_no_jobs_no_results(tmp_path, verifier):
    scope = verifier.scope(project(tmp_path), [str(tmp_path)])
    assert verifier.verify(project(tmp_path), scope, []) == []


def test_a_broken_configuration_fails_its_own_files_alone(tmp_path, verifier):
    write(
        tmp_path,
        {"bad/pyproject.toml": "[tool.ruff]\nnope = 1\n", "bad/a.py": "", "good/a.py": "import os\n"},
    )
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    for urgency in Urgency:
        bad, good = verifier.verify(
            tree, scope, [job(scope, path, urgency) for path in ("bad/a.py", "good/a.py")]
        )
        assert bad.verdict == Failed("bad/pyproject.toml:1: unknown field `nope`")
        assert len(good.verdict.findings) == 1


def test_the_library_judges_one_file_with_its_projects_configuration(tmp_path, verifier):
    write(
        tmp_path,
        {"ruff.toml": 'lint.select = ["F"]\nexclude = ["a.py"]\n', "a.py": "x = 1\nimport os\n", "b.py": ""},
    )
    report = verifier.verify_file(tmp_path / "a.py")
    assert not report.passed
    assert report.error is None
    assert report.duration_ms > 0
    [found] = report.violations
    assert (found.code, found.line, found.column, found.fix_available) == ("F401", 2, 8, True)
    assert found.message == "`os` imported but unused"
    assert verifier.verify_file(str(tmp_path / "b.py")).passed


def test_the_library_takes_a_relative_path(tmp_path, verifier, monkeypatch):
    write(tmp_path, {"sub/a.py": "import os\n"})
    monkeypatch.chdir(tmp_path)
    assert [found.code for found in verifier.verify_file("sub/a.py").violations] == ["F401"]


@pytest.mark.parametrize("kind", ["missing", "fifo", "directory", "latin", "broken"])
def test_the_library_never_passes_what_was_not_judged(tmp_path, verifier, kind):
    path = tmp_path / "a.py"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "latin":
        path.write_bytes(b"\xff")
    elif kind == "broken":
        write(tmp_path, {"a.py": "", "ruff.toml": "nonsense"})
    report = verifier.verify_file(path)
    assert (report.passed, report.violations) == (False, [])
    assert report.error


@pytest.mark.parametrize("name", ["notes.md", "data.toml", "LICENSE"])
def test_the_library_does_not_pass_what_is_not_python(tmp_path, verifier, name):
    write(tmp_path, {name: "x = 1\n"})
    report = verifier.verify_file(tmp_path / name)
    assert (report.passed, report.violations) == (False, [])
    assert "not a Python file" in report.error


def test_a_scope_of_another_verifier_is_refused(tmp_path, verifier):
    write(tmp_path, {"a.py": ""})
    scope = verifier.scope(project(tmp_path), [str(tmp_path)])
    [result] = verifier.verify(project(tmp_path), object(), [job(scope, "a.py")])
    assert isinstance(result.verdict, Failed)


def test_a_server_that_dies_between_saves_is_replaced(tmp_path, verifier):
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]\n', "a.py": "x = 1\n"})
    tree = project(tmp_path)
    scope = verifier.scope(tree, directories(tmp_path))
    saves = [job(scope, "a.py", Urgency.INTERACTIVE)]
    for _ in range(2):
        saved_before(verifier, tree, scope, saves)
        [result] = verifier.verify(tree, scope, saves)
        assert result.verdict == Checked()
        [session] = verifier._servers._sessions.values()
        process.end_group(session._server._child)
