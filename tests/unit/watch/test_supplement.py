"""Polling beside a source that has room for so many directories only."""

import queue
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dev_assistant.ports import CoverLost, Hint, HintKind, Hints, Holder, SourceEvent, SourceHealth
from dev_assistant.watch.supplement import SupplementedSource

PATIENCE = 20.0


class Small:
    """A source with ``room`` for so many directories, that never sees a change."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.covered: set[str] = set()
        self.refused: set[str] = set()

    def start(self, post: Callable[[SourceEvent], None]) -> None:
        """It has nothing to post."""

    def cover(self, directory: str) -> bool:
        if directory not in self.covered and len(self.covered) >= self.room:
            self.refused.add(directory)
            return False
        self.refused.discard(directory)
        self.covered.add(directory)
        return True

    def uncover(self, directory: str) -> None:
        self.covered.discard(directory)
        self.refused.discard(directory)

    def health(self) -> SourceHealth:
        uncovered = tuple((directory, "no room") for directory in sorted(self.refused))
        return SourceHealth("small", len(self.covered), uncovered=uncovered)

    def stop(self) -> None:
        """Nothing runs."""


class Watched:
    """A supplemented source, what it posted, and how often it asked who has the watches."""

    def __init__(self, room: int) -> None:
        self.small = Small(room)
        self.counts = 0
        self.posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
        self.source = SupplementedSource(self.small, interval=0.01, count=self.count)
        self.source.start(self.posted.put)

    def count(self) -> tuple[Holder, ...]:
        self.counts += 1
        return (Holder(1, "greedy", 99),)

    def next_hint(self) -> Hint:
        event = self.posted.get(timeout=PATIENCE)
        assert isinstance(event, Hints)
        return event.hints[0]


@pytest.fixture
def watched(request: pytest.FixtureRequest) -> Iterator[Watched]:
    watched = Watched(room=1)
    yield watched
    watched.source.stop()


def two(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    return tmp_path / "first", tmp_path / "second"


def test_nothing_is_polled_while_there_is_room(watched: Watched, tmp_path: Path) -> None:
    first, _ = two(tmp_path)
    assert watched.source.cover(str(first))
    health = watched.source.health()
    assert (health.polled, health.holders, watched.counts) == (0, (), 0)


def test_what_finds_no_room_is_polled_and_told(watched: Watched, tmp_path: Path) -> None:
    first, second = two(tmp_path)
    assert [watched.source.cover(str(each)) for each in (first, second)] == [True, True]
    (second / "a.py").touch()
    assert watched.next_hint()[:3] == (str(second), "a.py", HintKind.TOUCHED)
    health = watched.source.health()
    assert (health.directories, health.polled, health.uncovered) == (2, 1, ((str(second), "no room"),))
    assert health.holders == (Holder(1, "greedy", 99),)
    assert watched.counts == 1


def test_the_last_look_tells_what_came_before_it_was_watched(watched: Watched, tmp_path: Path) -> None:
    first, second = two(tmp_path)
    watched.source.cover(str(first))
    watched.source.cover(str(second))
    (second / "early.py").touch()
    watched.small.room = 2
    assert watched.next_hint().name == "early.py"
    while watched.source.health().polled:
        assert watched.source.health().polled == 1
    assert watched.small.covered == {str(first), str(second)}


def test_what_vanishes_while_it_is_polled_is_forgotten_by_both(watched: Watched, tmp_path: Path) -> None:
    first, second = two(tmp_path)
    watched.source.cover(str(first))
    watched.source.cover(str(second))
    second.rmdir()
    lost = watched.posted.get(timeout=PATIENCE)
    assert isinstance(lost, CoverLost) and lost.directory == str(second)
    assert watched.source.health() == SourceHealth("small", 1)


def test_what_is_uncovered_is_polled_no_more(watched: Watched, tmp_path: Path) -> None:
    first, second = two(tmp_path)
    watched.source.cover(str(first))
    watched.source.cover(str(second))
    watched.source.uncover(str(second))
    assert watched.source.health() == SourceHealth("small", 1)


def test_what_was_covered_before_the_start_is_polled(tmp_path: Path) -> None:
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    source = SupplementedSource(Small(0), interval=0.01, count=tuple)
    source.cover(str(tmp_path))
    source.start(posted.put)
    (tmp_path / "a.py").touch()
    assert isinstance(posted.get(timeout=PATIENCE), Hints)
    source.stop()
