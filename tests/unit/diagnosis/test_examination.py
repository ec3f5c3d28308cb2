from __future__ import annotations

import threading
from collections import UserDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.examination import CHECKS, examine, examine_case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem
from dev_assistant.errors import UserError


def good(case: Case) -> Iterator[Diagnosis]:
    yield fine("good", "is well")


def test_every_check_says_something_of_a_healthy_workspace(ward: Any) -> None:
    found = examine(ward.root, cwd=ward.root, environ=ward.environ)
    assert {each.level for each in found} <= {"ok", "warning"}, found
    assert len(found) >= len(CHECKS)
    assert not (ward.root / "RUNS").exists()


def test_a_check_that_hangs_is_unknown_and_holds_up_no_other(ward: Any) -> None:
    forever = threading.Event()

    def hangs(case: Case) -> Iterator[Diagnosis]:
        forever.wait()
        yield fine("hangs", "came to an end")

    first, second = examine_case(ward.case(), checks={"hangs": hangs, "good": good}, limit=0.1)
    forever.set()
    assert (first.name, first.level) == ("hangs", "unknown")
    assert "0.1 s" in first.what and "df" in first.advice
    assert second.level == "ok"


def test_a_check_that_fails_hides_no_other(ward: Any) -> None:
    def refused(case: Case) -> Iterator[Diagnosis]:
        raise PermissionError(13, "Permission denied", "/x")
        yield

    def broken(case: Case) -> Iterator[Diagnosis]:
        raise RuntimeError("a defect")
        yield

    checks = {"refused": refused, "broken": broken, "good": good}
    first, second, third = examine_case(ward.case(), checks=checks)
    assert [each.level for each in (first, second, third)] == ["unknown", "unknown", "ok"]
    assert "/x" in first.what
    report = Path(second.advice.removeprefix("a report is in "))
    assert "a defect" in report.read_text()
    report.unlink()


def test_of_many_findings_the_gravest_are_shown(ward: Any) -> None:
    def many(case: Case) -> Iterator[Diagnosis]:
        for number in range(20):
            yield fine("many", f"ok {number}")
        for number in range(15):
            yield problem("many", f"problem {number}", where="/x", advice="mend it")

    found = examine_case(ward.case(), checks={"many": many})
    assert [each.level for each in found] == ["problem"] * 11
    assert (found[-1].what, found[-1].where) == ("and 25 more", "")


def test_a_workspace_that_is_not_there_is_the_persons_mistake(ward: Any) -> None:
    with pytest.raises(UserError, match="does not exist"):
        examine(ward.root / "none.json", cwd=ward.root, environ=ward.environ)


class Silent(UserDict[str, str]):
    """An environment that does not answer, as a home directory on a disk that is gone."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = threading.Event()

    def __getitem__(self, name: str) -> str:
        self.ended.wait()
        raise KeyError(name)


def test_a_configuration_that_takes_forever_is_told(ward: Any) -> None:
    silent = Silent()
    (found,) = examine(ward.root, cwd=ward.root, environ=silent, limit=0.1)
    silent.ended.set()
    assert (found.name, found.level) == ("examination", "unknown")
