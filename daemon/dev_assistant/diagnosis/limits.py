"""What the system lets a process of ours have open."""

from __future__ import annotations

import os
import re
import resource
from collections.abc import Iterator

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem, warning

_NEEDED = 64
"""The daemon, its databases and tools, and a few clients; below that it refuses clients."""
_ENOUGH = 256
_LIMITS = re.compile(r"^Max open files\s+(\d+|unlimited)", re.MULTILINE)


def descriptors(case: Case) -> Iterator[Diagnosis]:
    """The daemon's own limit when one runs, else the one that it would be started with."""
    pid = (case.attendance.status or {}).get("pid")
    told = None if pid is None else _told(case, pid)
    if told is None:
        limit, used = resource.getrlimit(resource.RLIMIT_NOFILE)[0], 0
        value = f"{_number(limit)} for what is started here"
    else:
        limit, used = told
        value = f"{_number(limit)} for the daemon, {used:,} in use"
    yield _judged(limit, used, value)


def _judged(limit: int, used: int, value: str) -> Diagnosis:
    name, where = "open files", "RLIMIT_NOFILE"
    advice = "ulimit -n 1024 before dev-assistant start, or LimitNOFILE= in its systemd unit"
    left = limit - used
    if limit != resource.RLIM_INFINITY and (limit < _NEEDED or left < _NEEDED // 4):
        what = "are too few: files stay unjudged and clients are refused"
        return problem(name, what, where=where, value=value, advice=advice)
    if limit != resource.RLIM_INFINITY and limit < _ENOUGH:
        return warning(name, "are few for many projects", where=where, value=value, advice=advice)
    return fine(name, "are enough", where=where, value=value)


def _told(case: Case, pid: int) -> tuple[int, int] | None:
    """Limit and use of the daemon; None where the system does not tell."""
    try:
        text = (case.proc / str(pid) / "limits").read_text()
        used = len(os.listdir(case.proc / str(pid) / "fd"))
    except OSError:
        return None
    found = _LIMITS.search(text)
    if found is None:
        return None
    return (resource.RLIM_INFINITY if found[1] == "unlimited" else int(found[1])), used


def _number(limit: int) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else f"{limit:,}"
