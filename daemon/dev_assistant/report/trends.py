"""Thirty days of totals, one point a day: the last one of a day stands for it.

A point holds sums, not averages of averages, so points of several projects can be weighed by their files.
"""

from __future__ import annotations

import datetime as dt

import msgspec

from dev_assistant.report.canonical import encode
from dev_assistant.report.tally import Tally

DAYS = 30
TRENDS = "dev-assistant/trends@1"
LIMIT = 1 << 20
"""Bytes; thirty days are a hundredth of that, and whatever is larger was not written here."""


class Point(msgspec.Struct, frozen=True, gc=False):
    """The totals at the end of ``date`` (UTC). ``clean`` files are fresh and pass."""

    date: dt.date
    files: int
    fresh: int
    stale: int
    pending: int
    failed: int
    skipped: int
    clean: int
    findings: int
    security: int
    score: float | None
    passed: bool | None


class TrendsDocument(msgspec.Struct, frozen=True):
    """``trends.json``: points by date, oldest first; a day without a daemon has none."""

    schema: str
    days: tuple[Point, ...]


def point_of(tally: Tally, *, now: float) -> Point:
    """Today's point; ``now`` is wall-clock seconds. ``tally.score`` is already weighed by files."""
    return Point(
        date=dt.datetime.fromtimestamp(now, dt.UTC).date(),
        files=tally.files,
        fresh=tally.fresh,
        stale=tally.stale,
        pending=tally.pending,
        failed=tally.failed,
        skipped=tally.skipped,
        clean=tally.clean,
        findings=tally.counts.total,
        security=tally.counts.security,
        score=tally.score,
        passed=tally.passed,
    )


def update(previous: bytes | None, point: Point) -> bytes:
    """``trends.json`` with today's point. What cannot be read is left behind: trends start anew."""
    return encode(TrendsDocument(TRENDS, (*_before(read_trends(previous), point.date), point)), indent=2)


def read_trends(data: bytes | None) -> tuple[Point, ...]:
    """The points of a ``trends.json``; none when it is missing or is not one."""
    if data is None:
        return ()
    try:
        document = msgspec.json.decode(data, type=TrendsDocument)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    return document.days if document.schema == TRENDS else ()


def _before(days: tuple[Point, ...], today: dt.date) -> list[Point]:
    """One a day of the window that ends today; a day to come is a clock's mistake."""
    first = today - dt.timedelta(days=DAYS - 1)
    kept = {point.date: point for point in days if first <= point.date < today}
    return [kept[date] for date in sorted(kept)]
