"""What the operating system says of processes and processors: memory, starts, and who is idle or waits.

Linux is asked without psutil: that walks all processes of the machine to find our children.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_MEGABYTE = 1_000_000
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_CGROUP_USAGE = Path("/sys/fs/cgroup/cpu.stat")


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


def usable_cores(*, quota: Path = _QUOTA) -> int:
    """Cores that this process may use, by affinity and by the container's ``quota`` file (cgroup v2).

    The cores of the machine are not those that we may use.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _granted(quota)))


def _granted(quota: Path) -> int:
    """The quota in whole cores, rounded up; no limit when there is no quota."""
    unlimited = 1 << 16
    try:
        allowance, period = quota.read_text(encoding="ascii").split()
        return unlimited if allowance == "max" else math.ceil(int(allowance) / int(period))
    except (OSError, ValueError, ZeroDivisionError):
        return unlimited


class Usage(NamedTuple):
    """Between two looks, in processors: how many of ours had nothing to do, and how many this process used
    without its children. ``crowding`` and ``memory_stall`` are the shares of the time (0 to 1) in which
    somebody on the machine waited for a processor, and for memory.
    """

    idle: float
    own: float
    crowding: float = 0.0
    memory_stall: float = 0.0


class _Totals(NamedTuple):
    """Seconds since some moment in the past; ``running`` is how many want a processor now, None: unknown."""

    at: float
    idle: float
    own: float
    group: float | None
    running: int | None
    crowded: float | None
    stalled: float | None


class Processors:
    """The ``cores`` that this process may use, looked at again and again. Not thread-safe."""

    def __init__(self, cores: int) -> None:
        self._cores = cores
        self._last = _totals()

    def look(self) -> Usage:
        """What happened since the last look."""
        before, now = self._last, _totals()
        self._last = now
        seconds = max(now.at - before.at, 1 / _TICK)
        idle = min(self._cores, (now.idle - before.idle) / seconds)
        if now.group is not None and before.group is not None:  # a quota may end before the processors do
            idle = min(idle, self._cores - (now.group - before.group) / seconds)
        crowding = _share(before.crowded, now.crowded, seconds)
        if crowding is None:
            crowding = float(now.running is not None and now.running > self._cores)
        return Usage(
            idle=max(0.0, idle),
            own=(now.own - before.own) / seconds,
            crowding=crowding,
            memory_stall=_share(before.stalled, now.stalled, seconds) or 0.0,
        )


def _share(before: float | None, now: float | None, seconds: float) -> float | None:
    return None if before is None or now is None else min(1.0, max(0.0, (now - before) / seconds))


def _totals() -> _Totals:
    try:
        idle, running = _idle_of(Path("/proc/stat").read_text(encoding="ascii"))
    except OSError:
        idle, running = _idle_elsewhere(), None
    return _Totals(
        at=time.monotonic(),
        idle=idle,
        own=time.process_time(),
        group=_group_usage(),
        running=running,
        crowded=_pressure("cpu"),
        stalled=_pressure("memory"),
    )


def _idle_of(text: str) -> tuple[float, int | None]:
    """From ``/proc/stat``: idle seconds of the processors that we may use; how many processes want one."""
    ours = {f"cpu{number}" for number in os.sched_getaffinity(0)}
    ticks, running = 0, None
    for line in text.splitlines():
        name, *fields = line.split()
        if name in ours:
            ticks += int(fields[3]) + int(fields[4])  # idle, and waiting for a disk
        elif name == "procs_running":
            running = int(fields[0])
    return ticks / _TICK, running


def _idle_elsewhere() -> float:
    import psutil  # noqa: PLC0415  only where there is no /proc

    return float(psutil.cpu_times().idle)


def _group_usage(stat: Path = _CGROUP_USAGE) -> float | None:
    """Processor seconds of the container that we are in (cgroup v2); None outside of one."""
    try:
        name, usage, *_ = stat.read_text(encoding="ascii").split()
        return int(usage) / 1e6 if name == "usage_usec" else None
    except (OSError, ValueError):
        return None


def _pressure(resource: str) -> float | None:
    """Seconds in which somebody waited for it (Linux's pressure stall information); None without that."""
    try:
        some = Path("/proc/pressure", resource).read_text(encoding="ascii").splitlines()[0]
        return int(some.rpartition("total=")[2]) / 1e6
    except (OSError, ValueError, IndexError):
        return None
