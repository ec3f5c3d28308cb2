from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dev_assistant.machine import Processors, memory, started, usable_cores


def test_memory_counts_children_too() -> None:
    alone = memory()
    assert alone.mb == alone.own + alone.children
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        assert child.stdin is not None
        both = memory()
        assert both.children > alone.children
        assert both.own > 1
        child.stdin.close()


def test_a_process_is_told_from_one_that_had_its_number_before() -> None:
    assert started(os.getpid()) == started(os.getpid())
    assert started(os.getpid()) != started(1)


def test_a_process_that_has_ended_never_started() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    assert started(child.pid) is None


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


def test_what_this_process_uses_is_not_idle() -> None:
    processors = Processors(usable_cores())
    began = time.process_time()
    while time.process_time() - began < 0.05:
        pass
    usage = processors.look()
    assert usage.own > 0
    assert 0 <= usage.idle <= usable_cores()
    assert 0 <= usage.crowding <= 1
    assert 0 <= usage.memory_stall <= 1


def test_two_looks_at_once_are_not_divided_by_nothing() -> None:
    processors = Processors(1)
    assert processors.look().idle <= 1
    assert processors.look().idle <= 1
