from __future__ import annotations

import os
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dev_assistant.logs.rotation import RotatingFile, Tail, follow, numbered


class Never:
    """Stops a ``follow`` at the first look that finds nothing more."""

    def __init__(self) -> None:
        self.waits = 0

    def wait(self, timeout: float) -> bool:
        self.waits += 1
        return True


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "logs" / "daemon.log"


def files(path: Path) -> dict[str, bytes]:
    return {entry.name: entry.read_bytes() for entry in sorted(path.parent.iterdir())}


def test_lines_go_to_the_next_file_when_one_is_full(path: Path) -> None:
    log = RotatingFile(path, max_bytes=4, files=3)
    for number in range(8):
        log.write(b"%d\n" % number)
    log.close()

    assert files(path) == {"daemon.log": b"6\n7\n", "daemon.log.1": b"4\n5\n", "daemon.log.2": b"2\n3\n"}


def test_a_restart_goes_on_where_the_log_ended(path: Path) -> None:
    for number in range(2):
        log = RotatingFile(path)
        log.write(b"%d\n" % number)
        log.close()

    assert path.read_bytes() == b"0\n1\n"


def test_a_torn_last_line_does_not_spoil_the_next(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b'{"time": "20')
    log = RotatingFile(path)
    log.write(b"whole\n")
    log.close()

    assert path.read_bytes() == b'{"time": "20\nwhole\n'


def test_a_removed_log_is_begun_anew(path: Path) -> None:
    log = RotatingFile(path)
    log.write(b"1\n")
    path.unlink()
    path.parent.rmdir()
    log.write(b"2\n")
    log.close()

    assert path.read_bytes() == b"2\n"


def test_a_link_is_never_written_through(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_bytes(b"mine")
    log = RotatingFile(path)
    log.write(b"1\n")
    path.unlink()
    path.symlink_to(target)

    with pytest.raises(OSError, match="symbolic"):
        log.write(b"2\n")
    path.unlink()
    path.parent.rename(tmp_path / "moved")
    path.parent.symlink_to(tmp_path / "moved")
    with pytest.raises(OSError, match="symbolic"):
        log.write(b"3\n")
    log.close()

    assert target.read_bytes() == b"mine"


def test_reading_begins_with_the_oldest(path: Path) -> None:
    path.parent.mkdir()
    for number, data in enumerate((b"4\n5", b"3\n", b"1\n2\n")):
        numbered(path, number).write_bytes(data)
    tail = Tail(path)

    assert list(tail.read()) == [b"1", b"2", b"3", b"4"]
    assert tail.partial() == [b"5"]
    tail.close()


def test_reading_goes_on_as_lines_are_ended(path: Path) -> None:
    path.parent.mkdir()
    tail = Tail(path)
    assert list(tail.read()) == []
    path.write_bytes(b"1\n2")
    assert list(tail.read()) == [b"1"]
    with path.open("ab") as handle:
        handle.write(b"2\n")
    assert list(tail.read()) == [b"22"]
    tail.close()


def test_the_rest_of_a_file_is_read_after_it_was_rotated(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"1\n")
    tail = Tail(path)
    assert list(tail.read()) == [b"1"]
    with path.open("ab") as handle:
        handle.write(b"2\n")
    path.rename(numbered(path, 1))
    assert list(tail.read()) == [b"2"]
    path.write_bytes(b"3\n")
    assert list(tail.read()) == [b"3"]
    tail.close()


def test_several_rotations_between_two_looks_lose_nothing(path: Path) -> None:
    log, tail = RotatingFile(path, max_bytes=4, files=5), Tail(path)
    log.write(b"0\n")
    assert list(tail.read()) == [b"0"]
    for number in range(1, 8):
        log.write(b"%d\n" % number)

    assert list(tail.read()) == [b"%d" % number for number in range(1, 8)]
    log.close()
    tail.close()


def test_after_a_truncation_reading_begins_anew(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"a long line\n")
    tail = Tail(path)
    assert list(tail.read()) == [b"a long line"]
    path.write_bytes(b"new\n")
    assert list(tail.read()) == [b"new"]
    tail.close()


def test_a_file_that_was_rotated_away_altogether_is_let_go(path: Path) -> None:
    log, tail = RotatingFile(path, max_bytes=2, files=2), Tail(path, files=2)
    log.write(b"0\n")
    assert list(tail.read()) == [b"0"]
    for number in range(1, 6):
        log.write(b"%d\n" % number)

    assert list(tail.read()) == [b"4", b"5"]
    log.close()
    tail.close()


@settings(max_examples=40)
@given(st.lists(st.one_of(st.just("read"), st.integers(1, 12)), max_size=60))
def test_a_reader_that_looks_often_enough_sees_every_line_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str | int]
) -> None:
    path = tmp_path_factory.mktemp("log") / "daemon.log"
    log, tail = RotatingFile(path, max_bytes=40, files=100), Tail(path, files=100)
    written, read = [], []
    for number, step in enumerate(steps):
        if isinstance(step, str):
            read += tail.read()
        else:
            written.append(b"%d:" % number + b"x" * step)
            log.write(written[-1] + b"\n")
    read += tail.read()
    log.close()
    tail.close()

    assert read == written


@pytest.mark.parametrize("attempt", range(10))
def test_a_reader_keeps_up_with_a_writer_of_another_thread(path: Path, attempt: int) -> None:
    """Every line begins a file, so that many rotations happen in the middle of a look."""
    log, tail, begun, done = RotatingFile(path, max_bytes=1, files=80), Tail(path, files=80), Event(), Event()

    def write() -> None:
        for number in range(70):
            log.write(b"%d\n" % number)
            begun.set()
        done.set()

    thread = Thread(target=write)
    thread.start()
    assert begun.wait(20)
    read = [int(line) for line in follow(tail, stop=done, interval=0)]
    thread.join()
    log.close()
    tail.close()

    assert read == list(range(70))


def test_following_ends_with_the_rest_and_an_unended_line(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"1\n2")
    tail, stop = Tail(path), Never()

    assert list(follow(tail, stop=stop)) == [b"1", b"2"]
    assert stop.waits == 1
    tail.close()


def test_what_blocks_in_the_place_of_the_log_does_not_block(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    tail = Tail(path)

    assert list(tail.read()) == []
    tail.close()


def test_a_log_that_cannot_be_opened_is_tried_again(path: Path) -> None:
    path.parent.rmdir() if path.parent.exists() else None
    path.parent.touch()
    log = RotatingFile(path)
    with pytest.raises(OSError, match=r"exists|Not a directory"):
        log.write(b"1\n")
    path.parent.unlink()
    log.write(b"2\n")
    log.close()
    assert path.read_bytes() == b"2\n"
