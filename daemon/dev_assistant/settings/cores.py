"""How many workers the machine carries when nobody says.

The cores of the machine are not the cores we may use: affinity and a container's quota take some away.
"""

from __future__ import annotations

import math
import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MOST_WORKERS = 6  # beyond that verifying waits for the disk and the coordinator


def default_workers(cores: int) -> int:
    """Half of the cores and one more, at most six: 1→1, 2→2, 4→3, 8→5, 10 and more→6."""
    return max(1, min(cores, cores // 2 + 1, _MOST_WORKERS))


def usable_cores(*, quota: Path = _QUOTA) -> int:
    """Cores that this process may use, by affinity and by the container's ``quota`` file (cgroup v2)."""
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
