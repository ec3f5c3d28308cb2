"""Room for what the daemon writes, and a clock that agrees with ours."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dev_assistant.diagnosis.case import Case, by_device
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem, warning

_MEGABYTE = 1_000_000
_NEEDED = 20 * _MEGABYTE
"""Bytes without which the next reports and verdicts may be refused."""
_ENOUGH = 250 * _MEGABYTE
"""Bytes that one project's cache and the log may take at their defaults."""
_NEEDED_INODES = 50
_ENOUGH_INODES = 1_000
_TOLERANCE = 2.0
"""Seconds: the coarsest file systems tell times in steps of two."""


def room(case: Case) -> Iterator[Diagnosis]:
    """Bytes and inodes on every file system that is written to."""
    places = [runs.root if runs.root.is_dir() else runs.owner for runs in case.runs]
    runtime = case.attendance.runtime
    for place in by_device([*places, *([runtime.directory] if runtime else [])]):
        yield _room(place)


def _room(place: Path) -> Diagnosis:
    status = os.statvfs(place)
    free, inodes = status.f_bavail * status.f_frsize, status.f_favail
    counted = status.f_files > 0  # some file systems have inodes without a number
    told = f"{_size(free)}{f' and {inodes:,} inodes' if counted else ''} free"
    name, where = "disk", str(place)
    if free < _NEEDED or (counted and inodes < _NEEDED_INODES):
        advice = "make room: verdicts, evidence and reports cannot be kept"
        return problem(name, "is full, or nearly so", where=where, value=told, advice=advice)
    if free < _ENOUGH or (counted and inodes < _ENOUGH_INODES):
        advice = "make room, or lower cache_disk_max_mb and log_retention_days"
        return warning(name, "has little room left", where=where, value=told, advice=advice)
    return fine(name, "has room", where=where, value=told)


def clock(case: Case) -> Iterator[Diagnosis]:
    """A file that is made now says what time it is there; it has no name and is gone at once."""
    name = "clock"
    places = by_device(runs.root for runs in case.runs if runs.root.is_dir() and not runs.root.is_symlink())
    compared = 0
    for place in places:
        ahead = _ahead(place, case)
        if ahead is None:
            continue
        compared += 1
        if ahead:
            what = f"the disk's is {'ahead of' if ahead > 0 else 'behind'} this machine's"
            advice = "set both by NTP: which file is newer is told by comparing them"
            yield warning(name, what, where=str(place), value=f"{abs(ahead):.1f} s", advice=advice)
    if places and compared:
        yield fine(name, "this machine's was compared with that of its disks", value=f"{compared} compared")
    else:
        yield fine(name, "not compared: there is no RUNS/ that can be written to")


def _ahead(place: Path, case: Case) -> float | None:
    """Seconds beyond the tolerance that files here are stamped ahead of us; None: none can be made."""
    before = case.wall()
    try:
        with tempfile.TemporaryFile(dir=place) as probe:
            told = os.fstat(probe.fileno()).st_mtime
    except OSError:  # why not is for the other checks to say
        return None
    if told > (after := case.wall()) + _TOLERANCE:
        return told - after
    return told - before if told < before - _TOLERANCE else 0.0


def _size(size: int) -> str:
    return f"{size / 1000 / _MEGABYTE:,.1f} GB" if size >= 1000 * _MEGABYTE else f"{size // _MEGABYTE:,} MB"
