"""``wait``: return when every write that ended before the call is judged.

Status 0 says that everything was judged, not that it passed: that is for ``check`` and ``gate``.
"""

from __future__ import annotations

import argparse

from dev_assistant.commands.output import runtime, seconds, write, write_json
from dev_assistant.serve.client import call

HELP = "wait until everything that was written is judged"
EXAMPLES = """\
  dev-assistant wait && git commit      after a save or a checkout
  dev-assistant wait --timeout 30       exit status 3 when that is not enough
"""
_INCOMPLETE = 3
_GRACE_S = 1.0  # the daemon keeps the time; this is for its answer to arrive


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--timeout", type=seconds, default=60.0, metavar="S", help="how long to wait (60 s)")


def run(args: argparse.Namespace) -> int:
    """0, or 3 when time ran out or something could not be verified. Raises NoDaemon, SilentError."""
    answer = call(runtime(args), "wait", {"timeout": args.timeout}, timeout=args.timeout + _GRACE_S)
    settled, failed = bool(answer["settled"]), int(answer["failed"])
    if args.json:
        write_json({"schema": "dev-assistant/wait@1", **answer})
    else:
        write(_told(settled, failed, args.timeout) + "\n")
    return 0 if settled and not failed else _INCOMPLETE


def _told(settled: bool, failed: int, timeout: float) -> str:
    if not settled:
        return f"not everything was judged within {timeout:g} s: dev-assistant status"
    if failed:
        return f"settled, but {failed} could not be verified: dev-assistant status"
    return "settled: everything that was written is judged"
