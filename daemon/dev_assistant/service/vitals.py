"""What the daemon notices about itself at every pulse: pace, memory, and what is to be called out.

Owned by the main thread; ``memory`` and the views are for anybody, and as old as the last look.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dev_assistant.logs import get_logger
from dev_assistant.machine import Memory
from dev_assistant.report.views import AlertView, BottleneckView, CollectedView, VitalsView, WorkspaceView
from dev_assistant.service.alert_command import AlertCommand
from dev_assistant.service.alerts import Alerts, Edge, measure
from dev_assistant.service.leaks import Leaks
from dev_assistant.service.pace import Pace
from dev_assistant.settings import Settings

EVERY = 10.0
"""Seconds between two comparisons with thresholds: a picture costs half a millisecond, also when idle."""

_LOG = get_logger("daemon")


@dataclass(slots=True)
class Vitals:
    """``view`` gives the picture that thresholds are held against, ``settings`` the workspace's.

    ``report`` is asked for dashboards when alerts begin or end.
    """

    pace: Pace
    leaks: Leaks
    command: AlertCommand
    view: Callable[[], WorkspaceView]
    settings: Callable[[], Settings]
    report: Callable[[], None]
    now: Callable[[], float]
    alerts: Alerts = field(default_factory=Alerts)
    memory: Memory = field(default_factory=Memory)
    _next_at: float = 0.0

    def look(self, memory: Memory) -> None:
        """Once every pulse, with a sample of the memory."""
        self.memory = memory
        self.pace.look()
        if self.now() >= self._next_at:
            self._next_at = self.now() + EVERY
            self._weigh(memory)

    def _weigh(self, memory: Memory) -> None:
        """Hold the picture that the status shows against what is to be called out."""
        view, settings = self.view(), self.settings()
        files = sum(project.tally.files for project in view.projects)
        self.leaks.look(memory, idle=view.state == "idle", files=files)
        measures = measure(view, settings, save_p95_ms=self.pace.save_p95_ms)
        for edge in (edges := self.alerts.look(measures, now=self.now())):
            _tell(edge)
            self.command.call(settings.alert_command, edge)
        if edges:
            self.report()

    def shown(self) -> VitalsView:
        """For the status and the dashboard."""
        now, narrowest = self.now(), self.pace.bottleneck
        return VitalsView(
            timings=self.pace.summaries,
            bottleneck=None if narrowest is None else BottleneckView(*narrowest),
            alerts=tuple(AlertView(a.name, a.message, now - a.since) for a in self.alerts.active.values()),
        )

    def collected(self) -> CollectedView | None:
        """What the last forced collection on suspicion of a leak gave back."""
        last = self.leaks.collected
        return None if last is None else CollectedView(last.before, last.after, self.now() - last.at)


def _tell(edge: Edge) -> None:
    if edge.raised:
        _LOG.warning("alert", name=edge.alert.name, what=edge.alert.message)
    else:
        _LOG.info("alert is over", name=edge.alert.name)
