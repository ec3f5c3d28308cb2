"""``events``: one line for each verdict, as the daemon accepts it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from dev_assistant.commands.output import coloured, runtime, write, write_encoded
from dev_assistant.escape import visible
from dev_assistant.serve.client import stream

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELP = "follow the verdicts as they come"
EXAMPLES = """\
  dev-assistant events           until Ctrl-C or the daemon's end
  dev-assistant events --json    one JSON object a line
"""
_GREEN, _RED, _YELLOW = "32", "31", "33"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--since-start", action="store_true", help="first what the daemon still remembers of its life"
    )


def run(args: argparse.Namespace) -> int:
    """0 when the daemon ends the stream. Raises NoDaemon, SilentError."""
    colour = coloured()
    for event in stream(runtime(args), "events", {"since_start": args.since_start}):
        if args.json:
            write_encoded(event)
        else:
            write(render(json.loads(event), colour=colour) + "\n")
    return 0


def render(event: Mapping[str, Any], *, colour: bool) -> str:
    """One event for people: time, project, path, and what is known now."""
    told, code = _standing(event)
    if colour:
        told = f"\x1b[{code}m{told}\x1b[0m"
    place = visible(f"{event['project']} {event['path']}")
    after = "cached" if event["cached"] else f"{event['latency_ms']:.0f} ms"
    if event["awaiting"]:
        after += f", {visible(', '.join(event['awaiting']))} to follow"
    return f"{visible(str(event['time']))} {place}: {told} ({after})"


def _standing(event: Mapping[str, Any]) -> tuple[str, str]:
    if event["passed"] is None:
        return visible(str(event["state"])), _YELLOW
    counts = event["counts"]
    found = ", ".join(f"{number} {visible(category)}" for category, number in counts.items() if number)
    if event["passed"]:
        return f"passed, advice: {found}" if found else "passed", _GREEN
    return found or "findings", _RED
