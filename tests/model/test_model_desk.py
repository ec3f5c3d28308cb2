"""The same changes against a real daemon and real ruff: whenever ``wait`` returns, a fresh process agrees."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from model.machine import CHANGES, TREE_CHANGES
from model.tree import ROOTS, SETTINGS, WORKSPACES, Change, Tree
from system.daemon_process import Desk, desk

pytestmark = pytest.mark.linux
Record = Callable[[str, object], None]
RUFF = ('lint.select = ["E", "F", "I", "INP", "EXE"]', 'lint.select = ["F"]\nexclude = ["two.py"]', "")
SOURCES = ("import os\n", "import a\nimport os\n\nprint(a, os)\n", "#!/bin/sh\n", "def f(:\n", "x = 1\n")


class DeskMachine(RuleBasedStateMachine):
    """One daemon and one tree for all runs; each run goes on where the last one stopped."""

    desk: Desk
    tree: Tree
    taken = 0

    def check_invariants(self, *arguments: object, **options: object) -> None:
        type(self).taken += 1
        super().check_invariants(*arguments, **options)

    def teardown(self) -> None:
        self.agree()

    @rule(changes=st.lists(CHANGES, min_size=1, max_size=6))
    def change(self, changes: list[Change]) -> None:
        for one in changes:
            one(self.tree)

    @rule(number=st.integers(0, 400), text=st.sampled_from(SOURCES))
    def write_source(self, number: int, text: str) -> None:
        Change("write", (text,), (number,))(self.tree)

    @rule(change=TREE_CHANGES)
    def change_tree(self, change: Change) -> None:
        change(self.tree)

    @rule(project=st.sampled_from(ROOTS), ours=st.sampled_from(SETTINGS), ruff=st.sampled_from(RUFF))
    def configure(self, project: str, ours: str, ruff: str) -> None:
        self.tree.settings(project, f"{ours}\n[tool.ruff]\n{ruff}")

    @rule(projects=st.sampled_from(WORKSPACES))
    def declare(self, projects: object) -> None:
        self.tree.workspace(json.dumps({"projects": projects}))

    @rule()
    def kill(self) -> None:
        os.kill(self.desk.status()["pid"], signal.SIGKILL)
        self.desk.start()

    @rule()
    def restart(self) -> None:
        self.desk.document("restart")

    @rule()
    def agree(self) -> None:
        self.desk.settle(status=(0, 3))
        assert self.desk.check() == self.desk.check("--no-cache")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as found:
        yield found


def run(place: Desk, record_property: Record, *, examples: int) -> None:
    class Here(DeskMachine):
        pass

    Here.desk, Here.tree = place, Tree(place.root)
    place.start()
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=20,
            derandomize=False,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # the tree remembers, so an example alone proves nothing
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("steps", Here.taken)


@pytest.mark.sweep
def test_some_hundred_steps_with_a_real_daemon(place: Desk, record_property: Record) -> None:
    run(place, record_property, examples=15)


@pytest.mark.soak
def test_thousands_of_steps_with_a_real_daemon(place: Desk, record_property: Record) -> None:
    run(place, record_property, examples=300)
