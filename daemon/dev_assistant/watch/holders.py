"""Who has this machine's inotify watches, as far as /proc shows it: all processes of the same user."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from dev_assistant.ports import Holder

_INOTIFY = "anon_inode:inotify"
_SHOWN = 5


def holders(*, proc: str = "/proc", limit: int = _SHOWN) -> tuple[Holder, ...]:
    """The ``limit`` processes with the most watches, most first. A process that ends meanwhile has none."""
    pids = [int(name) for name in _names(proc) if name.isdecimal()]
    found = [Holder(pid, "", watches) for pid in pids if (watches := _watches(f"{proc}/{pid}"))]
    most = sorted(found, key=lambda holder: (-holder.watches, holder.pid))[:limit]
    return tuple(holder._replace(name=_read(f"{proc}/{holder.pid}/comm").strip()) for holder in most)


def _watches(process: str) -> int:
    return sum(
        line.startswith("inotify ")
        for descriptor in _instances(process)
        for line in _read(f"{process}/fdinfo/{descriptor}").splitlines()
    )


def _instances(process: str) -> Iterator[str]:
    for name in _names(f"{process}/fd"):
        with contextlib.suppress(OSError):
            if os.readlink(f"{process}/fd/{name}") == _INOTIFY:
                yield name


def _names(directory: str) -> list[str]:
    """None where it cannot be read: another user's, or gone."""
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""
