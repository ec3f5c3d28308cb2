from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.report.tally import EMPTY, tally_of
from dev_assistant.report.trends import point_of, read_trends, update

DAY = 86_400.0
NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC


def dates(data):
    return [point.date.isoformat() for point in read_trends(data)]


def test_a_point_holds_the_days_totals(record):
    tally = tally_of([record(), record(S101=1, F401=1)])

    (day,) = json.loads(update(None, point_of(tally, now=NOON)))["days"]

    assert day == {
        "date": "2023-11-15",
        "files": 2,
        "fresh": 2,
        "stale": 0,
        "pending": 0,
        "failed": 0,
        "skipped": 0,
        "clean": 1,
        "findings": 2,
        "security": 1,
        "score": 9.4,
        "passed": False,
    }


def test_the_last_point_of_a_day_stands(record):
    early = update(None, point_of(EMPTY, now=NOON))
    late = update(early, point_of(tally_of([record()]), now=NOON + 3600))

    assert dates(late) == ["2023-11-15"]
    assert read_trends(late)[0].files == 1


def test_thirty_days_are_kept():
    data = None
    for day in range(40):
        data = update(data, point_of(EMPTY, now=NOON + day * DAY))

    assert len(dates(data)) == 30
    assert dates(data)[-1] == "2023-12-24"
    assert dates(update(data, point_of(EMPTY, now=NOON + 68 * DAY))) == ["2023-12-24", "2024-01-22"]


def test_a_clock_that_was_wrong_leaves_nothing_behind():
    ahead = update(None, point_of(EMPTY, now=NOON + 9000 * DAY))

    assert dates(update(ahead, point_of(EMPTY, now=NOON))) == ["2023-11-15"]


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b"\xff", b"[]", b'{"schema": "other@1", "days": []}', b'{"days": [{"date": 1}]}']
)
def test_what_cannot_be_read_starts_anew(damaged):
    point = point_of(EMPTY, now=NOON)

    assert update(damaged, point) == update(None, point)


@given(st.lists(st.integers(0, 70), max_size=12))
def test_points_are_ordered_and_in_the_window(days):
    data = None
    for day in days:
        data = update(data, point_of(EMPTY, now=NOON + day * DAY))

    kept = [point.date for point in read_trends(data)]
    assert kept == sorted(set(kept))
    assert not kept or kept[-1] - kept[0] < dt.timedelta(days=30)
