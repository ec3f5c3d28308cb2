"""``merge RESULTS…``: the results of shards, runs and machines as one."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from dev_assistant.commands.check import status_of
from dev_assistant.commands.output import coloured, write, write_json_line
from dev_assistant.commands.outputs import add_option, outputs, takes_stdout, tell_doubts, write_outputs
from dev_assistant.errors import UserError
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument, read_document
from dev_assistant.report.joining import joined
from dev_assistant.report.plain import render_summary

HELP = "join the results of shards and machines into one"
EXAMPLES = """\
  dev-assistant merge part*.json -o json=results.json -o markdown=dashboard.md
  dev-assistant merge linux.json macos.json      of each file the newest result
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("results", nargs="+", metavar="RESULTS", help="documents of batch-verify or check")
    parser.add_argument("--output", metavar="FILE", help="the joined document; the same as -o json=FILE")
    add_option(parser)


def run(args: argparse.Namespace) -> int:
    """As ``batch-verify``; 3 also when a shard is missing. Raises UserError for what is no result."""
    written = [*args.out, *([f"json={args.output}"] if args.output else [])]
    chosen = outputs(written, as_json=args.json)
    document = joined([(name, _read(name)) for name in args.results], now=time.time())
    write_outputs(document, chosen)
    told: dict[str, Any] = json.loads(encode(document))
    if args.json:
        write_json_line(told)
    elif not takes_stdout(chosen):
        write(render_summary(told, colour=coloured()))
    tell_doubts(document)
    return status_of(told)


def _read(name: str) -> CheckDocument:
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise UserError(
            f"{name} cannot be read: {error.strerror}", hint="give documents of batch-verify"
        ) from error
    return read_document(data, source=name)
