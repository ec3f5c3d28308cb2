"""``check [PATH…]``: findings, from the daemon when one runs, else by looking once.

With a daemon nothing heavy is imported: hooks wait for this.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from dev_assistant.commands.output import coloured, runtime, seconds, write, write_encoded
from dev_assistant.escape import visible
from dev_assistant.serve.client import NoDaemon, fetch, held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

HELP = "findings of files and directories (default: the whole workspace)"
EXAMPLES = """\
  dev-assistant check                      everything; exit 0 clean, 1 findings, 3 something is unknown
  dev-assistant check src/app.py --json    one file, as a document
  dev-assistant check --no-cache           judge everything anew, with and for no cache
  dev-assistant check --watch-dirs src     these directories, without any workspace.json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or directories")
    parser.add_argument(
        "--watch-dirs", nargs="+", type=Path, metavar="DIR", help="instead of what is configured"
    )
    parser.add_argument("--no-cache", action="store_true", help="believe and write no cache; uses no daemon")
    parser.add_argument("--timeout", type=seconds, default=600.0, metavar="S", help="seconds (default: 600)")


def run(args: argparse.Namespace) -> int:
    """0 when all is clean, 1 with findings, 3 when something could not be judged, 5 when nothing matched."""
    paths = [_resolved(path) for path in args.paths]
    told = _by_daemon(args, paths)
    head, encoded = (_alone(args, paths), None) if told is None else told
    if not args.json:
        from dev_assistant.report.plain import render_check  # noqa: PLC0415  a script needs no table

        document = head if encoded is None else json.loads(encoded)
        write(render_check(document, colour=coloured()))
    elif encoded is not None:
        write_encoded(encoded)
    for error in head["meta"].get("config_errors", ()):
        sys.stderr.write(f"dev-assistant: {visible(error)}\n")
    return status_of(head)


def _resolved(path: str) -> str:
    """Absolute, links resolved but for the last component: a link is judged (skipped) as itself."""
    head, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(head), name)


def _by_daemon(args: argparse.Namespace, paths: list[str]) -> tuple[dict[str, Any], bytes] | None:
    """What decides about the exit status, and the document as it is encoded; None without a daemon."""
    if args.no_cache or args.watch_dirs:
        return None
    parameters = {"paths": paths, "timeout": args.timeout}
    try:
        return fetch(runtime(args), "findings", parameters, timeout=args.timeout + 10)
    except NoDaemon:
        return None


def _alone(args: argparse.Namespace, paths: list[str]) -> dict[str, Any]:
    """By looking once; beside a daemon (``--watch-dirs``) without its cache, which is its own to write.

    As JSON it is written here: all its findings as dictionaries would take as long as judging some files.
    """
    import msgspec  # noqa: PLC0415  half a second of imports, with all of the following

    from dev_assistant.bootstrap import check_once  # noqa: PLC0415
    from dev_assistant.report.canonical import encode  # noqa: PLC0415

    document = check_once(
        workspace=args.workspace,
        watch_dirs=args.watch_dirs or (),
        paths=paths,
        cached=not args.no_cache and not held(runtime(args)),
        timeout=args.timeout,
    )
    if args.json:
        write_encoded(encode(document))
        document = msgspec.structs.replace(document, files=(), project_findings=())
    told: dict[str, Any] = msgspec.to_builtins(document)
    return told


def status_of(document: dict[str, Any]) -> int:
    """Unknown outranks findings; nothing to judge is no success."""
    summary = document["summary"]
    unknown = summary["stale"] + summary["pending"] + summary["failed"]
    if unknown or not document["meta"].get("settled", False) or document["meta"].get("missing"):
        return 3
    if not summary["files"]:
        return 5
    return 1 if summary["passed"] is False else 0
