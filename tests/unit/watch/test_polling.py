"""What only polling has: its own failures, its reason, and differences that share a name."""

import os
import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from dev_assistant.ports import HintKind, Hints, Overflowed, SourceEvent
from dev_assistant.watch.polling import PollingSource

PATIENCE = 20.0
INTERVAL = 0.01


@pytest.fixture
def source() -> Iterator[PollingSource]:
    source = PollingSource(interval=INTERVAL, reason="no instance left")
    yield source
    source.stop()


def next_hints(posted: queue.SimpleQueue[SourceEvent]) -> list[tuple[str, HintKind]]:
    event = posted.get(timeout=PATIENCE)
    assert isinstance(event, Hints)
    return sorted(((hint.name, hint.kind) for hint in event.hints), key=str)


def test_says_why_it_has_to_poll(source: PollingSource) -> None:
    health = source.health()
    assert (health.backend, health.note) == ("polling", "no instance left")


def test_a_file_and_a_directory_in_each_others_place(source: PollingSource, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()
    source.cover(str(tmp_path))
    (tmp_path / "file").rename(tmp_path / "kept")
    (tmp_path / "directory").rename(tmp_path / "file")
    (tmp_path / "kept").rename(tmp_path / "directory")
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    source.start(posted.put)
    assert next_hints(posted) == [
        ("directory", HintKind.DIRECTORY_GONE),
        ("directory", HintKind.TOUCHED),
        ("file", HintKind.DIRECTORY),
        ("file", HintKind.GONE),
    ]


def test_what_happens_between_covering_and_starting_is_reported(
    source: PollingSource, tmp_path: Path
) -> None:
    source.cover(str(tmp_path))
    (tmp_path / "a.py").touch()
    source.cover(str(tmp_path))
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    source.start(posted.put)
    assert next_hints(posted) == [("a.py", HintKind.TOUCHED)]


def test_a_save_to_the_same_size_and_time_is_seen_by_its_change_time(
    source: PollingSource, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_text("1\n")
    status = path.stat()
    source.cover(str(tmp_path))
    path.write_text("2\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    source.start(posted.put)
    assert next_hints(posted) == [("a.py", HintKind.TOUCHED)]


def test_a_round_that_fails_tells_of_the_loss_and_goes_on(source: PollingSource, tmp_path: Path) -> None:
    posted: queue.SimpleQueue[SourceEvent] = queue.SimpleQueue()
    failing = threading.Event()
    failing.set()

    def post(event: SourceEvent) -> None:
        if failing.is_set():
            failing.clear()
            raise RuntimeError("no room")
        posted.put(event)

    source.cover(str(tmp_path))
    (tmp_path / "lost.py").touch()
    source.start(post)
    assert isinstance(posted.get(timeout=PATIENCE), Overflowed)
    (tmp_path / "a.py").touch()
    assert next_hints(posted) == [("a.py", HintKind.TOUCHED)]


def test_a_link_is_not_covered(source: PollingSource, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert not source.cover(str(tmp_path / "link"))
