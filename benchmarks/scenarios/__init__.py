"""All scenarios, in the order in which they run: those that share a daemon follow one another."""

from scenario import Scenario
from scenarios import (
    answers,
    branches,
    burst,
    cold,
    idle,
    intake,
    recording,
    restart,
    savers,
    saves,
    scaling,
    watches,
)

SCENARIOS: tuple[Scenario, ...] = tuple(
    module.SCENARIO
    for module in (
        *(saves, burst, savers, answers, idle),
        *(cold, scaling, branches, restart, watches, intake, recording),
    )
)
