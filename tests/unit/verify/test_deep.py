from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.analysis.structure.outline import unpack
from dev_assistant.model import Checked, RelPath, Severity, Urgency
from dev_assistant.ports import Included, Role
from dev_assistant.verify.analysts import Analysts
from dev_assistant.verify.deep import DeepScope, DeepVerifier
from dev_assistant.verify.ruff import RuffVerifier
from unit.verify.judging import directories, judge, project, write

SOURCE = "assert f  # TODO\n\n\ndef f():\n    raise NotImplementedError\n"


@pytest.fixture
def own() -> Iterator[RuffVerifier]:
    made = RuffVerifier(30.0)
    yield made
    made.close()


@pytest.fixture
def deep(own: RuffVerifier) -> Iterator[DeepVerifier]:
    made = DeepVerifier(30.0, own=own, analysts=Analysts())
    yield made
    made.close()


def scope_of(deep: DeepVerifier, own: RuffVerifier, root: Path):
    beside = {"ruff": own.scope(project(root), directories(root))}
    return deep.scope(project(root), directories(root), beside=beside)


def rules(verdict: object) -> list[str]:
    assert isinstance(verdict, Checked), verdict
    return [finding.rule for finding in verdict.findings]


def test_what_is_found_is_advice(deep: DeepVerifier, own: RuffVerifier, tmp_path: Path) -> None:
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]', "a.py": SOURCE})
    scope = scope_of(deep, own, tmp_path)
    claim = scope.claims(RelPath("a.py"))
    assert isinstance(claim, Included) and claim.role is Role.ADVISES
    verdict = judge(deep, project(tmp_path), scope, ["a.py"])["a.py"]
    assert {"S101", "FIX002", "TD002", "DA107"} <= set(rules(verdict))
    assert {finding.severity for finding in verdict.findings} == {Severity.INFO}
    assert unpack(verdict.outline) is not None


def test_what_the_projects_own_run_looks_for_is_left_to_it(
    deep: DeepVerifier, own: RuffVerifier, tmp_path: Path
) -> None:
    write(tmp_path, {"ruff.toml": 'lint.select = ["S", "SIM"]\nlint.per-file-ignores."b.py" = ["S101"]'})
    write(tmp_path, {"a.py": SOURCE, "b.py": SOURCE, "sub/a.py": SOURCE, "sub/ruff.toml": ""})
    scope = scope_of(deep, own, tmp_path)
    verdicts = judge(deep, project(tmp_path), scope, ["a.py", "b.py", "sub/a.py"])
    assert "S101" not in rules(verdicts["a.py"])
    assert "S101" not in rules(verdicts["b.py"])
    assert "FIX002" in rules(verdicts["a.py"])
    bases = {scope.claims(RelPath(path)).basis for path in ("a.py", "b.py")}
    assert len(bases) == 1
    assert scope.claims(RelPath("sub/a.py")).basis not in bases


@pytest.mark.parametrize("urgency", Urgency)
def test_what_is_unasked_of_a_path_is_not_told_of_it(
    deep: DeepVerifier, own: RuffVerifier, tmp_path: Path, urgency: Urgency
) -> None:
    write(tmp_path, {"ruff.toml": 'lint.select = ["F"]', "a.py": SOURCE, "b.py": SOURCE})
    beside = {"ruff": own.scope(project(tmp_path), directories(tmp_path))}
    scope = deep.scope(
        project(tmp_path),
        directories(tmp_path),
        beside=beside,
        unasked=lambda path: frozenset({"S101"} if path == "b.py" else ()),
    )
    verdicts = judge(deep, project(tmp_path), scope, ["a.py", "b.py"], urgency)
    assert [rule for rule in rules(verdicts["a.py"]) if rule != "S101"] == rules(verdicts["b.py"])
    assert "S101" in rules(verdicts["a.py"])
    assert scope.claims(RelPath("a.py")).basis != scope.claims(RelPath("b.py")).basis


def test_what_the_own_run_leaves_out_gets_no_advice(
    deep: DeepVerifier, own: RuffVerifier, tmp_path: Path
) -> None:
    write(tmp_path, {"ruff.toml": 'exclude = ["out.py"]', "out.py": SOURCE, "a.js": "1\n"})
    scope = scope_of(deep, own, tmp_path)
    assert [scope.claims(RelPath(path)) for path in ("out.py", "a.js")] == [None, None]


def test_a_save_is_judged_as_a_scan_judges(deep: DeepVerifier, own: RuffVerifier, tmp_path: Path) -> None:
    latin = b"# \xe9\nassert f\n"
    write(
        tmp_path,
        {
            "ruff.toml": 'include = ["*.py*"]\nlint.select = ["S1"]',
            "a.py": SOURCE,
            "b.pyw": SOURCE,
            "c.py": latin,
        },
    )
    write(tmp_path, {"sub/ruff.toml": 'lint.select = ["TD"]', "sub/a.py": SOURCE})
    scope, paths = scope_of(deep, own, tmp_path), ["a.py", "b.pyw", "c.py", "sub/a.py"]
    saved = judge(deep, project(tmp_path), scope, paths, Urgency.INTERACTIVE)
    assert saved == judge(deep, project(tmp_path), scope, paths)
    assert "S101" in rules(saved["sub/a.py"]) and "S101" not in rules(saved["a.py"])


def test_without_an_own_run_there_is_nothing_to_advise_on(deep: DeepVerifier, tmp_path: Path) -> None:
    scope = deep.scope(project(tmp_path), directories(tmp_path))
    assert not isinstance(scope, DeepScope)
    assert scope.claims(RelPath("a.py")) is None


def test_a_file_that_cannot_be_parsed_is_told_by_the_own_run_alone(
    deep: DeepVerifier, own: RuffVerifier, tmp_path: Path
) -> None:
    write(tmp_path, {"a.py": "def f(:\n    raise NotImplementedError\n"})
    assert judge(deep, project(tmp_path), scope_of(deep, own, tmp_path), ["a.py"])["a.py"] == Checked()


def test_an_edit_of_one_definition_is_told_as_such(
    deep: DeepVerifier, own: RuffVerifier, tmp_path: Path
) -> None:
    text = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(50))
    write(tmp_path, {"a.py": text})
    scope = scope_of(deep, own, tmp_path)
    judge(deep, project(tmp_path), scope, ["a.py"])
    assert deep.reuse(str(tmp_path / "a.py")) == (51, 0)
    write(tmp_path, {"a.py": text.replace("return 7\n", "return 8 - 1\n")})
    judge(deep, project(tmp_path), scope, ["a.py"])
    assert deep.reuse(str(tmp_path / "a.py")) == (51, 50)
    assert deep.reuse(str(tmp_path / "b.py")) is None
