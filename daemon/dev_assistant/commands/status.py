"""``status``: what the daemon does, what it knows, and what it does not."""

from __future__ import annotations

import argparse

from dev_assistant.commands.output import coloured, root_of, write, write_json
from dev_assistant.escape import path_text
from dev_assistant.places import runtime_of
from dev_assistant.serve.client import NoDaemon, call

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dev_assistant.service.ending import Ending

HELP = "show what the daemon does and knows"
EXAMPLES = """\
  dev-assistant status           a table of the projects
  dev-assistant status --json    for scripts; exit status 4 when no daemon runs
"""
_TIMEOUT_S = 10.0


def configure(parser: argparse.ArgumentParser) -> None:
    """``status`` has no arguments of its own."""


def run(args: argparse.Namespace) -> int:
    """0. Raises NoDaemon, SilentError; with ``--json`` a document says that there is none."""
    root = root_of(args)
    try:
        document = call(runtime_of(root), "status", timeout=_TIMEOUT_S)
    except NoDaemon as error:
        from dev_assistant.service.ending import last_ending  # noqa: PLC0415  5 ms for typing

        ending = last_ending(runtime_of(root))
        if not args.json:
            raise NoDaemon(_gone(error, ending), hint=error.hint) from None
        write_json(stopped(path_text(str(root)), ending))
        return error.status
    if args.json:
        write_json(document)
    else:
        from dev_assistant.report.plain import render_status  # noqa: PLC0415  a script needs no table

        write(render_status(document, colour=coloured()))
    return 0


def _gone(error: NoDaemon, ending: Ending | None) -> str:
    """That none runs, and why the last one does not."""
    if ending is None or ending.state != "failed":
        return str(error)
    return f"{error}: the last one (pid {ending.pid}) failed: {ending.reason}"


def stopped(root: str, ending: Ending | None = None) -> dict[str, object]:
    """The status document without a daemon: only how the last one ended is known (``at`` is wall time)."""
    return {
        "schema": "dev-assistant/status@1",
        "root": root,
        "state": "stopped",
        "degraded": [],
        "pid": None,
        "uptime_s": 0.0,
        "projects": [],
        "queue": {"pending": 0, "running": 0, "oldest_s": None},
        "watch": {"backend": "none", "directories": 0, "overflows": 0, "missed_by_events": 0},
        "memory_mb": 0.0,
        "memory": {
            "limit_mb": None,
            "daemon_mb": 0.0,
            "tools_mb": 0.0,
            "reactions": [],
            "leak": None,
            "collected": None,
        },
        "stuck": [],
        "cache": {},
        "timings": {},
        "bottleneck": None,
        "alerts": [],
        "ended": None if ending is None else ending._asdict(),
    }
