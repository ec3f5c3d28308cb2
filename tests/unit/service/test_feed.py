from __future__ import annotations

from dev_assistant.service import feed as module
from dev_assistant.service.feed import Feed


def test_every_follower_gets_every_event_from_then_on() -> None:
    feed = Feed()
    feed.publish({"n": 0})
    one, two = feed.follow(), feed.follow()
    feed.publish({"n": 1})
    feed.publish({"n": 2})
    feed.close()
    assert list(one) == [{"n": 1}, {"n": 2}]
    assert list(two) == [{"n": 1}, {"n": 2}]


def test_a_follower_that_left_is_forgotten() -> None:
    feed = Feed()
    follower = feed.follow()
    feed.publish({"n": 1})
    assert next(follower) == {"n": 1}
    assert feed.followers == 1
    follower.close()  # type: ignore[attr-defined]
    assert feed.followers == 0


def test_a_follower_that_does_not_read_is_dropped_and_told_the_end() -> None:
    feed = Feed()
    follower = feed.follow()
    for number in range(module._LIMIT + 1):
        feed.publish({"n": number})
    assert feed.followers == 0
    assert len(list(follower)) < module._LIMIT + 1


def test_what_is_remembered_comes_first_when_it_is_wanted() -> None:
    feed = Feed()
    feed.publish({"n": 1})
    follower = feed.follow(since_start=True)
    feed.publish({"n": 2})
    feed.close()
    assert list(follower) == [{"n": 1}, {"n": 2}]
