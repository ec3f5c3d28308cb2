"""inotify(7) through libc: one descriptor, its watches, and the bytes it yields.

Watches belong to directories and not to paths: adding one for a directory that has one returns the same
number, which tells whether a path still leads where it led.
"""

from __future__ import annotations

import ctypes
import enum
import errno
import os
import struct
from collections.abc import Iterator
from pathlib import Path

_HEADER = struct.Struct("iIII")
WATCHES = ("fs.inotify.max_user_watches", "user.max_inotify_watches")
INSTANCES = ("fs.inotify.max_user_instances", "user.max_inotify_instances")
"""Settings that hold on the machine, and in a user namespace (a container): the smaller one counts."""

ENOUGH = 524_288
"""What editors ask for, too: memory is taken only by watches that are used (about 1 KiB each)."""

ENOUGH_INSTANCES = 512
EXHAUSTED = "inotify watches is reached"
"""What ``reason`` says when there are no more watches."""


class Mask(enum.IntFlag):
    """The bits of linux/inotify.h that are used here."""

    MODIFY = 0x2
    ATTRIB = 0x4
    CLOSE_WRITE = 0x8
    MOVED_FROM = 0x40
    MOVED_TO = 0x80
    CREATE = 0x100
    DELETE = 0x200
    DELETE_SELF = 0x400
    MOVE_SELF = 0x800
    UNMOUNT = 0x2000
    Q_OVERFLOW = 0x4000
    IGNORED = 0x8000
    ONLYDIR = 0x0100_0000
    DONT_FOLLOW = 0x0200_0000
    EXCL_UNLINK = 0x0400_0000
    MASK_ADD = 0x2000_0000
    ISDIR = 0x4000_0000


_WATCHED = int(
    Mask.MODIFY
    | Mask.ATTRIB
    | Mask.CLOSE_WRITE
    | Mask.MOVED_FROM
    | Mask.MOVED_TO
    | Mask.CREATE
    | Mask.DELETE
    | Mask.DELETE_SELF
    | Mask.MOVE_SELF
    | Mask.ONLYDIR
    | Mask.DONT_FOLLOW  # a directory that became a link leads out of what was declared
    | Mask.EXCL_UNLINK  # what is written to a deleted file that is still open concerns no path
)
_GUARDED = int(Mask.DELETE | Mask.MOVED_FROM | Mask.ONLYDIR | Mask.MASK_ADD)


class Inotify:
    """One inotify instance. Raises OSError when there is none left; its text then says what to do."""

    def __init__(self) -> None:
        # PyDLL keeps the GIL: a survey has just opened the directory, so the call takes microseconds, while
        # getting the GIL back from busy threads may take 5 ms, for every one of thousands of directories.
        libc = ctypes.PyDLL(None, use_errno=True)
        self._add = libc.inotify_add_watch
        self._add.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)
        self._remove = libc.inotify_rm_watch
        self._remove.argtypes = (ctypes.c_int, ctypes.c_int)
        self.descriptor: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self.descriptor < 0:
            raise _no_instance()

    def add(self, directory: str) -> int:
        """Watch the entries of a directory; its watch. Raises OSError."""
        return self._added(directory, _WATCHED)

    def guard(self, directory: str) -> int:
        """Only what leaves a directory; a watch that it has already keeps all it has. Raises OSError."""
        return self._added(directory, _GUARDED)

    def _added(self, directory: str, mask: int) -> int:
        watch: int = self._add(self.descriptor, os.fsencode(directory), mask)
        if watch < 0:
            raise _error(directory)
        return watch

    def remove(self, watch: int) -> None:
        """End a watch; one that ended by itself is no error."""
        self._remove(self.descriptor, watch)

    def read(self, size: int) -> bytes:
        """Whole events, at most ``size`` bytes of them; none when there are none."""
        try:
            return os.read(self.descriptor, size)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        os.close(self.descriptor)


def events(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(watch, mask, name) of each event; the name is empty when the directory itself is meant."""
    at, end, unpack = 0, len(data), _HEADER.unpack_from
    while at < end:
        watch, mask, _cookie, length = unpack(data, at)
        at += 16
        yield watch, mask, data[at : at + length].rstrip(b"\0")
        at += length


def reason(error: OSError) -> str:
    """Why a directory could not be watched, and at the limit what to do about it."""
    if error.errno != errno.ENOSPC:
        return error.strerror or str(error)
    found = limit(WATCHES)
    if found is None:
        return f"the limit of {EXHAUSTED}: sudo sysctl {WATCHES[0]}={ENOUGH}"
    most, setting = found
    return f"the limit of {most:,} {EXHAUSTED}: sudo sysctl {setting}={max(ENOUGH, 2 * most)}"


def _no_instance() -> OSError:
    error = _error()
    if error.errno != errno.EMFILE:
        return error
    found = limit(INSTANCES)
    if found is None:  # it may be file descriptors that have run out
        return error
    most, setting = found
    remedy = f"sudo sysctl {setting}={max(ENOUGH_INSTANCES, 2 * most)}"
    return OSError(error.errno, f"the limit of {most:,} inotify instances is reached: {remedy}")


def limit(settings: tuple[str, ...], *, proc: Path = Path("/proc")) -> tuple[int, str] | None:
    """The smallest of these settings and its name; None where the system tells none of them."""
    values = [
        (value, at) for at, setting in enumerate(settings) if (value := _value(proc, setting)) is not None
    ]
    if not values:
        return None
    smallest, at = min(values)
    return smallest, settings[at]


def _value(proc: Path, setting: str) -> int | None:
    """None on a system that does not have it: ``user.*`` comes with user namespaces."""
    try:
        return int((proc / "sys" / setting.replace(".", "/")).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _error(directory: str | None = None) -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code), directory)
