"""What the daemon has to read and write, and may not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem
from dev_assistant.places import Runs
from dev_assistant.report.markdown import plural

_NAME = "permissions"


def access(case: Case) -> Iterator[Diagnosis]:
    """Watched directories can be listed, every RUNS/ can be written and leads nowhere else."""
    found = [*filter(None, map(_listed, case.tops))]
    for runs in case.runs:
        found += _written(runs)
    yield from found
    if not found:
        read, written = len(case.tops), len(case.runs)
        value = f"{plural(read, 'directory', 'directories')} to read, {written:,} RUNS/ to write"
        yield fine(_NAME, "everything can be read and written", where=str(case.root), value=value)


def _listed(top: str) -> Diagnosis | None:
    try:
        with os.scandir(top) as entries:
            next(entries, None)
    except OSError as error:
        what = f"cannot be listed: {error.strerror or error}"
        return problem(_NAME, what, where=top, value=_mode(Path(top)), advice=f"chmod u+rx {top}")
    if os.access(top, os.X_OK):
        return None
    what = "can be listed, and nothing in it can be read"
    return problem(_NAME, what, where=top, value=_mode(Path(top)), advice=f"chmod u+x {top}")


def _written(runs: Runs) -> list[Diagnosis]:
    """RUNS/ and what stands in it; where it is still to be made, the directory above."""
    if not os.path.lexists(runs.root):
        return [*filter(None, [_writable(runs.owner)])]
    directories = (runs.root, runs.database.parent, runs.evidence, runs.stats, runs.log.parent, runs.cookies)
    found = [wrong for place in directories if (wrong := _directory(place)) is not None]
    files = (runs.database, runs.log)
    found += [wrong for file in files if (wrong := _file(file)) is not None]
    return found


def _directory(place: Path) -> Diagnosis | None:
    if place.is_symlink():
        advice = f"rm {place}: dev-assistant writes only below RUNS/"
        return problem(_NAME, "is a symbolic link", where=str(place), value=_target(place), advice=advice)
    if not os.path.lexists(place):
        return None
    if not place.is_dir():
        return problem(
            _NAME, "is not a directory", where=str(place), value=_mode(place), advice=f"rm {place}"
        )
    return _writable(place)


def _file(place: Path) -> Diagnosis | None:
    if not os.path.lexists(place):
        return None
    if place.is_symlink() or not place.is_file():
        what = "is not a regular file"
        return problem(_NAME, what, where=str(place), value=_mode(place), advice=f"rm {place}")
    return _writable(place)


def _writable(place: Path) -> Diagnosis | None:
    needed = os.W_OK | (os.X_OK if place.is_dir() else 0)
    if os.access(place, needed):
        return None
    if os.statvfs(place).f_flag & os.ST_RDONLY:
        what, advice = "is on a read-only file system", "mount it writable: nothing is kept meanwhile"
    else:
        what, advice = "cannot be written", f"chown or chmod {place}: nothing is kept meanwhile"
    return problem(_NAME, what, where=str(place), value=_mode(place), advice=advice)


def _mode(place: Path) -> str:
    status = place.lstat()
    return f"mode {status.st_mode & 0o7777:04o}, owner {status.st_uid}, we are {os.geteuid()}"


def _target(link: Path) -> str:
    return f"leads to {os.readlink(link)}"
