from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dev_assistant.errors import ToolError
from dev_assistant.model import Blame, Checked, Failed, RelPath, Urgency
from dev_assistant.ports import Included, Role
from dev_assistant.verify.analysed import AnalysisVerifier, Library, own_version
from dev_assistant.verify.analysts import Analysts
from unit.verify.judging import directories, job, judge, project, write

ROLES = {".css": Role.JUDGES, ".scss": Role.ACCOMPANIES}


@pytest.fixture
def analysts() -> Iterator[Analysts]:
    made = Analysts()
    yield made
    made.close()


@pytest.fixture
def verifier(analysts: Analysts) -> AnalysisVerifier:
    return AnalysisVerifier("css", timeout_seconds=30.0, roles=ROLES, analysts=analysts)


def scope_of(verifier: AnalysisVerifier, root: Path):
    return verifier.scope(project(root), directories(root))


def test_what_its_word_weighs_is_said_by_the_suffix(verifier: AnalysisVerifier, tmp_path: Path) -> None:
    scope = scope_of(verifier, tmp_path)
    claims = [scope.claims(RelPath(path)) for path in ("a.CSS", "sub/a.scss", "a.less", ".css")]
    assert [claim.role if isinstance(claim, Included) else None for claim in claims] == [
        Role.JUDGES,
        Role.ACCOMPANIES,
        None,
        None,
    ]


def test_many_files_are_judged_each_by_its_own_bytes(verifier: AnalysisVerifier, tmp_path: Path) -> None:
    write(tmp_path, {f"{n}.css": f"a {{ {'colour' if n % 3 else 'color'}: red }}" for n in range(150)})
    scope = scope_of(verifier, tmp_path)
    verdicts = judge(verifier, project(tmp_path), scope, [f"{n}.css" for n in range(150)])
    assert {path for path, verdict in verdicts.items() if verdict.findings} == {
        f"{n}.css" for n in range(150) if n % 3
    }


def test_small_files_that_somebody_waits_for_are_analysed_here(analysts: Analysts, tmp_path: Path) -> None:
    verifier = AnalysisVerifier("css", timeout_seconds=30.0, roles=ROLES, analysts=analysts, here=100)
    write(tmp_path, {"a.css": "a { colour: red }", "large.css": "a { colour: red }" + " " * 100})
    scope, before = scope_of(verifier, tmp_path), psutil.Process().children()
    saved = judge(verifier, project(tmp_path), scope, ["a.css"], Urgency.INTERACTIVE)
    assert psutil.Process().children() == before
    for paths, urgency in ((["a.css"], Urgency.BULK), (["large.css", "a.css"], Urgency.INTERACTIVE)):
        told = judge(verifier, project(tmp_path), scope, paths, urgency)
        assert told["a.css"] == saved["a.css"]
        assert len(told["a.css"].findings) == 1
    assert len(psutil.Process().children()) > len(before)


def test_one_that_cannot_be_read_fails_alone(verifier: AnalysisVerifier, tmp_path: Path) -> None:
    write(tmp_path, {"a.css": "a {}", "b.css": "b { color: red }"})
    scope = scope_of(verifier, tmp_path)
    jobs = [job(scope, "a.css"), job(scope, "b.css")]
    (tmp_path / "a.css").unlink()
    (tmp_path / "a.css").symlink_to("b.css")
    first, second = (result.verdict for result in verifier.verify(project(tmp_path), scope, jobs))
    assert type(first).__name__ == "Moved"
    assert second == Checked()


def test_an_analysis_that_is_not_there_is_the_tools_fault(analysts: Analysts, tmp_path: Path) -> None:
    verifier = AnalysisVerifier("astrology", timeout_seconds=5.0, roles=ROLES, analysts=analysts)
    write(tmp_path, {"a.css": "", "b.css": "b {}"})
    scope = scope_of(verifier, tmp_path)
    jobs = [job(scope, "a.css"), job(scope, "b.css")]
    verdicts = [result.verdict for result in verifier.verify(project(tmp_path), scope, jobs)]
    assert all(isinstance(v, Failed) and v.blame is Blame.TOOL and "astrology" in v.reason for v in verdicts)
    with pytest.raises(ToolError, match="astrology"):
        verifier.prove()


def test_a_library_that_is_not_installed_says_how_to_get_it(analysts: Analysts) -> None:
    library = Library("no-such-distribution", "css")
    verifier = AnalysisVerifier("css", timeout_seconds=5.0, roles=ROLES, analysts=analysts, library=library)
    with pytest.raises(ToolError, match=r"no-such-distribution is not installed.*dev-assistant\[css\]"):
        verifier.version()


def test_an_upgrade_of_a_library_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    library = Library("a-library", "css")
    for version in ("1.0", "1.1"):
        write(tmp_path, {f"a_library-{version}.dist-info/METADATA": f"Name: a-library\nVersion: {version}\n"})
        assert library.version() == f"a-library {version}"
        (tmp_path / f"a_library-{version}.dist-info").rename(tmp_path / f"old-{version}")
    with pytest.raises(ToolError):
        library.version()


def test_the_version_is_that_of_our_code_and_of_the_library(analysts: Analysts) -> None:
    library = Library("tinycss2", "css")
    verifier = AnalysisVerifier("css", timeout_seconds=5.0, roles=ROLES, analysts=analysts, library=library)
    assert verifier.version().startswith(own_version())
    assert "tinycss2" in verifier.version()


def test_names_are_those_in_the_project(analysts: Analysts, tmp_path: Path) -> None:
    """What stands among the tests is judged as such, wherever the project lies."""
    verifier = AnalysisVerifier("text", timeout_seconds=30.0, roles={".txt": Role.JUDGES}, analysts=analysts)
    odd = os.fsdecode(b"\xff.txt")
    write(tmp_path, {odd: "plain\n", "sub/a.txt": "plain\n"})
    verdicts = judge(verifier, project(tmp_path), scope_of(verifier, tmp_path), [odd, "sub/a.txt"])
    assert set(verdicts.values()) == {Checked()}
