"""``stop``: ask the daemon to end, and end it when it does not answer.

Success means that the lock is free: nothing of the daemon writes any more. A process is signalled only when
its start time shows that it is the daemon; whatever else has its pid is left alone.
"""

from __future__ import annotations

import argparse
import enum
import signal
import time

from dev_assistant.commands.output import root_of, seconds, write, write_json
from dev_assistant.errors import UserError
from dev_assistant.escape import visible
from dev_assistant.places import Runtime, runtime_of
from dev_assistant.serve.client import NoDaemon, RefusedError, SilentError, call, held

HELP = "end the daemon"
EXAMPLES = """\
  dev-assistant stop               what is being judged is finished or given back
  dev-assistant stop --timeout 30  before it is killed
"""
_ASK_S = 2.0
_KILL_S = 5.0
_POLL_S = 0.02


class Ending(enum.Enum):
    """How the daemon ended."""

    NONE = "not-running"
    CLEAN = "stopped"
    KILLED = "killed"


_TOLD = {
    Ending.NONE: "no daemon runs",
    Ending.CLEAN: "stopped",
    Ending.KILLED: "killed: the daemon did not end in time",
}


def configure(parser: argparse.ArgumentParser) -> None:
    configure_timeout(parser, "--timeout")


def configure_timeout(parser: argparse.ArgumentParser, flag: str) -> None:
    parser.add_argument(
        flag, type=seconds, default=10.0, metavar="S", help="until it is killed (10 s)", dest="stop_timeout"
    )


def run(args: argparse.Namespace) -> int:
    """0 when no daemon runs any more, also when none did."""
    root = root_of(args)
    ending = end(runtime_of(root), timeout=args.stop_timeout)
    if args.json:
        write_json({"schema": "dev-assistant/stop@1", "state": ending.value})
    else:
        write(f"{_TOLD[ending]}: {visible(str(root))}\n")
    return 0


def end(runtime: Runtime, *, timeout: float) -> Ending:
    """Return when the lock is free. Raises UserError for a process that is not provably ours."""
    if not held(runtime):
        return Ending.NONE
    deadline = time.monotonic() + timeout
    try:
        call(runtime, "stop", timeout=min(_ASK_S, timeout))
    except NoDaemon:
        return Ending.CLEAN
    except (SilentError, RefusedError):
        _signal(runtime, signal.SIGTERM)
    if _freed(runtime, deadline):
        return Ending.CLEAN
    _signal(runtime, signal.SIGKILL)
    if not _freed(runtime, time.monotonic() + _KILL_S):
        raise UserError("the daemon does not end, not even killed", hint=f"see who holds {runtime.lock}")
    return Ending.KILLED


def _signal(runtime: Runtime, number: signal.Signals) -> None:
    from dev_assistant.service.instance import read_owner, send  # noqa: PLC0415  a daemon that answers ends without

    owner = read_owner(runtime)
    if owner is None and held(runtime):
        raise UserError(
            "a check is at work here, or a daemon that is only starting: nothing signalled",
            hint="try again when it has ended",
        )
    if owner is not None and not send(owner, number) and held(runtime):
        raise UserError(
            f"the daemon does not answer, and the process with its pid ({owner.pid}) is not it: "
            "nothing signalled",
            hint=f"see who holds {runtime.lock}, e.g. with fuser or lsof",
        )


def _freed(runtime: Runtime, deadline: float) -> bool:
    while held(runtime):
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
    return True
