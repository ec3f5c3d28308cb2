"""A ruff that is missing or does not work is put in its place in tests/faults/test_doctor.py."""

from __future__ import annotations

from typing import Any

from dev_assistant.diagnosis.outcome import Level
from dev_assistant.diagnosis.tools import git, judges, python
from dev_assistant.watch.git_objects import program


def test_every_tool_proves_that_it_works(ward: Any) -> None:
    found = {each.name: each for each in judges(ward.case())}
    assert [*found] == ["ruff", "oxlint", "rumdl", "css", "html", "data", "text", "deep"]
    assert {each.level for each in found.values()} == {Level.OK}
    assert found["ruff"].value.count(".") == 2


def test_python_is_named(ward: Any, only: Any) -> None:
    assert "SQLite 3." in only(python(ward.case()), "ok").value


def test_git_is_the_systems_and_what_it_is_for_is_told(ward: Any, only: Any) -> None:
    found = only(git(ward.case()), "ok")
    assert found.where == program()
    assert "lines changed since HEAD" in found.what
