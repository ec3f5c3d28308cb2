"""``doctor``: look for what keeps the daemon from working well, and say what to do about it."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dev_assistant.commands.output import root_of, write, write_json
from dev_assistant.errors import ToolError, UserError
from dev_assistant.escape import visible
from dev_assistant.places import Runs, Runtime, runtime_of
from dev_assistant.process import run as run_tool
from dev_assistant.process import tool
from dev_assistant.serve.client import RefusedError, SilentError, call, held
from dev_assistant.service.instance import read_owner, send
from dev_assistant.service.stacks import THREADS

HELP = "look for what keeps the daemon from working well"
EXAMPLES = """\
  dev-assistant doctor           all checks; exit 0 when none of them is bad
  dev-assistant doctor --threads what the daemon is at; also in RUNS/logs/threads.txt
  dev-assistant doctor --json
"""
_ANSWER_S = 5.0
_POLL_S = 0.1
"""Seconds between two looks whether the stacks are complete."""


_ENOUGH_BYTES = 200_000_000
_FEW_WATCHES = 65_536
_WITHOUT_EVENTS = {"nfs", "nfs4", "cifs", "smb3", "9p", "fuse", "fuseblk", "fuse.sshfs", "vboxsf", "drvfs"}
"""File systems on which changes made elsewhere give no events (inotify(7), Limitations)."""


class Diagnosis(NamedTuple):
    """``level`` is ok, warn or bad; ``advice`` is empty when there is nothing to do."""

    level: str
    subject: str
    finding: str
    advice: str = ""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--threads", action="store_true", help="what every thread of the daemon is at, also when it hangs"
    )


def run(args: argparse.Namespace) -> int:
    """0 when nothing is bad, else 2."""
    root = root_of(args)
    if args.threads:
        return _threads(root, as_json=args.json)
    diagnoses = list(_examine(args.workspace, root))
    if args.json:
        rows = [diagnosis._asdict() for diagnosis in diagnoses]
        write_json({"schema": "dev-assistant/doctor@1", "checks": rows})
    else:
        for level, subject, finding, advice in diagnoses:
            write(f"{level:<5} {subject:<14} {visible(finding)}\n")
            if advice:
                write(f"      → {visible(advice)}\n")
    return 2 if any(diagnosis.level == "bad" for diagnosis in diagnoses) else 0


def _examine(workspace: Path | None, root: Path) -> Iterator[Diagnosis]:
    yield _python()
    yield _ruff()
    yield from _configuration(workspace)
    yield _disk(root)
    yield _writable(root)
    yield _file_system(root)
    yield from _watch_limits()
    yield _daemon(root)


def _threads(root: Path, *, as_json: bool) -> int:
    """0; raises NoDaemon, and SilentError when not even a signal is answered."""
    runtime, file = runtime_of(root), Runs(root).log.with_name(THREADS)
    try:
        stacks = call(runtime, "threads", timeout=_ANSWER_S)["stacks"]
    except (SilentError, RefusedError):
        stacks = _signalled(runtime, file)
    if as_json:
        write_json({"schema": "dev-assistant/threads@1", "file": str(file), "stacks": stacks})
    else:
        write("".join(visible(line) + "\n" for line in stacks.splitlines()))
    return 0


def _signalled(runtime: Runtime, file: Path) -> str:
    """What the daemon writes below its interpreter when nothing above answers."""
    owner, before = read_owner(runtime), _size(file)
    if owner is None or not send(owner, signal.SIGUSR1):
        raise SilentError(
            "the daemon does not answer, and its process is not known", hint="dev-assistant stop"
        )
    deadline, seen = time.monotonic() + _ANSWER_S, before
    while (size := _size(file)) == before or size != seen:
        if time.monotonic() >= deadline:
            raise SilentError(
                "the daemon answers neither on its socket nor to a signal", hint="dev-assistant stop"
            )
        seen = size
        time.sleep(_POLL_S)
    with open(file, "rb") as written:
        written.seek(before)
        return written.read().decode("utf-8", "replace")


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _python() -> Diagnosis:
    return Diagnosis("ok", "python", f"{sys.version.split()[0]}, sqlite {sqlite3.sqlite_version}")


def _ruff() -> Diagnosis:
    try:
        answer = run_tool([tool("ruff"), "--version"], cwd="/", timeout=10)
    except ToolError as error:
        return Diagnosis("bad", "ruff", str(error), f"{sys.executable} -m pip install ruff")
    return Diagnosis("ok", "ruff", answer.stdout.decode(errors="replace").strip())


def _configuration(workspace: Path | None) -> Iterator[Diagnosis]:
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic: not for every --help

    configuration = load(workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    for problem in configuration.all_problems:
        yield Diagnosis("bad", "configuration", str(problem), "dev-assistant config validate")
    for warning in configuration.warnings:
        yield Diagnosis("warn", "configuration", warning)
    if not configuration.all_problems:
        yield Diagnosis("ok", "configuration", f"{len(configuration.projects)} projects")


def _disk(root: Path) -> Diagnosis:
    free = shutil.disk_usage(root).free
    if free < _ENOUGH_BYTES:
        return Diagnosis("bad", "disk", f"{free // 1_000_000} MB free", "make room: verdicts cannot be kept")
    return Diagnosis("ok", "disk", f"{free // 1_000_000_000} GB free")


def _writable(root: Path) -> Diagnosis:
    place = Runs(root).root if Runs(root).root.exists() else root
    if os.access(place, os.W_OK):
        return Diagnosis("ok", "permissions", f"{place} can be written")
    return Diagnosis("bad", "permissions", f"{place} cannot be written", f"chown or chmod {place}")


def _file_system(root: Path) -> Diagnosis:
    kind = _mounted_as(root)
    if kind in _WITHOUT_EVENTS:
        advice = "changes made on other machines are found by the audit only: lower audit_interval_sec"
        return Diagnosis("warn", "file system", f"{kind} gives no events for changes made elsewhere", advice)
    return Diagnosis("ok", "file system", kind or "unknown")


def _mounted_as(root: Path) -> str:
    """The type of the file system that holds ``root``; "" where it cannot be told."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    below = [fields for fields in map(str.split, mounts) if _holds(fields[1], str(root))]
    return max(below, key=lambda fields: len(fields[1]))[2] if below else ""


def _holds(mount: str, path: str) -> bool:
    return path == mount or path.startswith(mount.rstrip("/") + "/")


def _watch_limits() -> Iterator[Diagnosis]:
    for name, enough in (("max_user_watches", _FEW_WATCHES), ("max_user_instances", 16)):
        try:
            limit = int(Path(f"/proc/sys/fs/inotify/{name}").read_text())
        except (OSError, ValueError):
            continue
        advice = f"sudo sysctl fs.inotify.{name}={enough * 8}" if limit < enough else ""
        yield Diagnosis("warn" if advice else "ok", "inotify", f"{name} = {limit}", advice)


def _daemon(root: Path) -> Diagnosis:
    try:
        runtime = runtime_of(root)
    except UserError as error:
        return Diagnosis("bad", "runtime", str(error), error.hint)
    if held(runtime):
        return Diagnosis("ok", "daemon", "runs")
    stale = " (a stale socket is left; the next start replaces it)" if runtime.socket.exists() else ""
    return Diagnosis("ok", "daemon", "does not run" + stale)
