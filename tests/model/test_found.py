"""Sequences in which the state machine once found that something did not agree."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from model.machine import Machine
from model.tree import Change

pytestmark = pytest.mark.linux


@pytest.fixture
def machine() -> Iterator[Machine]:
    machine = Machine()
    yield machine
    machine.teardown()


def test_without_a_cache_the_disk_still_forgets_what_is_gone(machine: Machine) -> None:
    machine.configure(project="app", text="cache_enabled = false")
    machine.agree()
    machine.restart(change=Change("delete", (), (0,)))
    machine.agree()


def test_without_a_cache_new_files_that_decide_about_each_other_settle(machine: Machine) -> None:
    machine.configure(project="app", text="cache_enabled = false")
    machine.agree()
    for name in ("app/a/__init__.py", "app/gen.py", "app/two.py"):
        machine.change_one(change=Change("write", (name, "fine\n")))
    machine.agree()
