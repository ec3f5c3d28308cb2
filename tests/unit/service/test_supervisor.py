from __future__ import annotations

import logging
import threading
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import Clock
from dev_assistant.beats import Beats
from dev_assistant.machine import Memory
from dev_assistant.service.memory import NEVER, PAUSE, Governor
from dev_assistant.service.messages import Relieve
from dev_assistant.service.supervisor import Supervisor


class Frail:
    """A part whose thread has always just ended."""

    def revive(self) -> list[str]:
        return ["worker-1"]


class Parts(SimpleNamespace):
    """The members of a daemon that its supervisor touches."""

    def __init__(self) -> None:
        super().__init__(reasons=[], done=[], scribe=SimpleNamespace(lost=False, report=lambda: None))
        self.coordinator = SimpleNamespace(post=self._post)
        self.verifiers = (SimpleNamespace(close=lambda: self.done.append("tools")),)
        self.fail = self.reasons.append

    def _post(self, message: Relieve) -> None:
        self.done.append("caches")
        message.done()


class Signs:
    """What the supervisor tells the daemon's vitals."""

    def __init__(self) -> None:
        self.seen: list[Memory] = []
        self.look = self.seen.append
        self.leaks = SimpleNamespace(disturbed=lambda: None)


def supervisor(
    daemon: Any, clock: Clock, *parts: Any, mb: float = 1.0, beats: Beats | None = None
) -> Supervisor:
    return Supervisor(
        daemon,
        parts=parts,
        beats=beats or Beats(),
        governor=Governor(limit=lambda: 100, restarts=NEVER, now=clock),
        vitals=Signs(),  # type: ignore[arg-type]
        sample=lambda: Memory(mb),
        now=clock,
    )


def test_a_thread_that_ends_again_and_again_ends_the_daemon(clock: Clock) -> None:
    daemon = Parts()
    looks = supervisor(daemon, clock, Frail())
    for _ in range(4):
        looks.look()
    assert daemon.reasons == []
    looks.look()
    assert daemon.reasons == ["worker-1 ended 5 times within 60 s"]


def test_now_and_then_is_borne(clock: Clock) -> None:
    daemon = Parts()
    looks = supervisor(daemon, clock, Frail())
    for _ in range(20):
        looks.look()
        clock.advance(16.0)
    assert daemon.reasons == []


def test_a_lost_scribe_ends_the_daemon(clock: Clock) -> None:
    daemon = Parts()
    daemon.scribe.lost = True
    supervisor(daemon, clock).look()
    assert "scribe" in daemon.reasons[0]


def test_each_stage_of_memory_is_carried_out(clock: Clock) -> None:
    daemon = Parts()
    looks = supervisor(daemon, clock, mb=101.0)
    for _ in range(2):
        looks.look()
        clock.advance(PAUSE)
    assert daemon.done == ["caches", "tools"]
    assert [reacted.after for reacted in looks._governor.reacted] == [101.0, 101.0]
    assert not looks.restarting
    looks.look()
    assert looks.restarting


def test_what_is_stuck_is_logged_once(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    beats = Beats({threading.current_thread().name.partition("-")[0]: 10.0}, now=clock)
    looks = supervisor(Parts(), clock, beats=beats)
    with caplog.at_level(logging.INFO, "dev_assistant.daemon"):
        with beats.at("walking", "/net"):
            clock.advance(11.0)
            looks.look()
            looks.look()
        looks.look()
    assert [record.msg.event for record in caplog.records] == ["stuck", "goes on after it was stuck"]


def test_reports_are_written_anew_when_they_hold_no_more(clock: Clock) -> None:
    daemon, outdated = Parts(), False
    daemon.scribe.report = lambda: daemon.done.append("report")
    governor = Governor(limit=lambda: 100, restarts=NEVER, now=clock)
    looks = Supervisor(
        daemon,
        parts=(),
        beats=Beats(),
        outdated=lambda: outdated,
        governor=governor,
        vitals=Signs(),  # type: ignore[arg-type]
        sample=Memory,
        now=clock,
    )
    looks.look()
    assert daemon.done == []
    outdated = True
    looks.look()
    assert daemon.done == ["report"]
