from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Clock
from dev_assistant.report.tally import Tally
from dev_assistant.report.views import MemoryView, ProjectView, QueueView, WatchView, WorkspaceView
from dev_assistant.service.alerts import CALM, Alerts, Edge, Measured, measure
from dev_assistant.settings import Settings

OFF = Settings(alert_queue_sec=0, alert_degraded=False)


@dataclass
class Picture:
    """A workspace of which only what has a threshold is told."""

    settings: Settings = OFF
    state: str = "idle"
    degraded: tuple[str, ...] = ()
    tally: Tally = field(default_factory=Tally)
    oldest: float | None = None
    mb: float = 100.0
    p95: float | None = None
    project_state: str = "watching"

    def measured(self) -> dict[str, Measured]:
        return {m.name: m for m in measure(self.view(), self.settings, save_p95_ms=self.p95)}

    def view(self) -> WorkspaceView:
        values: dict[str, Any] = {
            "name": "w",
            "root": "/w",
            "state": self.state,
            "degraded": self.degraded,
            "pid": 1,
            "uptime_s": 1.0,
            "projects": (
                ProjectView("app", "/w/app", self.project_state, (), {}, self.tally, 0, 0),  # type: ignore[arg-type]
            ),
            "queue": QueueView(0, 0, self.oldest),
            "watch": WatchView("inotify", 1, 0, 0, (), None),
            "memory": MemoryView(self.mb, 0.0, 1024),
            "version": "1",
        }
        return WorkspaceView(**values)


def measured(*, bad: bool = False, good: bool = False, name: str = "memory") -> Measured:
    return Measured(name, f"{name} is bad", bad, good)


def told(edges: list[Edge]) -> list[tuple[str, bool]]:
    return [(edge.alert.name, edge.raised) for edge in edges]


def test_each_edge_is_told_once(clock: Clock) -> None:
    alerts = Alerts()
    assert alerts.look(iter([measured(good=True)]), now=clock()) == []
    assert told(alerts.look(iter([measured(bad=True)]), now=clock())) == [("memory", True)]
    began = clock()
    clock.advance(100.0)
    assert alerts.look(iter([measured(bad=True)]), now=clock()) == []
    assert alerts.active["memory"].since == began
    assert alerts.look(iter([measured(good=True)]), now=clock()) == []
    clock.advance(CALM)
    assert told(alerts.look(iter([measured(good=True)]), now=clock())) == [("memory", False)]
    assert alerts.active == {}


def test_calm_begins_anew_with_every_relapse(clock: Clock) -> None:
    alerts = Alerts()
    alerts.look(iter([measured(bad=True)]), now=clock())
    for relapse in (measured(bad=True), measured()):
        alerts.look(iter([measured(good=True)]), now=clock())
        clock.advance(CALM - 1)
        assert alerts.look(iter([relapse]), now=clock()) == []
        clock.advance(1.0)
        assert alerts.look(iter([measured(good=True)]), now=clock()) == []
    assert "memory" in alerts.active


def test_what_has_no_threshold_any_more_is_over_at_once(clock: Clock) -> None:
    alerts = Alerts()
    alerts.look(iter([measured(bad=True)]), now=clock())
    assert told(alerts.look(iter([]), now=clock())) == [("memory", False)]


@given(st.lists(st.sampled_from(["bad", "good", "near"]), max_size=60), st.floats(0.5, 40))
def test_edges_alternate_whatever_happens(values: list[str], pulse: float) -> None:
    alerts, now, edges = Alerts(), 0.0, []
    for value in values:
        edges += alerts.look(iter([measured(bad=value == "bad", good=value == "good")]), now=now)
        now += pulse
    assert [edge.raised for edge in edges] == [index % 2 == 0 for index in range(len(edges))]


def test_nothing_is_measured_that_has_no_threshold() -> None:
    picture = Picture(OFF, oldest=1e9, mb=1e9, p95=1e9, degraded=("x",), tally=Tally(failed=9))
    assert picture.measured() == {}


@pytest.mark.parametrize(
    ("setting", "name", "bad", "near", "good"),
    [
        ({"alert_queue_sec": 100.0}, "queue", {"oldest": 100.0}, {"oldest": 95.0}, {"oldest": None}),
        ({"alert_memory_mb": 500}, "memory", {"mb": 500.0}, {"mb": 460.0}, {"mb": 449.0}),
        ({"alert_save_p95_ms": 200.0}, "save-latency", {"p95": 201.0}, {"p95": 190.0}, {"p95": None}),
        (
            {"alert_failed_files": 10},
            "failed-files:app",
            {"tally": Tally(files=20, failed=10)},
            {"tally": Tally(files=20, failed=9)},
            {"tally": Tally(files=20, fresh=20)},
        ),
    ],
)
def test_a_threshold_has_two_sides_and_a_margin(
    setting: dict[str, Any], name: str, bad: dict[str, Any], near: dict[str, Any], good: dict[str, Any]
) -> None:
    picture = Picture(OFF.model_copy(update=setting))
    found = [replace(picture, **values).measured()[name] for values in (bad, near, good)]
    assert [(one.bad, one.good) for one in found] == [(True, False), (False, False), (False, True)]


@pytest.mark.parametrize(
    ("score", "state", "expected"),
    [
        (490, "idle", (True, False)),
        (505, "idle", (False, False)),
        (510, "idle", (False, True)),
        (490, "busy", (False, False)),
        (900, "starting", (False, False)),
        (None, "idle", (False, False)),
    ],
)
def test_a_score_counts_while_nothing_is_owed(
    score: int | None, state: str, expected: tuple[bool, bool]
) -> None:
    tally = Tally() if score is None else Tally(files=1, fresh=1, score_sum=score)
    picture = Picture(OFF.model_copy(update={"alert_score": 5.0}), state=state, tally=tally)
    found = picture.measured()["score:app"]
    assert (found.bad, found.good) == expected


def test_a_perfect_score_ends_an_alert_for_anything_less() -> None:
    picture = Picture(OFF.model_copy(update={"alert_score": 10.0}), tally=Tally(fresh=1, score_sum=1000))
    assert picture.measured()["score:app"].good


def test_degraded_is_an_alert_with_its_reasons() -> None:
    picture = Picture(OFF.model_copy(update={"alert_degraded": True}))
    assert picture.measured()["degraded"].good
    found = replace(picture, degraded=("disk full", "no git")).measured()["degraded"]
    assert found.bad
    assert "disk full; no git" in found.message


def test_a_project_that_is_off_has_no_thresholds() -> None:
    settings = OFF.model_copy(update={"alert_failed_files": 1, "alert_score": 5.0})
    assert Picture(settings, project_state="disabled", tally=Tally(failed=1)).measured() == {}
