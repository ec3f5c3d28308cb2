"""What only inotify has: merging, gathering, overflow, limits, and watches that follow a directory around."""

import errno
import itertools
import os
import queue
import struct
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("needs inotify", allow_module_level=True)

from dev_assistant.ports import CoverLost, HintKind, Hints, Overflowed, SourceEvent
from dev_assistant.watch.inotify import InotifySource, unfinished
from dev_assistant.watch.inotify_calls import Inotify, Mask, events, reason

PATIENCE = 20.0
QUEUED_EVENTS = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())

Posted = queue.SimpleQueue[SourceEvent]


@pytest.fixture
def source() -> Iterator[InotifySource]:
    source = InotifySource()
    yield source
    source.stop()


def until(posted: Posted, wanted: Callable[[SourceEvent], bool]) -> list[SourceEvent]:
    heard = []
    while not heard or not wanted(heard[-1]):
        heard.append(posted.get(timeout=PATIENCE))
    return heard


def names(event: SourceEvent) -> dict[str, HintKind]:
    return {hint.name: hint.kind for hint in event.hints} if isinstance(event, Hints) else {}


def hears(name: str) -> Callable[[SourceEvent], bool]:
    return lambda event: name in names(event)


def held(source: InotifySource, directory: Path) -> tuple[Posted, threading.Event]:
    """Start the source and hold its reader in the first event, until the event that is returned is set."""
    posted: Posted = queue.SimpleQueue()
    arrived, go = threading.Event(), threading.Event()

    def post(event: SourceEvent) -> None:
        arrived.set()
        assert go.wait(PATIENCE)
        posted.put(event)

    source.start(post)
    source.cover(str(directory))
    (directory / "first").touch()
    assert arrived.wait(PATIENCE)
    return posted, go


def test_events_of_one_read_about_one_file_are_one_hint(source: InotifySource, tmp_path: Path) -> None:
    posted, go = held(source, tmp_path)
    for number in range(5):
        (tmp_path / "a.py").write_text(f"{number}\n")
    (tmp_path / "a.py").chmod(0o600)
    (tmp_path / "b.py").write_text("1\n")
    (tmp_path / "b.py").unlink()
    (tmp_path / "c.py").touch()
    (tmp_path / "c.py").unlink()
    (tmp_path / "c.py").write_text("1\n")
    go.set()
    last = until(posted, hears("c.py"))[-1]
    assert isinstance(last, Hints)
    kinds = [(hint.name, hint.kind) for hint in last.hints if hint.name != "first"]
    assert kinds == [("a.py", HintKind.WHOLE), ("b.py", HintKind.GONE), ("c.py", HintKind.WHOLE)]


def test_a_file_that_is_kept_open_is_touched_and_whole_when_it_is_closed(
    source: InotifySource, tmp_path: Path
) -> None:
    posted: Posted = queue.SimpleQueue()
    source.start(posted.put)
    source.cover(str(tmp_path))
    with (tmp_path / "a.py").open("w") as file:
        file.write("1\n")
        file.flush()
        assert names(until(posted, hears("a.py"))[-1]) == {"a.py": HintKind.TOUCHED}
    until(posted, lambda event: names(event).get("a.py") is HintKind.WHOLE)


def test_an_overflow_is_told_and_counted(source: InotifySource, tmp_path: Path) -> None:
    posted, go = held(source, tmp_path)
    path, other = tmp_path / "x", tmp_path / "y"
    path.touch()
    for _ in range(QUEUED_EVENTS // 4 + 100):  # two events each way
        path.rename(other)
        other.rename(path)
    go.set()
    until(posted, lambda event: isinstance(event, Overflowed))
    assert source.health().overflows == 1
    (tmp_path / "after.py").touch()
    until(posted, hears("after.py"))


def test_a_move_that_was_lost_in_an_overflow_leaves_no_watch_behind(
    source: InotifySource, tmp_path: Path
) -> None:
    top = tmp_path / "top"
    (top / "tree").mkdir(parents=True)
    source.cover(str(top / "tree"))
    posted, go = held(source, top)
    path, other = top / "x", top / "y"
    path.touch()
    for _ in range(QUEUED_EVENTS // 4 + 100):
        path.rename(other)
        other.rename(path)
    (top / "tree").rename(tmp_path / "tree")
    go.set()
    until(posted, lambda event: isinstance(event, Overflowed))
    assert source.health().directories == 1
    (tmp_path / "tree" / "phantom.py").touch()
    (top / "last.py").touch()
    heard = until(posted, hears("last.py"))
    assert not any(hears("phantom.py")(event) for event in heard)


def test_a_watch_that_was_renewed_outlives_the_news_of_its_move(
    source: InotifySource, tmp_path: Path
) -> None:
    (tmp_path / "a").mkdir()
    posted, go = held(source, tmp_path)
    source.cover(str(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert source.cover(str(tmp_path / "b"))  # before the reader has heard of the move
    go.set()
    until(posted, hears("b"))
    (tmp_path / "b" / "x.py").touch()
    heard = until(posted, hears("x.py"))
    assert not any(isinstance(event, CoverLost) for event in heard)
    assert source.health().directories == 2


def test_a_root_that_is_moved_is_lost_with_all_below(source: InotifySource, tmp_path: Path) -> None:
    top = tmp_path / "top"
    (top / "deep").mkdir(parents=True)
    posted: Posted = queue.SimpleQueue()
    source.start(posted.put)
    source.cover(str(top))
    source.cover(str(top / "deep"))
    top.rename(tmp_path / "elsewhere")
    lost = until(posted, lambda event: isinstance(event, CoverLost))[-1]
    assert isinstance(lost, CoverLost)
    assert lost.directory == str(top)
    assert source.health().directories == 0


def test_covering_from_many_threads_loses_nothing(source: InotifySource, tmp_path: Path) -> None:
    posted: Posted = queue.SimpleQueue()
    source.start(posted.put)

    def work(number: int) -> None:
        for step in range(50):
            directory = tmp_path / f"{number}-{step}"
            directory.mkdir()
            assert source.cover(str(directory))
            (directory / f"{directory.name}.py").touch()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    missing = {f"{number}-{step}.py" for number, step in itertools.product(range(4), range(50))}
    until(posted, lambda event: not missing.difference_update(names(event)) and not missing)


def test_a_reader_that_fails_tells_of_the_loss_and_goes_on(source: InotifySource, tmp_path: Path) -> None:
    posted: Posted = queue.SimpleQueue()
    failing = threading.Event()
    failing.set()

    def post(event: SourceEvent) -> None:
        if failing.is_set():
            failing.clear()
            raise RuntimeError("no room")
        posted.put(event)

    source.start(post)
    source.cover(str(tmp_path))
    (tmp_path / "lost.py").touch()
    until(posted, lambda event: isinstance(event, Overflowed))
    (tmp_path / "a.py").touch()
    until(posted, hears("a.py"))
    assert source.health().uncovered == ()


def test_a_failure_stands_in_the_health_until_it_is_over(source: InotifySource, tmp_path: Path) -> None:
    failed = threading.Event()

    def post(event: SourceEvent) -> None:
        failed.set()
        raise RuntimeError("no room")

    source.start(post)
    source.cover(str(tmp_path))
    (tmp_path / "a.py").touch()
    assert failed.wait(PATIENCE)
    source.stop()
    assert "no room" in source.health().note


def test_a_link_is_not_covered(source: InotifySource, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert not source.cover(str(tmp_path / "link"))


def test_nothing_is_covered_after_the_end(source: InotifySource, tmp_path: Path) -> None:
    source.stop()
    assert not source.cover(str(tmp_path))
    source.uncover(str(tmp_path))


def test_stopping_gives_the_descriptors_back() -> None:
    before = len(os.listdir("/proc/self/fd"))
    source = InotifySource()
    source.start(lambda _: None)
    source.stop()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_path_that_cannot_be_watched_is_told_and_forgotten_with_its_parent(
    source: InotifySource, tmp_path: Path
) -> None:
    path = str(tmp_path / ("x" * 300))
    assert not source.cover(path)
    assert source.health().uncovered == ((path, os.strerror(errno.ENAMETOOLONG)),)
    source.uncover(str(tmp_path))
    assert source.health().uncovered == ()


def test_the_watch_limit_names_its_remedy() -> None:
    text = reason(OSError(errno.ENOSPC, "No space left on device"))
    assert "sudo sysctl fs.inotify.max_user_watches=" in text
    assert "space" not in text
    assert reason(OSError(errno.EACCES, "Permission denied")) == "Permission denied"


def test_events_are_taken_apart() -> None:
    data = struct.pack("iIII16s", 1, Mask.CREATE, 0, 16, b"a.py") + struct.pack("iIII", 2, Mask.IGNORED, 7, 0)
    assert list(events(data)) == [(1, Mask.CREATE, b"a.py"), (2, Mask.IGNORED, b"")]


def packed(*masks: int) -> bytes:
    return b"".join(struct.pack("iIII16s", 1, mask, 0, 16, b"a.py") for mask in masks)


@pytest.mark.parametrize("last", [Mask.CREATE, Mask.MODIFY, Mask.ATTRIB])
def test_a_file_that_is_being_written_is_unfinished(last: Mask) -> None:
    assert unfinished(packed(last))
    assert unfinished(packed(Mask.CREATE, last))


@pytest.mark.parametrize(
    "last",
    [
        Mask.CLOSE_WRITE,
        Mask.MOVED_TO,
        Mask.MOVED_FROM,
        Mask.DELETE,
        Mask.CREATE | Mask.ISDIR,
        Mask.Q_OVERFLOW,
        Mask.IGNORED,
    ],
)
def test_what_has_an_end_is_not_waited_for(last: int) -> None:
    assert not unfinished(packed(Mask.MODIFY, last))
    assert not unfinished(packed(last, Mask.MODIFY))
    assert not unfinished(b"")


def test_the_same_directory_has_the_same_watch(tmp_path: Path) -> None:
    kernel = Inotify()
    (tmp_path / "a").mkdir()
    watch = kernel.add(str(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert kernel.add(str(tmp_path / "b")) == watch
    kernel.remove(watch)
    kernel.remove(watch)
    assert kernel.read(1 << 16)
    assert kernel.read(1 << 16) == b""
    kernel.close()
