from __future__ import annotations

import threading

from conftest import Clock
from dev_assistant.beats import Beats, Overdue


def test_the_longest_is_told_first_and_other_kinds_are_not_watched(clock: Clock) -> None:
    beats = Beats({"worker": 5.0}, now=clock)
    leave = threading.Event()
    at = threading.Barrier(4)

    def work() -> None:
        with beats.at("judging", "x"):
            at.wait(10)
            assert leave.wait(10)

    threads = []
    for name in ("worker-1", "worker-2", "control"):
        threads.append(threading.Thread(target=work, name=name))
        threads[-1].start()
        while name not in beats.read():
            threads[-1].join(0.001)
        clock.advance(3.0)
    at.wait(10)
    assert beats.overdue() == (
        Overdue("worker-1", "judging", "x", 1000.0, 9.0),
        Overdue("worker-2", "judging", "x", 1003.0, 6.0),
    )
    leave.set()
    for thread in threads:
        thread.join(10)
    assert beats.read() == {}


def test_only_what_has_a_stage_is_timed(clock: Clock) -> None:
    beats = Beats(now=clock)
    with beats.at("deciding"):
        clock.advance(1.0)
        with beats.at("looking at", "/x", stage="look"):
            clock.advance(2.0)
        clock.advance(4.0)
    assert beats.timings.take() == [("look", "/x", 2.0)]
