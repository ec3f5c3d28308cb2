"""Alerts: a threshold that is crossed is told once, and once more when it is over for good.

Owned by the main thread, which looks at every pulse; ``active`` is for anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from dev_assistant.report.views import ProjectView, WorkspaceView
from dev_assistant.settings import Settings

CALM = 30.0
"""Seconds for which a value has to be on the good side before an alert is over."""

_MARGIN = 0.1
"""How far on the good side, as a share of the threshold: a value that hovers about it is told once."""


class Measured(NamedTuple):
    """A value against its threshold. Neither ``bad`` nor ``good``: too near to it, or not known."""

    name: str
    message: str
    bad: bool
    good: bool


@dataclass(frozen=True, slots=True)
class Alert:
    """``since`` is monotonic seconds, ``good_since`` too: when the value was first good again, if it is."""

    name: str
    message: str
    since: float
    good_since: float | None = None


class Edge(NamedTuple):
    """An alert that begins (``raised``) or is over."""

    alert: Alert
    raised: bool


class Alerts:
    """``active`` by name of the alert, in the order in which they began."""

    def __init__(self) -> None:
        self.active: dict[str, Alert] = {}

    def look(self, measures: Iterator[Measured], *, now: float) -> list[Edge]:
        """What begins and what is over now. What is not measured any more is over at once."""
        before, active = self.active, dict[str, Alert]()
        for measured in measures:
            alert = _next(before.get(measured.name), measured, now)
            if alert is not None:
                active[alert.name] = alert
        self.active = {name: active[name] for name in (*before, *active) if name in active}
        raised = [Edge(alert, raised=True) for name, alert in active.items() if name not in before]
        over = [Edge(alert, raised=False) for name, alert in before.items() if name not in active]
        return over + raised


def _next(alert: Alert | None, measured: Measured, now: float) -> Alert | None:
    """What an alert is after a measurement; None: there is none, or no more."""
    if measured.bad:
        return Alert(measured.name, measured.message, now if alert is None else alert.since)
    if alert is None or not measured.good:
        return alert and Alert(alert.name, alert.message, alert.since)
    good_since = now if alert.good_since is None else alert.good_since
    if now - good_since >= CALM:
        return None
    return Alert(alert.name, alert.message, alert.since, good_since)


def measure(view: WorkspaceView, settings: Settings, *, save_p95_ms: float | None) -> Iterator[Measured]:
    """Everything that has a threshold, against it. A score is not known while work is under way."""
    known = view.state in ("idle", "stuck")
    for project in view.projects:
        yield from _of_project(project, settings, known=known)
    age = view.queue.oldest_s or 0.0
    yield from _above("queue", age, settings.alert_queue_sec, f"the oldest file has waited for {age:.0f} s")
    memory = view.memory.mb
    yield from _above("memory", memory, settings.alert_memory_mb, f"{memory:.0f} MB of memory are in use")
    p95 = save_p95_ms or 0.0
    slow = f"of the last saves one in twenty took {p95:.0f} ms or more"
    yield from _above("save-latency", p95, settings.alert_save_p95_ms, slow)
    if settings.alert_degraded:
        why = "; ".join(view.degraded)
        yield Measured("degraded", f"the daemon is degraded: {why}", bool(why), not why)


def _of_project(project: ProjectView, settings: Settings, *, known: bool) -> Iterator[Measured]:
    if project.state == "disabled":
        return
    failed, name = project.tally.failed, f"failed-files:{project.name}"
    told = f"{failed:,} files of {project.name} could not be judged"
    yield from _above(name, failed, settings.alert_failed_files, told)
    least, score = settings.alert_score, project.tally.score
    if least:
        name, told = f"score:{project.name}", f"the score of {project.name} is {score or 0:.2f}"
        bad = known and score is not None and score < least
        good = known and score is not None and score >= min(10.0, least + _MARGIN)
        yield Measured(name, f"{told}, below {least:g}", bad, good)


def _above(name: str, value: float, threshold: float, message: str) -> Iterator[Measured]:
    if threshold:
        bad, good = value >= threshold, value < (1 - _MARGIN) * threshold
        yield Measured(name, f"{message}; {threshold:g} is the threshold", bad, good)
