"""A log file of bounded size with its predecessors, and reading it while it rotates.

A file is known by its inode: its name changes when the next one begins, also while somebody reads it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from dev_assistant import failpoints

_FILE_BYTES = 5_000_000
_FILES = 5
_CHUNK = 1 << 16


class Stop(Protocol):
    """What ends a wait, e.g. a ``threading.Event``."""

    def wait(self, timeout: float) -> bool: ...


def numbered(path: Path, number: int) -> Path:
    """The log itself for 0, else its ``number``-th predecessor (1 is the youngest)."""
    return path.with_name(f"{path.name}.{number}") if number else path


class RotatingFile:
    """The log and its predecessors ``.1`` (younger) to ``.4``; used by one thread. Opened when first needed.

    A file that somebody removed is created anew, and a symbolic link in its place is never written through.
    Every method raises OSError, after which it may be called again.
    """

    def __init__(self, path: Path, *, max_bytes: int = _FILE_BYTES, files: int = _FILES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self._files = files
        self._descriptor: int | None = None
        self._torn = False

    def write(self, lines: bytes) -> None:
        """Append whole lines; a torn line before them is ended first."""
        descriptor = self._with_room(len(lines))
        failpoints.hit("log.write")
        rest = memoryview(b"\n" + lines if self._torn else lines)
        self._torn = True
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        self._torn = False

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _with_room(self, size: int) -> int:
        if self._descriptor is None:
            return self._begin()
        status = os.fstat(self._descriptor)
        if not _is_at(self._path, status):
            return self._begin()
        if status.st_size and status.st_size + size > self._max_bytes:
            self._rotate()
            return self._begin()
        return self._descriptor

    def _begin(self) -> int:
        fresh = self._open()
        self.close()
        self._descriptor = fresh
        self._torn = not _ends_whole(fresh)
        return fresh

    def _rotate(self) -> None:
        for number in range(self._files - 1, 0, -1):
            failpoints.hit("log.rotate")
            with contextlib.suppress(FileNotFoundError):
                os.replace(numbered(self._path, number - 1), numbered(self._path, number))

    def _open(self) -> int:
        if self._path.parent.is_symlink():
            raise OSError(errno.ELOOP, "is a symbolic link", str(self._path.parent))
        failpoints.hit("log.open")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        return os.open(self._path, flags, 0o644)


def _ends_whole(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size == 0 or os.pread(descriptor, 1, size - 1) == b"\n"


def _is_at(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(os.lstat(path), status)
    except FileNotFoundError:
        return False


class Tail:
    """Reads a log from its oldest predecessor to the end, and on as it grows, rotates or is truncated."""

    def __init__(self, path: Path, *, files: int = _FILES) -> None:
        self._path = path
        self._files = files
        self._descriptor: int | None = None
        self._partial = b""

    def read(self) -> Iterator[bytes]:
        """The lines that are whole by now, without their ends; goes on where the last call ended."""
        if self._descriptor is None:
            self._descriptor = self._first()
        while self._descriptor is not None:
            yield from self._rest_of(self._descriptor)
            successor = self._successor(self._descriptor)
            if successor is None:
                return
            yield from self._rest_of(self._descriptor)  # written between the last read and the rotation
            yield from self.partial()
            os.close(self._descriptor)
            self._descriptor = successor

    def partial(self) -> list[bytes]:
        """Take out a last line that was never ended."""
        partial, self._partial = self._partial, b""
        return [partial] if partial else []

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _first(self) -> int | None:
        """Open the oldest file there is; None while there is none."""
        while True:
            number = self._oldest()
            descriptor = self._open(number)
            if descriptor is None or number == self._oldest():
                return descriptor
            os.close(descriptor)  # a rotation gave this name to a younger one

    def _rest_of(self, descriptor: int) -> Iterator[bytes]:
        if os.fstat(descriptor).st_size < os.lseek(descriptor, 0, os.SEEK_CUR):
            os.lseek(descriptor, 0, os.SEEK_SET)  # truncated
            self._partial = b""
        while chunk := os.read(descriptor, _CHUNK):
            *lines, self._partial = (self._partial + chunk).split(b"\n")
            yield from lines

    def _successor(self, descriptor: int) -> int | None:
        """Open the file that came after this one; None while there is none.

        Names are looked at again after opening: another rotation may have moved them meanwhile.
        """
        while (number := self._next_number(descriptor)) is not None:
            successor = self._open(number)
            if successor is None or number == self._next_number(descriptor):
                return successor
            os.close(successor)
        return None

    def _next_number(self, descriptor: int) -> int | None:
        status = os.fstat(descriptor)
        for number in range(self._files):
            if _is_at(numbered(self._path, number), status):
                return number - 1 if number else None
        return self._oldest()  # removed, or rotated out

    def _oldest(self) -> int:
        return max(
            (number for number in range(self._files) if numbered(self._path, number).exists()), default=0
        )

    def _open(self, number: int) -> int | None:
        try:
            descriptor = os.open(numbered(self._path, number), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            return descriptor
        os.close(descriptor)
        return None


def follow(tail: Tail, *, stop: Stop, interval: float = 0.2) -> Iterator[bytes]:
    """Lines as they are written, until ``stop`` is set; looks every ``interval`` seconds."""
    while True:
        yield from tail.read()
        if stop.wait(interval):
            yield from tail.read()
            yield from tail.partial()
            return
