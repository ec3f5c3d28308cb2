"""What inotify can give of what it is asked for, and file systems that tell it nothing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, warning
from dev_assistant.ports import Holder
from dev_assistant.report.markdown import plural
from dev_assistant.watch import inotify_calls
from dev_assistant.watch.holders import holders
from dev_assistant.watch.ignore import IgnoreRules
from dev_assistant.watch.mounts import SilentMounts, read_mounts
from dev_assistant.watch.survey import survey

_COUNTING_SECONDS = 5.0
_SHOWN = 5
_QUEUE = "fs.inotify.max_queued_events"
_LONG_QUEUE = 16_384
"""The kernel's own default: shorter ones overflow when a branch is switched."""


def watches(case: Case) -> Iterator[Diagnosis]:
    """Whether there is a watch for every directory, and who has them when not."""
    found = inotify_calls.limit(inotify_calls.WATCHES, proc=case.proc)
    if found is None:
        return
    limit, setting = found
    held = [holder for holder in holders(proc=str(case.proc), limit=sys.maxsize) if _ours(case, holder)]
    used, demand = sum(holder.watches for holder in held), _demand(case)
    more = "" if demand.complete else "more than "
    value = f"{limit:,} allowed, {used:,} in use, {more}{demand.needed:,} needed"
    if not demand.refused and demand.needed - demand.given + used <= limit:
        yield fine("watches", "there is one for every directory", where=setting, value=value)
        return
    told = ", ".join(f"{each.name} (pid {each.pid}) {each.watches:,}" for each in held[:_SHOWN])
    wanted = max(inotify_calls.ENOUGH, 2 * demand.needed)
    advice = f"sudo sysctl {setting}={wanted}" + (f"; they are held by {told}" if told else "")
    what = "there are not enough: some directories are only polled"
    yield warning("watches", what, where=setting, value=value, advice=advice)


def instances(case: Case) -> Iterator[Diagnosis]:
    """Whether one more is to be had; the daemon has one if it runs."""
    found = inotify_calls.limit(inotify_calls.INSTANCES, proc=case.proc)
    if found is None:
        return
    limit, setting = found
    try:
        inotify_calls.Inotify().close()
    except OSError as error:
        what = f"none is left, everything would be polled: {error.strerror}"
        advice = f"sudo sysctl {setting}={max(inotify_calls.ENOUGH_INSTANCES, 2 * limit)}"
        yield warning("instances", what, where=setting, value=f"{limit:,} allowed", advice=advice)
    else:
        yield fine("instances", "one was to be had", where=setting, value=f"{limit:,} allowed")


def queue(case: Case) -> Iterator[Diagnosis]:
    """Events that the kernel keeps while the daemon is busy."""
    found = inotify_calls.limit((_QUEUE,), proc=case.proc)
    if found is None:
        return
    length = found[0]
    value = f"{length:,} events"
    if length < _LONG_QUEUE:
        what = "is short: storms of changes overflow it, and everything is looked at again"
        advice = f"sudo sysctl {_QUEUE}={_LONG_QUEUE}"
        yield warning("queue", what, where=_QUEUE, value=value, advice=advice)
    else:
        yield fine("queue", "is long enough", where=_QUEUE, value=value)


def file_systems(case: Case) -> Iterator[Diagnosis]:
    """Watched places whose changes nobody tells of."""
    mounts = read_mounts(case.proc / "self" / "mountinfo")
    silent = SilentMounts(lambda: mounts)
    below = [mount.point for mount in mounts if mount.silent and _inside(mount.point, case.tops)]
    places = [place for place in dict.fromkeys((*case.tops, *below)) if silent.reason(place)]
    interval = case.configuration.settings.poll_interval_sec
    for place in places:
        advice = f"it is polled every {interval:g} s; run the daemon where the files are to hear at once"
        yield warning("file system", silent.reason(place), where=place, advice=advice)
    if not places:
        value = plural(len(case.tops), "directory", "directories")
        yield fine("file system", "every watched place tells of its changes", value=value)


def _inside(point: str, tops: tuple[str, ...]) -> bool:
    return any(point.startswith(top.rstrip("/") + "/") for top in tops)


def _ours(case: Case, holder: Holder) -> bool:
    """The limit is each user's own."""
    try:
        return Path(case.proc, str(holder.pid)).stat().st_uid == os.geteuid()
    except OSError:
        return False


class _Demand(NamedTuple):
    """Directories to be watched; ``complete`` when all were counted.

    So many are ``given`` their watch already, and so many ``refused`` one for want of watches.
    """

    needed: int
    complete: bool = True
    given: int = 0
    refused: int = 0


def _demand(case: Case) -> _Demand:
    told = (case.attendance.status or {}).get("watch")
    if told and told.get("backend") == "inotify":
        refused = sum(inotify_calls.EXHAUSTED in gap["reason"] for gap in told.get("uncovered", ()))
        given = told["directories"] - told.get("polled", 0)
        return _Demand(given + refused, given=given, refused=refused)
    return _Demand(*_counted(case))


def _counted(case: Case) -> tuple[int, bool]:
    deadline = time.monotonic() + _COUNTING_SECONDS
    own = {f"{entry.project.root}/RUNS" for entry in case.projects} | {f"{case.root}/RUNS"}
    seen: set[str] = set()
    for entry in case.projects:
        project, patterns = entry.project, entry.settings.ignore
        for top in project.watch_paths:
            rules = IgnoreRules(top, root=project.root, patterns=patterns, own=own).start()
            for listing in survey(top, rules, cover=lambda _: True):
                seen.add(listing.directory)
                if time.monotonic() > deadline:
                    return len(seen), False
    return len(seen), True
