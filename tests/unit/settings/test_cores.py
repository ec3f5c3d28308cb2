"""Workers from cores."""

from __future__ import annotations

import pytest

from dev_assistant.settings.cores import default_workers


@pytest.mark.parametrize(
    ("cores", "workers"), [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (8, 5), (10, 6), (64, 6)]
)
def test_workers_follow_the_cores(cores: int, workers: int) -> None:
    assert default_workers(cores) == workers
