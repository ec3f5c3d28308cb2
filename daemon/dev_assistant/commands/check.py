"""``check [PATH…]``: findings, from the daemon when one runs, else by looking once.

With a daemon nothing heavy is imported: hooks wait for this.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dev_assistant.commands.output import coloured, runtime, seconds, write, write_json_line
from dev_assistant.errors import UserError
from dev_assistant.escape import visible
from dev_assistant.report.plain import render_check
from dev_assistant.serve.client import NoDaemon, call, held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELP = "findings of files and directories (default: the whole workspace)"
EXAMPLES = """\
  dev-assistant check                      everything; exit 0 clean, 1 findings, 3 something is unknown
  dev-assistant check src/app.py --json    one file, as a document
  dev-assistant check --no-cache           judge everything anew, with and for no cache
  dev-assistant check --staged             what the next commit will hold, whatever the work tree has
  dev-assistant check --watch-dirs src     these directories, without any workspace.json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or directories")
    parser.add_argument(
        "--watch-dirs", nargs="+", type=Path, metavar="DIR", help="instead of what is configured"
    )
    parser.add_argument(
        "--staged", action="store_true", help="what git's index holds for the next commit, and nothing else"
    )
    parser.add_argument("--no-cache", action="store_true", help="believe and write no cache; uses no daemon")
    parser.add_argument("--timeout", type=seconds, default=600.0, metavar="S", help="seconds (default: 600)")


def run(args: argparse.Namespace) -> int:
    """0 when all is clean, 1 with findings, 3 when something could not be judged, 5 when nothing matched."""
    paths = [_resolved(path) for path in args.paths]
    if args.staged and (paths or args.watch_dirs):
        raise UserError("--staged is about all that is staged", hint="dev-assistant check --staged")
    document = _staged(args) if args.staged else judged(args, paths)
    if args.json:
        write_json_line(document)
    else:
        write(render_check(document, colour=coloured()))
    for error in document["meta"].get("config_errors", ()):
        sys.stderr.write(f"dev-assistant: {visible(error)}\n")
    return 0 if args.staged and not document["files"] and _settled(document) else status_of(document)


def judged(args: argparse.Namespace, paths: list[str]) -> dict[str, Any]:
    """The check document of ``paths``: the daemon's, else by looking once. Raises UserError."""
    return _by_daemon(args, paths) or _alone(args, paths)


def _resolved(path: str) -> str:
    """Absolute, links resolved but for the last component: a link is judged (skipped) as itself."""
    head, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(head), name)


def _by_daemon(args: argparse.Namespace, paths: list[str]) -> dict[str, Any] | None:
    if args.no_cache or args.watch_dirs:
        return None
    parameters = {"paths": paths, "timeout": args.timeout}
    try:
        document: dict[str, Any] = call(runtime(args), "check", parameters, timeout=args.timeout + 10)
    except NoDaemon:
        return None
    return document


def _staged(args: argparse.Namespace) -> dict[str, Any]:
    from dev_assistant.commands.staged import judge_staged  # noqa: PLC0415  everything, as above

    return judge_staged(args)


def _alone(args: argparse.Namespace, paths: list[str]) -> dict[str, Any]:
    """By looking once; beside a daemon (``--watch-dirs``) without its cache, which is its own to write."""
    from dev_assistant.bootstrap import check_once  # noqa: PLC0415  everything: half a second of imports

    return check_once(
        workspace=args.workspace,
        watch_dirs=args.watch_dirs or (),
        paths=paths,
        cached=not args.no_cache and not held(runtime(args)),
        timeout=args.timeout,
    )


def status_of(document: dict[str, Any]) -> int:
    """Unknown outranks findings; nothing to judge is no success."""
    summary = document["summary"]
    unknown = summary["stale"] + summary["pending"] + summary["failed"]
    if unknown or not _settled(document):
        return 3
    if not summary["files"]:
        return 5
    return 1 if summary["passed"] is False else 0


def _settled(document: dict[str, Any]) -> bool:
    meta = document["meta"]
    return bool(meta.get("settled", False)) and not meta.get("missing")
