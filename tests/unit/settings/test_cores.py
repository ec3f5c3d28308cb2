"""Workers from cores, and cores from affinity and quota."""

from __future__ import annotations

from pathlib import Path

import pytest

from dev_assistant.settings.cores import default_workers, usable_cores


@pytest.mark.parametrize(
    ("cores", "workers"), [(1, 1), (2, 2), (3, 2), (4, 3), (6, 4), (8, 5), (10, 6), (64, 6)]
)
def test_workers_follow_the_cores(cores: int, workers: int) -> None:
    assert default_workers(cores) == workers


def test_a_quota_of_one_and_a_half_cores_is_two_at_most(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("150000 100000\n")
    without = usable_cores(quota=tmp_path / "absent")
    assert usable_cores(quota=quota) == min(2, without)


@pytest.mark.parametrize("text", ["max 100000\n", "", "nonsense", "1 0", "a b"])
def test_no_quota_or_an_unreadable_one_takes_nothing_away(tmp_path: Path, text: str) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text(text)
    assert usable_cores(quota=quota) == usable_cores(quota=tmp_path / "absent") >= 1


def test_a_tiny_quota_leaves_one_core(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("1000 100000")
    assert usable_cores(quota=quota) == 1
