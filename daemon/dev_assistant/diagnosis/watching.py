"""What inotify can give of what it is asked for, and file systems that tell it nothing."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from dev_assistant.diagnosis.case import Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, warning
from dev_assistant.ports import Holder
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
    used = sum(holder.watches for holder in held)
    needed, complete, watched = _needed(case)
    value = f"{limit:,} allowed, {used:,} in use, {'' if complete else 'more than '}{needed:,} needed"
    if needed - watched + used <= limit:
        yield fine("watches", "there is one for every directory", where=setting, value=value)
        return
    wanted = max(inotify_calls.ENOUGH, 2 * needed)
    told = ", ".join(f"{each.name} (pid {each.pid}) {each.watches:,}" for each in held[:_SHOWN])
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
        value = f"{len(case.tops):,} directories"
        yield fine("file system", "every watched place tells of its changes", value=value)


def _inside(point: str, tops: tuple[str, ...]) -> bool:
    return any(point.startswith(top.rstrip("/") + "/") for top in tops)


def _ours(case: Case, holder: Holder) -> bool:
    """The limit is each user's own."""
    try:
        return Path(case.proc, str(holder.pid)).stat().st_uid == os.geteuid()
    except OSError:
        return False


def _needed(case: Case) -> tuple[int, bool, int]:
    """Directories to be watched, whether all were counted, and how many of them have their watch already."""
    told = (case.attendance.status or {}).get("watch")
    if told and told.get("backend") == "inotify":
        reasons = Counter(gap["reason"] for gap in told.get("uncovered", ()))
        short = sum(number for reason, number in reasons.items() if inotify_calls.EXHAUSTED in reason)
        watched = told["directories"] - told.get("polled", 0)
        return watched + short, True, watched
    found, complete = _counted(case)
    return found, complete, 0


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
