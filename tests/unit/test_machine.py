from __future__ import annotations

import os
import subprocess
import sys

from dev_assistant.machine import memory, started


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
