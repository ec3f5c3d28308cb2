"""What the operating system says of processes: their memory, and when they started."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_MEGABYTE = 1_000_000


def memory_mb() -> float:
    """Resident memory of this process and of all below it, in megabytes; those that can be asked."""
    import psutil  # noqa: PLC0415  start-up of clients

    total = 0
    try:
        own = psutil.Process()
        for process in (own, *own.children(recursive=True)):
            with contextlib.suppress(psutil.Error):  # it ended between the two looks
                total += process.memory_info().rss
    except OSError:  # no descriptor is left to look with
        pass
    return float(total / _MEGABYTE)


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
