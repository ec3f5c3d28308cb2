"""What the operating system says of processes: their memory, and when they started.

Linux is asked without psutil: that walks all processes of the machine to find our children.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MEGABYTE = 1_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Memory(NamedTuple):
    """Resident memory of this process and of all below it, in megabytes; 0 when it cannot be told."""

    own: float = 0.0
    children: float = 0.0

    @property
    def mb(self) -> float:
        """Of all of them together."""
        return self.own + self.children


def memory() -> Memory:
    """What is in use now."""
    try:
        own, *children = (_resident(pid) / _MEGABYTE for pid in _family(os.getpid()))
    except (FileNotFoundError, ProcessLookupError):  # no such files in this kernel's /proc
        return _memory_elsewhere()
    except OSError:  # no descriptor is left to look with
        return Memory()
    return Memory(own, sum(children))


def release_memory() -> None:
    """Give back to the system what the interpreter and the C library keep for later."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (AttributeError, OSError):  # not glibc
        return


def _family(pid: int) -> Iterator[int]:
    """The process and all below it. Raises OSError when it is gone, or children are not told."""
    yield pid
    for task in os.listdir(f"/proc/{pid}/task"):
        children = Path(f"/proc/{pid}/task/{task}/children").read_bytes().split()
        for child in children:
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended between the two looks
                yield from _family(int(child))


def _resident(pid: int) -> int:
    """Bytes; 0 for a process that has ended meanwhile."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * _PAGE
    except (FileNotFoundError, ProcessLookupError):
        return 0


def _memory_elsewhere() -> Memory:
    import psutil  # noqa: PLC0415  only where /proc does not tell

    own = children = 0
    try:
        process = psutil.Process()
        own = process.memory_info().rss
        for child in process.children(recursive=True):
            with contextlib.suppress(psutil.Error):  # it ended between the two looks
                children += child.memory_info().rss
    except (OSError, psutil.Error):  # no descriptor is left to look with
        pass
    return Memory(own / _MEGABYTE, children / _MEGABYTE)


def started(pid: int) -> str | None:
    """When a process started, in a form that only equals itself; None when there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except FileNotFoundError:
        return _started_elsewhere(pid) if not os.path.exists("/proc/self/stat") else None
    except ProcessLookupError:
        return None
    return status.rpartition(b")")[2].split()[19].decode()  # clock ticks since boot; the name may hold blanks


def _started_elsewhere(pid: int) -> str | None:
    import psutil  # noqa: PLC0415  only where there is no /proc

    try:
        return repr(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None
