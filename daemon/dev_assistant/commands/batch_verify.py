"""``batch-verify``: every file at once, for CI: results in a file, progress, a summary, an exit status."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import msgspec

from dev_assistant.commands.check import head_of, resolved, status_of
from dev_assistant.commands.output import coloured, root_of, runtime, seconds, write, write_encoded
from dev_assistant.commands.outputs import (
    Output,
    add_option,
    files_of,
    outputs,
    takes_stdout,
    tell_doubts,
    write_outputs,
)
from dev_assistant.commands.progress import Progress
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import RESULTS, CheckDocument
from dev_assistant.report.plain import render_summary
from dev_assistant.report.sharding import WHOLE, Shard, shard
from dev_assistant.serve.client import held

HELP = "verify every file once and write the results, for CI"
EXAMPLES = """\
  dev-assistant batch-verify --workers 4 --paths src tests --output results.json
  dev-assistant batch-verify -o sarif=results.sarif -o junit=results.xml
  dev-assistant batch-verify --shard 1/3 --output part1.json     one machine of three: see merge
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--workers", type=int, metavar="N", help="files verified at the same time")
    parser.add_argument(
        "--paths", nargs="+", default=[], metavar="PATH", help="only these files and directories"
    )
    parser.add_argument(
        "--watch-dirs", nargs="+", type=Path, metavar="DIR", help="instead of what is configured"
    )
    parser.add_argument("--output", metavar="FILE", help="the results document; the same as -o json=FILE")
    add_option(parser)
    parser.add_argument(
        "--shard", type=_shard, default=WHOLE, metavar="I/N", help="only the I-th of N parts of the files"
    )
    parser.add_argument("--no-cache", action="store_true", help="believe and write no cache")
    parser.add_argument(
        "--timeout", type=seconds, default=3600.0, metavar="S", help="seconds (default: 3600)"
    )


def _shard(written: str) -> Shard:
    try:
        return shard(written)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(args: argparse.Namespace) -> int:
    """0 when all is clean, 1 with findings, 3 when something could not be judged, 5 when nothing matched.

    2, whatever was found, with mistakes in the configuration.
    """
    chosen = outputs(asked_for(args), as_json=args.json)
    return tell(_results(args, chosen), args, chosen)


def asked_for(args: argparse.Namespace) -> list[str]:
    """What ``-o`` and ``--output`` say."""
    return [*args.out, *([f"json={args.output}"] if args.output else [])]


def tell(document: CheckDocument, args: argparse.Namespace, chosen: list[Output]) -> int:
    """Write the outputs, show a summary; the exit status."""
    write_outputs(document, chosen, root=root_of(args))
    if args.json:
        write_encoded(encode(document))
    elif not takes_stdout(chosen):
        write(render_summary(json.loads(encode(document)), colour=coloured()))
    tell_doubts(document)
    return status_of(head_of(document))


def _results(args: argparse.Namespace, chosen: list[Output]) -> CheckDocument:
    """The results document; beside a daemon without its cache, which is its own to write."""
    from dev_assistant.once import check_once  # noqa: PLC0415  usage errors need not wait for it
    from dev_assistant.service.selection import Selection  # noqa: PLC0415

    paths = tuple(resolved(path) for path in args.paths)
    document = check_once(
        workspace=args.workspace,
        watch_dirs=args.watch_dirs or (),
        paths=paths,
        cached=not args.no_cache and not held(runtime(args)),
        timeout=args.timeout,
        workers=args.workers,
        selection=Selection(paths, args.shard, files_of(chosen)),
        progress=Progress(sys.stderr).watch,
    )
    return msgspec.structs.replace(document, schema=RESULTS)
