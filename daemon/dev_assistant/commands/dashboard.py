"""``dashboard``: the Markdown file that the daemon keeps, as it is or rendered on a terminal."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from dev_assistant.commands.output import coloured, root_of, write
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible
from dev_assistant.files import Absent, Content, Unfit, Unreadable, read
from dev_assistant.places import Runs, runtime_of
from dev_assistant.serve.client import held

HELP = "show the dashboard"
EXAMPLES = """\
  dev-assistant dashboard                    the workspace
  dev-assistant dashboard --project backend  one project
  dev-assistant dashboard --path             where the file is
"""
_WORKSPACE = "workspace_dashboard.md"
_LIMIT = 64 << 20  # bytes
_PROJECT = "team_dashboard.md"
_OLD = "no daemon runs: the page is as of the time it names, and what changed since is not in it"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="NAME", help="of one project")
    parser.add_argument("--path", action="store_true", help="only say where the file is")


def run(args: argparse.Namespace) -> int:
    """0. Raises UserError when there is no such project, or no dashboard of it yet."""
    path = _path(args)
    text = _read(path)
    live = held(runtime_of(root_of(args)))
    if not live:
        sys.stderr.write(f"dev-assistant: {_OLD}\n")
    if args.json:
        document = {
            "schema": "dev-assistant/dashboard@1",
            "path": path_text(str(path)),
            "live": live,
            "markdown": text,
        }
        write(json.dumps(document) + "\n")
    elif args.path:
        write(f"{visible(str(path))}\n")
    elif sys.stdout.isatty():
        _render(text)
    else:
        write(text)
    return 0


def _read(path: Path) -> str:
    """The page, in which a tree may have put anything before a daemon first wrote it. Raises UserError."""
    match read(str(path), limit=_LIMIT):
        case Content(data):
            lines = data.decode("utf-8", "surrogateescape").split("\n")
            return "\n".join(visible(line) for line in lines)
        case Absent():
            raise UserError(f"{path} does not exist yet", hint="dev-assistant start --wait")
        case Unreadable(reason) | Unfit(reason):
            raise UserError(f"{path} cannot be read: {reason}", hint="remove it: the daemon writes it anew")


def _path(args: argparse.Namespace) -> Path:
    if args.project is None:
        return Runs(root_of(args)).stats / _WORKSPACE
    from dev_assistant.service.configuration import load  # noqa: PLC0415  200 ms that the workspace's need not pay

    projects = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={}).projects
    roots = {str(one.project.name): one.project.root for one in projects}
    if args.project not in roots:
        raise UserError(f"no project {args.project!r}", hint=f"projects: {', '.join(roots) or 'none'}")
    return Runs(Path(roots[args.project])).stats / _PROJECT


def _render(text: str) -> None:
    from rich.console import Console  # noqa: PLC0415  only for a person at a terminal
    from rich.markdown import Markdown  # noqa: PLC0415

    Console(no_color=not coloured()).print(Markdown(text, hyperlinks=False))
