"""``restart``: end the daemon and start one with the same options, e.g. after an upgrade.

What would keep the new one from starting is found out before the old one ends.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from dev_assistant.commands import start, stop
from dev_assistant.commands.output import root_of
from dev_assistant.errors import ConfigError
from dev_assistant.places import runtime_of
from dev_assistant.serve.client import held
from dev_assistant.service.handshake import daemon_command, daemon_options
from dev_assistant.service.instance import Owner, read_owner

HELP = "stop the daemon and start it again"
EXAMPLES = """\
  dev-assistant restart                       with the options it runs with
  dev-assistant restart --watch-dirs src      with other directories, else the same
"""


class Options(NamedTuple):
    """What a daemon is started with; the paths are absolute."""

    workspace: Path | None
    watch_dirs: Sequence[Path]
    profile: str | None


def configure(parser: argparse.ArgumentParser) -> None:
    start.configure_start(parser)
    stop.configure_timeout(parser, "--stop-timeout")


def run(args: argparse.Namespace) -> int:
    """0 when a new daemon is ready. Raises as ``stop`` and ``start``; on ConfigError the old one runs on."""
    root = root_of(args)
    runtime = runtime_of(root)
    options = options_for(args, owner=read_owner(runtime) if held(runtime) else None)
    _refuse_mistakes(options, root=root)
    command = daemon_command(daemon_options(root, **options._asdict()))
    stop.end(runtime, timeout=args.stop_timeout)
    outcome = start.start(command, runtime=runtime, timeout=args.timeout)
    start.tell(outcome, root=root, as_json=args.json)
    return 0


def options_for(args: argparse.Namespace, *, owner: Owner | None) -> Options:
    """What is asked for now, and for the rest what the running daemon was started with.

    A directory as ``--workspace`` only says which daemon is meant.
    """
    former = _read(owner.options if owner is not None else ())
    is_file = args.workspace is not None and not args.workspace.is_dir()
    return Options(
        args.workspace.absolute() if is_file else former.workspace,
        [directory.absolute() for directory in args.watch_dirs] or former.watch_dirs,
        args.profile or former.profile,
    )


def _read(written: Sequence[str]) -> Options:
    """The arguments of ``daemon-run`` as options; of a version that has others, those that we know."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--profile")
    parser.add_argument("--watch-dirs", nargs="+", type=Path, default=[])
    known, _ = parser.parse_known_args(written)
    return Options(known.workspace, known.watch_dirs, known.profile)


def _refuse_mistakes(options: Options, *, root: Path) -> None:
    """Raises ConfigError for what the new daemon would not get past."""
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic: not for every --help

    configuration = load(
        options.workspace,
        cwd=root,
        environ=os.environ,
        overrides={"profile": options.profile},
        watch_dirs=options.watch_dirs,
    )
    if configuration.problems:
        raise ConfigError(list(configuration.all_problems))
