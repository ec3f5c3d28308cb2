"""Whatever happens, and in whatever order: once the daemon rests it knows what a fresh look would find."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from model.machine import Machine

pytestmark = pytest.mark.linux
Record = Callable[[str, object], None]


def run(record_property: Record, *, examples: int, steps: int, derandomize: bool = False) -> None:
    """Run the machine and say how many steps it took."""
    taken = 0

    class Counted(Machine):
        def check_invariants(self, *arguments: object, **options: object) -> None:
            nonlocal taken
            taken += 1
            super().check_invariants(*arguments, **options)

    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=derandomize,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            report_multiple_bugs=False,
            phases=[Phase.generate] + [Phase.shrink] * bool(os.environ.get("SHRINK")),
        ),
    )
    record_property("steps", taken)


def test_some_hundred_steps(record_property: Record) -> None:
    run(record_property, examples=int(os.environ.get("EX", "15")), steps=int(os.environ.get("ST", "30")), derandomize=not os.environ.get("RND"))
