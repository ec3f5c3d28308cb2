from __future__ import annotations

import os
import socket
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.files import (
    Absent,
    Content,
    Unfit,
    Unreadable,
    digest_of,
    drop_temporaries,
    read,
    stat_of,
    write_atomically,
)
from fakes.points import armed

LIMIT = 1000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "x.py"
    path.write_bytes(b"a = 1\n")
    return path


def test_a_regular_file_gives_its_bytes_and_identity(file: Path) -> None:
    content = read(str(file), limit=LIMIT)
    assert isinstance(content, Content)
    assert content.data == b"a = 1\n"
    assert content.fingerprint.digest == digest_of(b"a = 1\n")
    assert content.fingerprint.stat == stat_of(os.lstat(file))


def test_the_stat_tells_versions_apart(file: Path) -> None:
    before = stat_of(os.lstat(file))
    os.utime(file, ns=(0, 1))
    assert stat_of(os.lstat(file)) != before
    status = os.lstat(file)
    assert stat_of(status) == stat_of(status)
    assert stat_of(status).mtime_ns == 1
    assert stat.S_ISREG(stat_of(status).mode)


@given(st.binary(), st.binary())
def test_a_digest_is_32_hex_digits_and_tells_bytes_apart(one: bytes, other: bytes) -> None:
    assert len(digest_of(one)) == 32
    assert int(digest_of(one), 16) >= 0
    assert (digest_of(one) == digest_of(other)) == (one == other)


def test_what_is_not_there_is_absent(file: Path) -> None:
    assert read(str(file) + "x", limit=LIMIT) == Absent()
    assert read(f"{file}/below", limit=LIMIT) == Absent()
    assert isinstance(read(str(file.parent), limit=LIMIT), Absent)


def test_an_empty_file_is_a_file(file: Path) -> None:
    file.write_bytes(b"")
    content = read(str(file), limit=0)
    assert isinstance(content, Content)
    assert content.data == b""


@pytest.mark.parametrize(("size", "fits"), [(LIMIT, True), (LIMIT + 1, False)])
def test_the_limit_is_the_largest_size(file: Path, size: int, fits: bool) -> None:
    file.write_bytes(b"x" * size)
    seen = read(str(file), limit=LIMIT)
    assert isinstance(seen, Content) is fits
    assert isinstance(seen, Unfit) is not fits


@pytest.mark.parametrize("target", ["x.py", "nowhere"])
def test_a_link_is_never_followed(file: Path, target: str) -> None:
    link = file.with_name("link.py")
    link.symlink_to(target)
    assert read(str(link), limit=LIMIT) == Unfit("symbolic link")


def test_a_fifo_does_not_block(file: Path) -> None:
    fifo = file.with_name("fifo.py")
    os.mkfifo(fifo)
    assert read(str(fifo), limit=LIMIT) == Unfit("not a regular file")


def test_a_socket_is_not_a_regular_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)  # the name of a socket is limited to 108 bytes
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.py")
        assert read(str(file.with_name("socket.py")), limit=LIMIT) == Unfit("not a regular file")


def test_a_device_is_not_a_regular_file() -> None:
    assert read("/dev/null", limit=LIMIT) == Unfit("not a regular file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_forbidden_file_says_why(file: Path) -> None:
    file.chmod(0)
    assert read(str(file), limit=LIMIT) == Unreadable("Permission denied")


def test_a_name_that_cannot_be_opened_says_why(file: Path) -> None:
    assert isinstance(read(str(file) + "x" * 300, limit=LIMIT), Unreadable)


def test_a_name_that_is_not_utf8_can_be_read(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")
    with open(name, "wb") as handle:
        handle.write(b"x")
    assert isinstance(read(name, limit=LIMIT), Content)


@pytest.mark.linux
def test_a_file_with_more_bytes_than_it_had_when_opened_is_read_to_its_end() -> None:
    name = "/proc/version"  # its size is always told as 0
    data = Path(name).read_bytes()
    for limit in (len(data), LIMIT * LIMIT):
        content = read(name, limit=limit)
        assert isinstance(content, Content)
        assert content.data == data
        assert content.fingerprint.digest == digest_of(data)
    assert isinstance(read(name, limit=len(data) - 1), Unfit)


@pytest.mark.parametrize("durable", [True, False])
def test_a_write_replaces_the_whole_file(file: Path, durable: bool) -> None:
    write_atomically(file, b"new", durable=durable)
    assert file.read_bytes() == b"new"
    assert os.listdir(file.parent) == ["x.py"]


def test_a_reader_sees_the_old_or_the_new_bytes(file: Path) -> None:
    versions = {b"a" * 50_000, b"b" * 70_000}
    seen = set()
    file.write_bytes(min(versions))
    over = threading.Event()

    def observe() -> None:
        while not over.is_set():
            seen.add(file.read_bytes())

    observer = threading.Thread(target=observe)
    observer.start()
    for _ in range(100):
        for data in versions:
            write_atomically(file, data)
    over.set()
    observer.join(10)
    assert seen <= versions


def test_a_link_is_replaced_not_followed(file: Path) -> None:
    link = file.with_name("link")
    link.symlink_to(file)
    write_atomically(link, b"new")
    assert file.read_bytes() == b"a = 1\n"
    assert not link.is_symlink()


def test_a_failed_write_leaves_the_old_file_alone(file: Path) -> None:
    target = file.with_name("directory")
    (target / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="irectory"):
        write_atomically(target, b"new")
    assert sorted(os.listdir(file.parent)) == ["directory", "x.py"]


def test_what_a_killed_write_left_is_dropped_and_nothing_else(file: Path) -> None:
    for name in (".x.py.123.tmp", ".x.py.tmp", "x.123.tmp", ".hidden"):
        file.with_name(name).write_text("half")
    drop_temporaries(file.parent)
    assert sorted(os.listdir(file.parent)) == [".hidden", ".x.py.tmp", "x.123.tmp", "x.py"]


@pytest.mark.parametrize("point", ["file.write", "file.sync", "file.replace"])
def test_a_disk_that_refuses_at_any_step_leaves_the_old_file_alone(file: Path, point: str) -> None:
    before = file.read_bytes()
    with armed(f"{point}=error:ENOSPC"), pytest.raises(OSError, match="No space"):
        write_atomically(file, b"new", durable=True)
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == ["x.py"]
