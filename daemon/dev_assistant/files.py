"""Reading files that others write, and writing files that others read.

A tree may hold FIFOs, devices and links named ``x.py``: what is read is opened without following and
without blocking, and only a regular file counts.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import re
import stat as stat_module
from pathlib import Path
from typing import NamedTuple

from dev_assistant import failpoints
from dev_assistant.model import Digest, Fingerprint, Stat

_TEMPORARY = re.compile(r"\..+\.\d+\.tmp")
_OPEN = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Content(NamedTuple):
    """A regular file's bytes and their identity."""

    data: bytes
    fingerprint: Fingerprint


class Absent(NamedTuple):
    """There is no such file."""


class Unreadable(NamedTuple):
    """There is something, and it cannot or must not be read."""

    reason: str


class Unfit(NamedTuple):
    """There is something that is not judged: a link, a device, a file over the limit."""

    reason: str


def stat_of(status: os.stat_result) -> Stat:
    """The fields of ``lstat`` that tell one version of a file from another."""
    return Stat(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)


def digest_of(data: bytes) -> Digest:
    return Digest(hashlib.blake2b(data, digest_size=16).hexdigest())


def read(path: str, *, limit: int, setting: str = "") -> Content | Absent | Unreadable | Unfit:
    """The bytes of a regular file of at most ``limit`` bytes; never follows a link, never blocks.

    ``setting`` is what a person can change for a larger one, as the reason tells them.
    """
    try:
        descriptor = os.open(path, _OPEN)
    except FileNotFoundError:
        return Absent()
    except NotADirectoryError:
        return Absent()
    except OSError as error:
        return _refused(path, error)
    try:
        status = os.fstat(descriptor)
        if stat_module.S_ISDIR(status.st_mode):
            return Absent()
        if not stat_module.S_ISREG(status.st_mode):
            return Unfit("not a regular file")
        if status.st_size > limit:
            return Unfit(_too_large(limit, setting))
        data = _read_all(descriptor, status.st_size, limit)
        if len(data) > limit:
            return Unfit(_too_large(limit, setting))
        return Content(data, Fingerprint(stat_of(status), digest_of(data)))
    except OSError as error:
        return Unreadable(error.strerror or str(error))
    finally:
        os.close(descriptor)


def _too_large(limit: int, setting: str) -> str:
    return f"larger than {limit:,} bytes" + (f" ({setting})" if setting else "")


def _refused(path: str, error: OSError) -> Unfit | Unreadable:
    if os.path.islink(path):
        return Unfit("symbolic link")
    if error.errno == errno.ENXIO:  # a socket, or a device that nothing serves
        return Unfit("not a regular file")
    return Unreadable(error.strerror or str(error))


def _read_all(descriptor: int, size: int, limit: int) -> bytes:
    """All there is now: it may have grown since ``size`` was told. Stops just after ``limit`` bytes."""
    data = os.read(descriptor, size + 1)
    while size < len(data) <= limit:
        more = os.read(descriptor, limit + 1 - len(data))
        if not more:
            break
        data += more
    return data


def write_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """A reader of ``path`` sees all of the old bytes or all of the new ones.

    ``durable`` also survives a power loss, for 0.4 ms more. Raises OSError; then the old file stands.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb", opener=_anew) as handle:
            failpoints.hit("file.write")
            handle.write(data)
            if durable:
                handle.flush()
                failpoints.hit("file.sync")
                os.fsync(handle.fileno())
        failpoints.hit("file.replace")
        os.replace(temporary, path)
        if durable:
            _sync_directory(path.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def drop_temporaries(directory: Path, *, of: str = "*") -> None:
    """Delete what a killed ``write_atomically`` left in a directory; nobody may be writing there.

    In a directory that is not all ours, only what was to become ``of``.
    """
    for path in directory.glob(f".{of}.*.tmp"):
        if _TEMPORARY.fullmatch(path.name):
            with contextlib.suppress(OSError):
                path.unlink()


def _anew(path: str, flags: int) -> int:
    """Create a file; what a tree put in its place (a link, a FIFO) is removed and never opened."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
    return os.open(path, flags | os.O_EXCL | os.O_CLOEXEC, 0o666)


def make_directory(path: Path) -> None:
    """Make a directory below one that is there. Raises OSError, also for a link in its place."""
    path.mkdir(exist_ok=True)
    if path.is_symlink():
        raise OSError(errno.ELOOP, "is a symbolic link: remove it", str(path))


def _sync_directory(directory: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(directory, os.O_RDONLY | os.O_CLOEXEC | os.O_DIRECTORY)
    try:
        failpoints.hit("file.sync-directory")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
