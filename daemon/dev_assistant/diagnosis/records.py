"""The cache within its limit and readable, the evidence whole at its end, the log of its size.

None of it is walked from the beginning: that is what ``evidence verify`` is for.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem, unknown, warning
from dev_assistant.places import Runs
from dev_assistant.record.chain import Break, End, Kind, check_end
from dev_assistant.record.database import ForeignError, aside, is_damage, open_readable
from dev_assistant.record.reader import VerdictReader
from dev_assistant.report.markdown import plural
from dev_assistant.service.configuration import ConfiguredProject

_MEGABYTE = 1_000_000
_SLACK = 1.5
"""What is in use never goes, and pages come free late: the file may be this much over its limit."""
_LOGS = 60 * _MEGABYTE
"""Five files of the log and the stacks beside it stay below half of that."""


def cache(case: Case) -> Iterator[Diagnosis]:
    """Size and state of each project's database."""
    found: list[Diagnosis] = []
    size = 0
    for entry in case.projects:
        database = Runs(Path(entry.project.root)).database
        size += (own := _bytes(database))
        try:
            told = (_readable(database), _within(entry, database, own), _moved(database))
        except OSError as error:
            told = (_closed("cache", error), None, None)
        found += filter(None, told)
    yield from found
    if not found:
        value = f"{size / _MEGABYTE:,.1f} MB for {plural(len(case.projects), 'project')}"
        yield fine("cache", "is readable and within its limits", value=value)


def _closed(name: str, error: OSError) -> Diagnosis:
    where = str(error.filename or "")
    what = f"cannot be looked at: {error.strerror or error}"
    return unknown(name, what, where=where, advice="chmod or chown what is above it")


def _readable(database: Path) -> Diagnosis | None:
    if not os.path.lexists(database):
        return None
    try:
        open_readable(database).close()
    except (sqlite3.Error, ForeignError) as error:
        if is_damage(error):
            advice = "nothing: the daemon moves it aside and judges anew"
            return warning("cache", "is damaged", where=str(database), value=str(error), advice=advice)
        advice = "see who has it open: verdicts are kept in memory meanwhile"
        return warning("cache", "cannot be read", where=str(database), value=str(error), advice=advice)
    return None


def _within(entry: ConfiguredProject, database: Path, size: int) -> Diagnosis | None:
    limit = entry.settings.cache_disk_max_mb * _MEGABYTE
    if size <= _SLACK * limit:
        return None
    value = f"{size / _MEGABYTE:,.1f} MB, cache_disk_max_mb is {entry.settings.cache_disk_max_mb:g}"
    advice = "raise cache_disk_max_mb, or dev-assistant clean"
    return warning("cache", "is larger than its limit", where=str(database), value=value, advice=advice)


def _moved(database: Path) -> Diagnosis | None:
    """That a database was damaged once says something of the disk."""
    numbers = aside(database)
    if not numbers:
        return None
    last = f"{database}.corrupt-{max(numbers)}"
    advice = f"look after the disk if it recurs; rm {database}.corrupt-*"
    what = "was damaged, moved aside and made anew"
    return warning("cache", what, where=last, value=f"{len(numbers)} kept", advice=advice)


def evidence(case: Case) -> Iterator[Diagnosis]:
    """The last lines of each chain follow one another, and the last one that was recorded is there."""
    found: list[Diagnosis] = []
    lines = 0
    for entry in case.projects:
        runs = Runs(Path(entry.project.root))
        try:
            end = _end(runs)
        except OSError as error:
            found.append(_closed("evidence", error))
            continue
        lines += end.lines
        writing = case.attendance.lives  # then a torn line is one that is being written
        breaks = [one for one in end.breaks if not (writing and one.kind is Kind.TORN)]
        found += [_broken(entry, runs, one) for one in breaks]
    yield from found
    if not found:
        yield fine("evidence", "the ends of all chains are whole", value=f"{plural(lines, 'line')} looked at")


def _end(runs: Runs) -> End:
    reader = VerdictReader(runs.database)
    head = reader.head()  # before the lines: a daemon adds behind it
    reader.close()
    return check_end(runs.evidence, head=head)


def _broken(entry: ConfiguredProject, runs: Runs, one: Break) -> Diagnosis:
    where = f"{runs.evidence / one.file}:{one.line}" if one.line else str(runs.evidence / one.file)
    if one.kind is Kind.TORN:
        advice = "nothing: the next verdict mends it"
        return warning("evidence", one.what, where=where, value=one.kind.value, advice=advice)
    advice = f"dev-assistant evidence verify {entry.project.name}"
    return problem("evidence", one.what, where=where, value=one.kind.value, advice=advice)


def log(case: Case) -> Iterator[Diagnosis]:
    """Its size with all that stands beside it, and what a crash has left."""
    directory = Runs(case.root).log.parent
    size = sum(_bytes(path) for path in _entries(directory))
    told = f"{size / _MEGABYTE:,.1f} MB"
    for name in ("crash.txt", "crash.last.txt"):
        if _bytes(directory / name):
            what = "a daemon was ended by a fatal signal, and left its stacks"
            advice = f"report them, then rm {directory / name}"
            yield warning("log", what, where=str(directory / name), advice=advice)
    if size > _LOGS:
        what = "takes more than the log and its predecessors are allowed to"
        advice = "remove what does not belong there"
        yield warning("log", what, where=str(directory), value=told, advice=advice)
    else:
        yield fine("log", "is of its size", where=str(directory), value=told)


def _entries(directory: Path) -> list[Path]:
    try:
        return list(directory.iterdir())
    except OSError:  # there is none yet, or the permissions are told of elsewhere
        return []


def _bytes(path: Path) -> int:
    """Of a file with SQLite's companions, if it has any."""
    size = 0
    for suffix in ("", "-wal"):
        with contextlib.suppress(OSError):
            size += os.lstat(f"{path}{suffix}").st_size
    return size
