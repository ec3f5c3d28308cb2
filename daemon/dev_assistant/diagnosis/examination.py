"""All checks at once, each on a thread of its own: one that hangs on a dead disk holds up nothing else."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from dev_assistant.crash import write_report
from dev_assistant.diagnosis.access import access
from dev_assistant.diagnosis.attendance import daemon, runtime
from dev_assistant.diagnosis.case import Case, open_case
from dev_assistant.diagnosis.configured import configuration
from dev_assistant.diagnosis.disk import clock, room
from dev_assistant.diagnosis.limits import descriptors
from dev_assistant.diagnosis.outcome import Diagnosis, Level, unknown
from dev_assistant.diagnosis.records import cache, evidence, log
from dev_assistant.diagnosis.tools import git, judges, python
from dev_assistant.diagnosis.watching import file_systems, instances, queue, watches
from dev_assistant.errors import DevAssistantError, UserError

T = TypeVar("T")
Check = Callable[[Case], Iterable[Diagnosis]]
CHECKS: Mapping[str, Check] = {
    "python": python,
    "tools": judges,
    "git": git,
    "configuration": configuration,
    "disk": room,
    "permissions": access,
    "clock": clock,
    "runtime": runtime,
    "daemon": daemon,
    "watches": watches,
    "instances": instances,
    "queue": queue,
    "file system": file_systems,
    "cache": cache,
    "evidence": evidence,
    "log": log,
    "open files": descriptors,
}
LIMIT_S = 20.0
"""For all of them together: asking a tool for its version and a proof may take 15 s."""
_SHOWN = 10
_SEVERITY = (Level.OK, Level.WARNING, Level.PROBLEM, Level.UNKNOWN)
_HANGS = "see whether the disk answers: df, mount; a network file system may be gone"


def examine(
    workspace: Path | None,
    *,
    cwd: Path,
    environ: Mapping[str, str],
    checks: Mapping[str, Check] = CHECKS,
    limit: float = LIMIT_S,
) -> list[Diagnosis]:
    """What all checks say, in their order, within twice ``limit`` seconds.

    Raises UserError when ``workspace`` does not exist.
    """
    opening = Bounded("examination", lambda: [open_case(workspace, cwd=cwd, environ=environ)])
    opened = opening.wait(time.monotonic() + limit)
    if isinstance(opening.error, UserError):
        raise opening.error
    if opened is None:
        return [_unknown("examination", opening.error, limit)]
    return examine_case(opened[0], checks=checks, limit=limit)


def examine_case(
    case: Case, *, checks: Mapping[str, Check] = CHECKS, limit: float = LIMIT_S
) -> list[Diagnosis]:
    """What all checks say of one case, in their order, within ``limit`` seconds."""
    deadline = time.monotonic() + limit
    running = [Bounded(name, partial(_listed, check, case)) for name, check in checks.items()]
    found: list[Diagnosis] = []
    for each in running:
        told = each.wait(deadline)
        found += [_unknown(each.name, each.error, limit)] if told is None else _cut(told)
    return found


def _listed(check: Check, case: Case) -> list[Diagnosis]:
    return list(check(case))


class Bounded(Generic[T]):
    """``work`` on a thread of its own, for which nobody waits longer than until a deadline.

    ``error`` is what it raised.
    """

    def __init__(self, name: str, work: Callable[[], list[T]]) -> None:
        self.name = name
        self.error: Exception | None = None
        self._work = work
        self._found: list[T] | None = None
        self._thread = threading.Thread(target=self._run, name=f"check-{name}", daemon=True)
        self._thread.start()

    def wait(self, deadline: float) -> list[T] | None:
        """The result; None when there is none by then (monotonic seconds), or it failed."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return self._found

    def _run(self) -> None:
        try:
            self._found = self._work()
        except Exception as error:  # noqa: BLE001  one check that fails must not hide what others say
            self.error = error


def _unknown(name: str, error: Exception | None, limit: float) -> Diagnosis:
    if error is None:
        what, advice = f"did not come to an end within {limit:g} s", _HANGS
    elif isinstance(error, OSError | DevAssistantError):
        what, advice = f"cannot be looked at: {error}", "see what the message names"
    else:
        report = write_report(error, ["doctor", name])
        what, advice = f"internal error: {error!r}", f"a report is in {report}"
    return unknown(name, what, advice=advice)


def _cut(told: list[Diagnosis]) -> list[Diagnosis]:
    """The gravest first, and of more than ten only their number."""
    ordered = sorted(told, key=lambda each: -_SEVERITY.index(each.level))
    hidden = ordered[_SHOWN:]
    if not hidden:
        return told
    what = f"and {len(hidden):,} more"
    return [*ordered[:_SHOWN], hidden[0]._replace(what=what, where="", value="")]
