"""The runtime directory, the daemon behind the control socket, and how the last one ended."""

from __future__ import annotations

import os
from collections.abc import Iterator

from dev_assistant import __version__
from dev_assistant.diagnosis.case import Attendance, Case
from dev_assistant.diagnosis.outcome import Diagnosis, fine, problem, warning
from dev_assistant.places import Runtime
from dev_assistant.service.ending import last_ending

_OTHERS = 0o077


def runtime(case: Case) -> Iterator[Diagnosis]:
    """Ours, and nobody else's business."""
    name, attendance = "runtime", case.attendance
    if attendance.runtime is None:
        advice = attendance.hint or "set XDG_RUNTIME_DIR to a directory that only you can write"
        where = case.environ.get("XDG_RUNTIME_DIR", "")
        yield problem(name, attendance.trouble, where=where, advice=advice)
        return
    directory = attendance.runtime.directory
    status = directory.stat()
    value = f"mode {status.st_mode & 0o7777:04o}"
    if status.st_mode & _OTHERS:
        what = "others can look into the runtime directory"
        yield warning(name, what, where=str(directory), value=value, advice=f"chmod 700 {directory}")
    elif not os.access(directory, os.W_OK):
        what = "no lock and no socket can be made in it"
        yield problem(name, what, where=str(directory), value=value, advice="set XDG_RUNTIME_DIR elsewhere")
    else:
        yield fine(name, "is yours alone", where=str(directory), value=value)


def daemon(case: Case) -> Iterator[Diagnosis]:
    """Whether it runs, answers, and is the version that is installed."""
    attendance = case.attendance
    if attendance.runtime is None:
        return
    if attendance.status is not None:
        yield from _answers(attendance, attendance.runtime)
    elif attendance.lives or attendance.trouble:
        yield _silent(attendance, attendance.runtime)
    else:
        yield _absent(attendance.runtime)


def _answers(attendance: Attendance, runtime: Runtime) -> Iterator[Diagnosis]:
    name, where, status = "daemon", str(runtime.socket), attendance.status or {}
    value = f"pid {status.get('pid')}, {status.get('state')}"
    running, installed = status.get("version"), __version__
    if running != installed:
        told = f"{running} runs, {installed} is installed"
        yield warning(name, "is another version", where=where, value=told, advice="dev-assistant restart")
    for hanging in status.get("stuck", ()):
        about = f"{hanging['thread']} has been {hanging['operation']} {hanging['subject']}".rstrip()
        told = f"for {hanging['age_s']} s"
        yield problem(name, f"is stuck: {about}", where=where, value=told, advice=hanging["advice"])
    for reason in status.get("degraded", ()):
        yield warning(name, "is not at its best", where=where, value=reason, advice="dev-assistant status")
    yield fine(name, "answers", where=where, value=value)


def _silent(attendance: Attendance, runtime: Runtime) -> Diagnosis:
    pid = "a process that is not known" if attendance.owner is None else f"pid {attendance.owner.pid}"
    advice = "dev-assistant doctor --threads shows what it is at; dev-assistant restart"
    if not attendance.lives:
        return problem("daemon", attendance.trouble, where=str(runtime.lock), advice=attendance.hint)
    what = f"holds the lock and does not answer: {attendance.trouble}"
    return problem("daemon", what, where=str(runtime.socket), value=pid, advice=advice)


def _absent(runtime: Runtime) -> Diagnosis:
    name, where, ending = "daemon", str(runtime.directory), last_ending(runtime)
    if ending is not None and ending.state == "failed":
        advice = "dev-assistant logs tells more; dev-assistant start"
        what = f"does not run; the last one failed: {ending.reason}"
        return warning(name, what, where=where, value=f"pid {ending.pid}", advice=advice)
    left = "; the socket of one that was killed is left, the next start replaces it"
    return fine(name, "does not run" + (left if runtime.socket.exists() else ""), where=where)
