"""``doctor``: look for what keeps the daemon from working well, and say what to do about it."""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dev_assistant.commands.output import root_of, write, write_json
from dev_assistant.errors import ToolError, UserError
from dev_assistant.escape import visible
from dev_assistant.places import Runs, runtime_of
from dev_assistant.process import run as run_tool
from dev_assistant.process import tool
from dev_assistant.serve.client import held

HELP = "look for what keeps the daemon from working well"
EXAMPLES = """\
  dev-assistant doctor           all checks; exit 0 when none of them is bad
  dev-assistant doctor --json
"""

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
    """No arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """0 when nothing is bad, else 2."""
    root = root_of(args)
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
