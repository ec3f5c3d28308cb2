"""Whatever happens, and in whatever order: once the daemon rests it knows what a fresh look would find."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from model.machine import Machine

pytestmark = pytest.mark.linux
Record = Callable[[str, object], None]


def run(record_property: Record, *, examples: int, steps: int, derandomize: bool = False) -> None:
    """Run the machine and say how many steps it took, and how often everything was compared."""
    taken = compared = 0

    class Counted(Machine):
        def check_invariants(self, *arguments: object, **options: object) -> None:
            nonlocal taken
            taken += 1
            super().check_invariants(*arguments, **options)

        def teardown(self) -> None:
            nonlocal compared
            super().teardown()
            compared += self.checks

    run_state_machine_as_test(
        Counted,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=derandomize,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            phases=(Phase.generate, Phase.shrink),  # without explaining, whose tracing takes most of the time
            suppress_health_check=list(HealthCheck),
        ),
    )
    record_property("steps", taken)
    record_property("comparisons", compared)


def test_some_hundred_steps(record_property: Record) -> None:
    run(record_property, examples=10, steps=20, derandomize=True)


@pytest.mark.sweep
def test_ten_thousand_steps(record_property: Record) -> None:
    run(record_property, examples=350, steps=30)


@pytest.mark.soak
def test_an_hour_of_steps(record_property: Record) -> None:
    run(record_property, examples=6000, steps=40)
