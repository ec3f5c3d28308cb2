"""``start``: one daemon for the workspace, ready to watch when the command returns.

A second ``start`` says who runs and succeeds, also when both are started at the same moment.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from dev_assistant.commands import wait
from dev_assistant.commands.output import add_profile, root_of, seconds, write, write_json
from dev_assistant.escape import path_text, visible
from dev_assistant.places import Runtime, runtime_of
from dev_assistant.serve.client import NoDaemon, SilentError, call, held
from dev_assistant.service.handshake import Ready, Running, daemon_command, daemon_options, launch
from dev_assistant.service.instance import Owner, read_owner

HELP = "start the daemon in the background"
EXAMPLES = """\
  dev-assistant start                        watch every project of the workspace
  dev-assistant start --wait                 and return when all of it is judged
  dev-assistant start --watch-dirs src tests only these directories
  dev-assistant start --profile production   quieter, and it calls out what goes wrong
  dev-assistant start --foreground           for systemd and containers; Ctrl-C ends it
"""
_POLL_S = 0.05


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--foreground", action="store_true", help="stay in the terminal, log to stderr")
    parser.add_argument("--wait", action="store_true", help="return when every file is judged")
    configure_start(parser)


def configure_start(parser: argparse.ArgumentParser) -> None:
    """The arguments that ``restart`` has as well."""
    parser.add_argument(
        "--watch-dirs", nargs="+", type=Path, default=[], metavar="DIR", help="instead of what is configured"
    )
    add_profile(parser)
    parser.add_argument(
        "--timeout", type=seconds, default=60.0, metavar="S", help="how long it may take (60 s)"
    )


def run(args: argparse.Namespace) -> int:
    """0 when a daemon is ready; with ``--wait`` the status of ``wait``. Raises StartError."""
    root = root_of(args)
    runtime = runtime_of(root)
    options = daemon_options(root, workspace=args.workspace, watch_dirs=args.watch_dirs, profile=args.profile)
    if args.foreground and not held(runtime):
        command = daemon_command(options, "--foreground")
        sys.stdout.flush()
        os.execv(command[0], command)  # noqa: S606  our own interpreter; a supervisor gets the daemon's pid
    outcome = start(daemon_command(options), runtime=runtime, timeout=args.timeout)
    tell(outcome, root=root, as_json=args.json)
    return wait.run(argparse.Namespace(**vars(args))) if args.wait else 0


def start(command: Sequence[str], *, runtime: Runtime, timeout: float) -> Ready | Running:
    """Launch, unless a daemon runs already; then wait for that one, and launch after all if it ends.

    Raises StartError, SilentError.
    """
    deadline = time.monotonic() + timeout
    while True:
        left = max(_POLL_S, deadline - time.monotonic())
        outcome = launch(command, runtime=runtime, timeout=left) if not held(runtime) else None
        if isinstance(outcome, Ready):
            return outcome
        if _other_is_ready(runtime, deadline=deadline):
            return Running(read_owner(runtime))
        if time.monotonic() >= deadline:
            raise SilentError(
                "another daemon was starting and has ended", hint="dev-assistant logs, then try again"
            )
        time.sleep(_POLL_S)


def _other_is_ready(runtime: Runtime, *, deadline: float) -> bool:
    """Wait until the daemon that runs has got past its own start; False when it has ended instead."""
    while True:
        try:
            if call(runtime, "status", timeout=max(0.1, deadline - time.monotonic()))["state"] != "starting":
                return True
        except SilentError:
            if time.monotonic() >= deadline:
                raise
        except NoDaemon:
            return False
        if time.monotonic() >= deadline:
            return True
        time.sleep(_POLL_S)


def tell(outcome: Ready | Running, *, root: Path, as_json: bool) -> None:
    """Say what runs now."""
    owner = outcome.owner
    already = isinstance(outcome, Running)
    if as_json:
        state = "already-running" if already else "started"
        pid = None if owner is None else owner.pid
        write_json(
            {
                "schema": "dev-assistant/start@1",
                "state": state,
                "meta": {"pid": pid, "root": path_text(str(root))},
            }
        )
    elif already:
        write(f"already running: {_who(owner)}\n")
    else:
        write(f"started: {_who(owner)}, watching {visible(str(root))}\n")


def _who(owner: Owner | None) -> str:
    if owner is None:
        return "a daemon"
    since = datetime.fromtimestamp(owner.since).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return f"pid {owner.pid} on {visible(owner.host)} since {since} (version {visible(owner.version)})"
