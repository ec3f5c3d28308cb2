"""Which file system holds a directory, and whether that tells of every change, by /proc/self/mountinfo.

inotify hears of what this kernel does. What another machine, a hypervisor or a daemon behind FUSE does to the
same files is told by nobody, although the watches are given without an error.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

MOUNTINFO = Path("/proc/self/mountinfo")

_SILENT = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "lustre", "gfs2", "ocfs2"),
        *("9p", "virtiofs", "vboxsf", "vmhgfs", "prl_fs", "drvfs", "fuseblk"),
    )
)
_FRESH_SECONDS = 5.0
"""So long the table of mounts is believed: it is asked for every directory of a walk."""

_FUSE = "fuse"
_LOCAL_FUSE = frozenset(("fuse.fuse-overlayfs", "fuse.bindfs"))
_ESCAPE = re.compile(rb"\\([0-7]{3})")


class Mount(NamedTuple):
    """``kind`` is the type of the file system, ``point`` where it is mounted."""

    point: str
    kind: str
    options: str

    @property
    def silent(self) -> bool:
        """Whether changes may be made that no event tells of; the root of the system is its own."""
        if self.point == "/":
            return False
        fuse = self.kind == _FUSE or self.kind.startswith(_FUSE + ".")
        return self.kind in _SILENT or (fuse and self.kind not in _LOCAL_FUSE)


class MountTable:
    """The table of mounts, followed: what stands at a path may become another directory without any event.

    ``descriptor`` is ready for poll(2) with POLLPRI when the table changed; None where there is no such
    table. Owned by one thread.
    """

    def __init__(self, source: Path = MOUNTINFO) -> None:
        self._source = source
        self._lines = _lines(source)
        self._file = open(source, "rb") if self._lines else None  # noqa: SIM115  closed by ``close``

    @property
    def descriptor(self) -> int | None:
        return None if self._file is None else self._file.fileno()

    def changed(self) -> tuple[str, ...]:
        """Where something was mounted or unmounted, or mounted otherwise, since the last call."""
        before, self._lines = self._lines, _lines(self._source)
        different = set(before) ^ set(self._lines)
        return tuple(sorted({mount.point for line in different if (mount := _mount(line)) is not None}))

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class SilentMounts:
    """Tells directories of which no event would tell everything. For any thread; ``now`` in seconds."""

    def __init__(
        self,
        read: Callable[[], tuple[Mount, ...]] | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read or read_mounts
        self._now = now
        self._mounts: tuple[Mount, ...] = ()
        self._silent = False
        self._read_at = -_FRESH_SECONDS

    def reason(self, directory: str) -> str:
        """Why events would not do for an absolute path; "" where they do."""
        now = self._now()
        if now - self._read_at >= _FRESH_SECONDS:
            self._mounts, self._read_at = self._read(), now
            self._silent = any(mount.silent for mount in self._mounts)
        mount = mount_of(directory, self._mounts) if self._silent else None
        if mount is None or not mount.silent:
            return ""
        return f"{mount.kind} (mounted at {mount.point}) does not tell of changes that are made elsewhere"


def read_mounts(source: Path = MOUNTINFO) -> tuple[Mount, ...]:
    """All mounts, in the order in which they were made; none where the system does not tell."""
    return tuple(mount for line in _lines(source) if (mount := _mount(line)) is not None)


def _lines(source: Path) -> list[bytes]:
    try:
        return source.read_bytes().splitlines()
    except OSError:
        return []


def _mount(line: bytes) -> Mount | None:
    """A line of proc_pid_mountinfo(5): fields, any number of tags, a hyphen, type, source and options."""
    before, _, after = line.partition(b" - ")
    fields, kind = before.split(b" "), after.split(b" ")
    if len(fields) < 6 or len(kind) < 3:  # noqa: PLR2004  the fields that always stand there
        return None
    point = _ESCAPE.sub(lambda match: bytes([int(match[1], 8)]), fields[4])
    return Mount(os.fsdecode(point), os.fsdecode(kind[0]), os.fsdecode(kind[2]))


def mount_of(path: str, mounts: tuple[Mount, ...]) -> Mount | None:
    """The mount that holds an absolute path: the longest that it lies in, of equal ones the last."""
    found: Mount | None = None
    for mount in mounts:
        if _holds(mount.point, path) and (found is None or len(mount.point) >= len(found.point)):
            found = mount
    return found


def _holds(point: str, path: str) -> bool:
    return path == point or path.startswith(point.rstrip("/") + "/")
