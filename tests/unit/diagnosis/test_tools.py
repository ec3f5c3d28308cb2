"""A ruff that is missing or does not work is put in its place in tests/faults/test_doctor.py."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

from dev_assistant.diagnosis.tools import git, judges, python


def test_ruff_proves_that_it_works(ward: Any, only: Any) -> None:
    found = only(judges(ward.case()), "ok")
    assert found.name == "ruff"
    assert found.value.count(".") == 2


def test_python_is_named(ward: Any, only: Any) -> None:
    assert "SQLite 3." in only(python(ward.case()), "ok").value


def test_git_is_looked_for_and_not_needed(ward: Any, only: Any) -> None:
    case = ward.case()
    assert only(git(case), "ok").where == (shutil.which("git") or "")
    assert "not installed" in only(git(replace(case, environ={"PATH": str(ward.root)})), "ok").what
