"""What only watchdog has: one tree for many directories, and a dispatcher that must not see an exception."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.ports import Hints, Overflowed, SourceEvent
from dev_assistant.watch.observer import ObserverSource

PATIENCE = 20.0


@pytest.fixture
def source() -> Iterator[ObserverSource]:
    source = ObserverSource()
    yield source
    source.stop()


def until_named(posted: queue.SimpleQueue[SourceEvent], name: str) -> list[SourceEvent]:
    heard: list[SourceEvent] = []
    while not heard or not (isinstance(heard[-1], Hints) and heard[-1].hints[0].name == name):
        heard.append(posted.get(timeout=PATIENCE))
    return heard


def test_an_exception_tells_of_the_loss_and_does_not_end_the_dispatcher(
    source: ObserverSource, tmp_path: Path
) -> None:
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    failed = threading.Event()

    def post(event: SourceEvent) -> None:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("no room")
        posted.put(event)

    source.start(post)
    source.cover(str(tmp_path))
    (tmp_path / "lost.py").touch()
    assert failed.wait(PATIENCE)
    (tmp_path / "a.py").touch()
    heard = until_named(posted, "a.py")
    assert isinstance(heard[0], Overflowed)
    assert source.health().uncovered == ()


def test_a_directory_above_takes_over_those_that_were_scheduled(
    source: ObserverSource, tmp_path: Path
) -> None:
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    source.start(posted.put)
    (tmp_path / "a").mkdir()
    assert source.cover(str(tmp_path / "a"))
    assert source.cover(str(tmp_path))
    (tmp_path / "a" / "x.py").touch()
    heard = until_named(posted, "x.py")
    (tmp_path / "last.py").touch()
    heard += until_named(posted, "last.py")
    created = [event for event in heard if isinstance(event, Hints) and event.hints[0].name == "x.py"]
    assert len(created) <= 3  # created, modified, closed: once each, not once for each of two trees


def test_a_root_in_anothers_place_is_scheduled_anew(source: ObserverSource, tmp_path: Path) -> None:
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    source.start(posted.put)
    root = tmp_path / "root"
    root.mkdir()
    source.cover(str(root))
    root.rename(tmp_path / "former")
    root.mkdir()
    source.cover(str(root))
    (root / "a.py").touch()
    until_named(posted, "a.py")


def test_before_the_start_nothing_is_covered_and_that_is_told(source: ObserverSource, tmp_path: Path) -> None:
    assert not source.cover(str(tmp_path))
    ((where, _),) = source.health().uncovered
    assert where == str(tmp_path)
    source.uncover(str(tmp_path))
    assert source.health().uncovered == ()
    source.start(lambda _: None)
