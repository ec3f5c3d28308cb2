"""``check [PATH…]``: findings, from the daemon when one runs, else by looking once.

With a daemon nothing heavy is imported: hooks wait for this.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from dev_assistant.commands.output import coloured, root_of, runtime, seconds, write, write_encoded
from dev_assistant.commands.outputs import add_option, outputs, takes_stdout, tell, write_outputs
from dev_assistant.errors import UserError
from dev_assistant.report.proof import configuration_errors, unproved
from dev_assistant.serve.client import NoDaemon, fetch, held

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from dev_assistant.commands.outputs import Output
    from dev_assistant.report.documents import CheckDocument

HELP = "findings of files and directories (default: the whole workspace)"
EXAMPLES = """\
  dev-assistant check                      everything; exit 0 clean, 1 findings, 3 something is unknown
  dev-assistant check src/app.py --json    one file, as a document
  dev-assistant check --no-cache           judge everything anew, with and for no cache
  dev-assistant check -o sarif=out.sarif   also in a form for platforms: github, junit, gitlab, …
  dev-assistant check --staged             what the next commit will hold, whatever the work tree has
  dev-assistant check --watch-dirs src     these directories, without any workspace.json
"""
_NOTHING = 5


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files or directories")
    parser.add_argument(
        "--watch-dirs", nargs="+", type=Path, metavar="DIR", help="instead of what is configured"
    )
    parser.add_argument(
        "--staged", action="store_true", help="what git's index holds for the next commit, and nothing else"
    )
    parser.add_argument("--no-cache", action="store_true", help="believe and write no cache; uses no daemon")
    add_option(parser)
    parser.add_argument("--timeout", type=seconds, default=600.0, metavar="S", help="seconds (default: 600)")


def run(args: argparse.Namespace) -> int:
    """0 when all is clean, 1 with findings, 3 when something could not be judged, 5 when nothing matched.

    2, whatever was found, with mistakes in the configuration.
    """
    paths = [resolved(path) for path in args.paths]
    chosen = outputs(args.out, as_json=args.json) if args.out else []
    if args.staged and (paths or args.watch_dirs):
        raise UserError("--staged is about all that is staged", hint="dev-assistant check --staged")
    head, encoded = _staged(args) if args.staged else judged(args, paths)
    if chosen:
        _write_outputs(encoded, chosen, root=None if args.staged else root_of(args))
    if args.json:
        write_encoded(encoded)
    elif not takes_stdout(chosen):
        from dev_assistant.report.plain import render_check  # noqa: PLC0415  a script needs no table

        write(render_check(json.loads(encoded), colour=coloured()))
    tell(unproved(head["meta"]))
    status = status_of(head)
    return 0 if args.staged and status == _NOTHING else status


def _write_outputs(encoded: bytes, chosen: list[Output], *, root: Path | None) -> None:
    from dev_assistant.report.documents import read_document  # noqa: PLC0415  hooks want no files

    write_outputs(read_document(encoded, source="the judgement"), chosen, root=root)


def judged(args: argparse.Namespace, paths: list[str]) -> tuple[dict[str, Any], bytes]:
    """What decides about the exit status, and the check document of ``paths`` as it is encoded.

    The daemon's, else by looking once. Raises UserError.
    """
    return by_daemon(args, paths) or _encoded(alone(args, paths))


def resolved(path: str) -> str:
    """Absolute, links resolved but for the last component: a link is judged (skipped) as itself."""
    head, name = os.path.split(os.path.abspath(path))
    return os.path.join(os.path.realpath(head), name)


def by_daemon(args: argparse.Namespace, paths: list[str]) -> tuple[dict[str, Any], bytes] | None:
    if args.no_cache or args.watch_dirs:
        return None
    parameters = {"paths": paths, "timeout": args.timeout}
    try:
        return fetch(runtime(args), "findings", parameters, timeout=args.timeout + 10)
    except NoDaemon:
        return None


def _staged(args: argparse.Namespace) -> tuple[dict[str, Any], bytes]:
    from dev_assistant.commands.staged import judge_staged  # noqa: PLC0415  everything, as below

    return _encoded(judge_staged(args))


def alone(args: argparse.Namespace, paths: list[str], *, reports: bool = True) -> CheckDocument:
    """By looking once; beside a daemon (``--watch-dirs``) without its cache, which is its own to write."""
    from dev_assistant.once import check_once  # noqa: PLC0415  everything: half a second of imports

    return check_once(
        workspace=args.workspace,
        watch_dirs=args.watch_dirs or (),
        paths=paths,
        cached=not args.no_cache and not held(runtime(args)),
        timeout=args.timeout,
        reports=reports,
    )


def _encoded(document: CheckDocument) -> tuple[dict[str, Any], bytes]:
    from dev_assistant.report.canonical import encode  # noqa: PLC0415

    return head_of(document), encode(document)


def head_of(document: CheckDocument) -> dict[str, Any]:
    """What decides about the exit status."""
    import msgspec  # noqa: PLC0415  a client of the daemon needs none

    head: dict[str, Any] = msgspec.to_builtins({"summary": document.summary, "meta": document.meta})
    return head


def status_of(document: dict[str, Any]) -> int:
    """Mistakes in the configuration outrank all, unknown outranks findings; nothing judged is no success."""
    summary = document["summary"]
    if configuration_errors(document["meta"]):
        return 2
    unknown = summary["stale"] + summary["pending"] + summary["failed"]
    if unknown or unproved(document["meta"]):
        return 3
    if not summary["files"]:
        return _NOTHING
    return 1 if summary["passed"] is False else 0
