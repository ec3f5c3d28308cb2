from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.model import FileState, RelPath
from dev_assistant.service.state import ProjectState
from flows.world import World

A = RelPath("a.py")


@pytest.fixture
def state(tmp_path: Path) -> ProjectState:
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "a.py").touch()
    return World(tmp_path.resolve(), project=tmp_path.name).start().state


def test_a_debt_is_owed_once_and_keeps_its_age(state: ProjectState) -> None:
    before = state.ledger.outstanding
    state.owe(A, since=1.0, trigger="save")
    state.owe(A, since=2.0, trigger="audit")
    assert state.ledger.outstanding == before + 1
    assert (state.debts[A].since, state.debts[A].trigger) == (1.0, "save")
    state.settle(A)
    assert state.ledger.outstanding == before


def test_an_owed_file_is_doubted(state: ProjectState) -> None:
    state.owe(A, since=1.0, trigger="save")
    record = state.files.get(A)
    assert record is not None and record.state is FileState.STALE
    state.owe(RelPath("new.py"), since=1.0, trigger="save")
    new = state.files.get(RelPath("new.py"))
    assert new is not None and new.state is FileState.PENDING


def test_a_forgotten_file_owes_nothing(state: ProjectState) -> None:
    state.owe_bulk(A, since=1.0, trigger="save")
    state.forget(A)
    assert state.files.get(A) is None
    assert A not in state.dirty and A not in state.debts


def test_a_project_that_leaves_owes_nothing(state: ProjectState) -> None:
    state.owe_bulk(A, since=1.0, trigger="save")
    state.abandon()
    assert state.ledger.outstanding == 0
    assert not state.backlog


def test_paths_outside_the_root_are_resolved(state: ProjectState) -> None:
    root = state.project.root
    assert state.absolute(RelPath("x/y.py")) == f"{root}/x/y.py"
    assert state.absolute(RelPath("../common/z.py")) == f"{Path(root).parent}/common/z.py"
