from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dev_assistant.model import Digest, FileRecord, FileState, ProjectName, RelPath
from dev_assistant.service import feed as module
from dev_assistant.service.feed import Event, Feed


def event(number: int) -> Event:
    digest = Digest(f"{number:032x}")
    return Event(1e9, ProjectName("app"), RelPath("a.py"), digest, FileRecord(FileState.FRESH), False, 0.005)


def numbers(documents: Iterable[dict[str, Any] | None]) -> list[int]:
    return [int(document["digest"], 16) for document in documents if document is not None]


def test_the_document_of_an_event() -> None:
    record = FileRecord(FileState.FAILED, reason="ruff is missing")
    made = Event(1e9, ProjectName("app"), RelPath("a\udcff.py"), Digest("d"), record, True, 0.0051234)
    assert made.document() == {
        "time": "2001-09-09T01:46:40.000+00:00",
        "project": "app",
        "path": "a\\xff.py",
        "digest": "d",
        "state": "failed",
        "passed": None,
        "counts": {"lint": 0, "design": 0, "security": 0, "unfinished": 0},
        "cached": True,
        "latency_ms": 5.123,
        "awaiting": [],
    }


def test_every_follower_gets_every_event_from_then_on() -> None:
    feed = Feed()
    feed.publish(event(0))
    one, two = feed.follow(), feed.follow()
    feed.publish(event(1))
    feed.publish(event(2))
    feed.close()
    assert numbers(one) == [1, 2]
    assert numbers(two) == [1, 2]


def test_a_follower_that_left_is_forgotten() -> None:
    feed = Feed()
    follower = feed.follow()
    feed.publish(event(1))
    assert next(follower) == event(1).document()
    assert feed.followers == 1
    follower.close()  # type: ignore[attr-defined]
    assert feed.followers == 0


def test_a_follower_that_does_not_read_is_dropped_and_told_the_end() -> None:
    feed = Feed()
    follower = feed.follow()
    for number in range(module._LIMIT + 1):
        feed.publish(event(number))
    assert feed.followers == 0
    assert len(list(follower)) < module._LIMIT + 1


def test_what_is_remembered_comes_first_when_it_is_wanted() -> None:
    feed = Feed()
    feed.publish(event(1))
    follower = feed.follow(since_start=True)
    feed.publish(event(2))
    feed.close()
    assert numbers(follower) == [1, 2]
