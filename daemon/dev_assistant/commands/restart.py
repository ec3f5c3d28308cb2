"""``restart``: end the daemon and start one with the same options, e.g. after an upgrade."""

from __future__ import annotations

import argparse
from pathlib import Path

from dev_assistant.commands import start, stop
from dev_assistant.commands.output import root_of
from dev_assistant.places import runtime_of
from dev_assistant.serve.client import held
from dev_assistant.service.handshake import daemon_command, daemon_options
from dev_assistant.service.instance import Owner, read_owner

HELP = "stop the daemon and start it again"
EXAMPLES = """\
  dev-assistant restart                       with the options it runs with
  dev-assistant restart --watch-dirs src      with others
"""


def configure(parser: argparse.ArgumentParser) -> None:
    start.configure_start(parser)
    stop.configure_timeout(parser, "--stop-timeout")


def run(args: argparse.Namespace) -> int:
    """0 when a new daemon is ready. Raises as ``stop`` and ``start``."""
    root = root_of(args)
    runtime = runtime_of(root)
    options = options_for(args, root=root, owner=read_owner(runtime) if held(runtime) else None)
    stop.end(runtime, timeout=args.stop_timeout)
    outcome = start.start(daemon_command(options), runtime=runtime, timeout=args.timeout)
    start.tell(outcome, root=root, as_json=args.json)
    return 0


def options_for(args: argparse.Namespace, *, root: Path, owner: Owner | None) -> tuple[str, ...]:
    """What is asked for now, else what the running daemon was started with."""
    if owner is None or args.workspace is not None or args.watch_dirs or args.profile is not None:
        return daemon_options(
            root, workspace=args.workspace, watch_dirs=args.watch_dirs, profile=args.profile
        )
    return owner.options
