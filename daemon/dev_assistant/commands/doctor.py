"""``doctor``: look for what keeps the daemon from working well, and say what to do about it."""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dev_assistant.commands.output import root_of, write, write_json
from dev_assistant.escape import path_text, visible
from dev_assistant.places import Runs, Runtime, runtime_of
from dev_assistant.serve.client import RefusedError, SilentError, call
from dev_assistant.service.instance import read_owner, send
from dev_assistant.service.stacks import THREADS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dev_assistant.diagnosis.outcome import Diagnosis

HELP = "look for what keeps the daemon from working well"
EXAMPLES = """\
  dev-assistant doctor           all checks; exit status 1 when there is a problem, 3 when one hung
  dev-assistant doctor --threads what the daemon is at; also in RUNS/logs/threads.txt
  dev-assistant doctor --memory  what is in the daemon's memory; a second time: what has grown since
  dev-assistant doctor --json
"""
_ANSWER_S = 5.0
_CENSUS_S = 60.0
_POLL_S = 0.1
"""Seconds between two looks whether the stacks are complete."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--threads", action="store_true", help="what every thread of the daemon is at, also when it hangs"
    )
    parser.add_argument(
        "--memory", action="store_true", help="what is in the daemon's memory, and what grew since last asked"
    )


def run(args: argparse.Namespace) -> int:
    """0 when there is no problem, 1 when there is one, 3 when something could not be looked at."""
    if args.threads:
        return _threads(root_of(args), as_json=args.json)
    if args.memory:
        return _memory(root_of(args), as_json=args.json)
    from dev_assistant.diagnosis.examination import examine  # noqa: PLC0415  half a second that --threads need not pay

    found = examine(args.workspace, cwd=Path.cwd(), environ=os.environ)
    if args.json:
        checks = [{name: path_text(value) for name, value in each._asdict().items()} for each in found]
        write_json({"schema": "dev-assistant/doctor@1", "passed": _status(found) == 0, "checks": checks})
    else:
        write("".join(map(_told, found)))
    return _status(found)


def _status(found: Sequence[Diagnosis]) -> int:
    levels = {each.level.value for each in found}
    return 3 if "unknown" in levels else 1 if "problem" in levels else 0


def _told(found: Diagnosis) -> str:
    value = f" ({found.value})" if found.value else ""
    where = f": {found.where}" if found.where else ""
    text = f"{found.level:<8} {found.name:<14} {visible(found.what + value + where)}\n"
    return text + (f"         → {visible(found.advice)}\n" if found.advice else "")


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


def _memory(root: Path, *, as_json: bool) -> int:
    """0; raises NoDaemon, SilentError."""
    found = call(runtime_of(root), "memory", timeout=_CENSUS_S)
    if as_json:
        write_json({"schema": "dev-assistant/memory@1", **found})
    else:
        write("".join(f"{visible(line)}\n" for line in _census_lines(found)))
    return 0


def _census_lines(found: Mapping[str, Any]) -> Iterator[str]:
    before, after, since = found["before_mb"], found["after_mb"], found["since_s"]
    own = f"daemon {before['daemon']:.1f} MB, {after['daemon']:.1f} MB after a collection"
    yield f"{own}; tools {after['tools']:.1f} MB"
    compared = (
        "nothing to compare with yet: ask again later"
        if since is None
        else f"compared with {since:.0f} s ago"
    )
    yield f"{found['objects']:,} objects, {found['blocks']:,} blocks ({found['blocks_grown']:+,}); {compared}"
    for kind in found["types"]:
        yield f"{kind['objects']:>10,} {kind['grown']:>+10,}  {kind['type']}"


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
