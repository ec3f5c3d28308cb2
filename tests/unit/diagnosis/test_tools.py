"""A ruff that is missing or does not work is put in its place in tests/faults/test_doctor.py."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from dev_assistant.diagnosis.outcome import Level
from dev_assistant.diagnosis.tools import git, judges, python


def test_every_tool_proves_that_it_works(ward: Any) -> None:
    found = {each.name: each for each in judges(ward.case())}
    assert [*found] == ["ruff", "oxlint", "rumdl", "css", "html", "data", "text", "deep"]
    assert {each.level for each in found.values()} == {Level.OK}
    assert found["ruff"].value.count(".") == 2


def test_python_is_named(ward: Any, only: Any) -> None:
    assert "SQLite 3." in only(python(ward.case()), "ok").value


def test_git_is_looked_for_and_not_needed(ward: Any, only: Any) -> None:
    case = ward.case()
    assert only(git(case), "ok").where == (shutil.which("git") or "")
    assert "not installed" in only(git(replace(case, environ={"PATH": str(ward.root)})), "ok").what
