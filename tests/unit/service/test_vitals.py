"""All that the daemon notices about itself, on a workspace that is judged in one thread."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from pathlib import Path

import pytest

from dev_assistant import process
from dev_assistant.beats import Beats
from dev_assistant.machine import Memory
from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.alert_command import AlertCommand
from dev_assistant.service.alerts import CALM
from dev_assistant.service.leaks import Leaks
from dev_assistant.service.memory import NEVER, Governor
from dev_assistant.service.overview import Overview
from dev_assistant.service.pace import Pace
from dev_assistant.service.vitals import EVERY, Vitals
from dev_assistant.settings import Settings
from flows.world import World


class Daemon:
    """A world with its vitals."""

    def __init__(self, root: Path, settings: Settings) -> None:
        beats = Beats()
        (root / "pyproject.toml").touch()
        (root / "a.py").write_text("BAD\n")
        self.world = World(root.resolve(), project=root.name, beats=beats)
        self.reports = 0
        self.trouble: tuple[str, ...] = ()
        self.vitals = Vitals(
            pace=Pace(beats.timings, limit=lambda: 5.0, threads=lambda _: 1, now=self.now),
            leaks=Leaks(census=Counter, collect=lambda: None, sample=Memory, now=self.now),
            command=AlertCommand(root=str(root), children=process.Children()),
            view=self.view,
            settings=lambda: settings,
            report=self.report,
            now=self.now,
        )
        self.overview = Overview(
            root=str(root),
            source=self.world.source,
            queue=self.world.queue,
            snapshot=lambda: self.world.coordinator.snapshot,
            trouble=lambda: self.trouble,
            now=self.now,
            started=1000.0,
            governor=Governor(limit=lambda: 1024, restarts=NEVER, now=self.now),
            vitals=self.vitals,
        )

    def now(self) -> float:
        return self.world.time

    def report(self) -> None:
        self.reports += 1

    def view(self) -> WorkspaceView:
        return self.overview.view()


def test_the_work_of_a_start_and_of_a_save_is_timed_by_stage(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, Settings())
    daemon.world.start()
    daemon.world.write("a.py", "new\n")
    daemon.world.settle()
    daemon.vitals.look(Memory(80.0, 20.0))
    timings = daemon.view().vitals.timings
    assert {"scan", "compare", "look", "plan", "accept", "intake", "save"} <= timings.keys()
    assert timings["save"].count == 1
    assert timings[daemon.world.verifier.name].count == 2


def test_memory_is_told_for_the_daemon_and_its_tools(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, Settings())
    daemon.vitals.look(Memory(80.0, 20.0))
    memory = daemon.view().memory
    assert (memory.daemon_mb, memory.tools_mb, memory.mb, memory.limit_mb) == (80.0, 20.0, 100.0, 1024)


def test_an_alert_goes_to_log_status_dashboard_and_command(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    out = tmp_path / "out"
    tell = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"
    daemon = Daemon(tmp_path, Settings(alert_command=(sys.executable, "-c", tell, str(out))))
    daemon.world.start()
    with caplog.at_level(logging.INFO, "dev_assistant.daemon"):
        daemon.vitals.look(Memory(1.0))
        assert daemon.reports == 0
        daemon.trouble = ("disk full",)
        for _ in range(2):
            daemon.world.time += EVERY
            daemon.vitals.look(Memory(1.0))
        (alert,) = daemon.view().vitals.alerts
        daemon.trouble = ()
        for _ in range(2):
            daemon.world.time += CALM
            daemon.vitals.look(Memory(1.0))
    assert "disk full" in alert.message
    assert daemon.view().vitals.alerts == ()
    assert daemon.reports == 2
    assert [record.msg.event for record in caplog.records] == ["alert", "alert is over"]
    daemon.vitals.command.drain()
    assert [line.split('"state": ')[1].split(",")[0] for line in out.read_text().splitlines()] == [
        '"raised"',
        '"over"',
    ]
