"""``merge RESULTS…``: the results of shards, runs and machines as one."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from dev_assistant.commands.batch_verify import asked_for, tell
from dev_assistant.commands.outputs import add_option, outputs
from dev_assistant.errors import UserError
from dev_assistant.report.documents import CheckDocument, read_document
from dev_assistant.report.joining import joined

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
    chosen = outputs(asked_for(args), as_json=args.json)
    return tell(joined_files(args.results), args, chosen)


def joined_files(names: Sequence[str]) -> CheckDocument:
    """The results in these files as one. Raises UserError for what is no result."""
    return joined([(name, _read(name)) for name in names], now=time.time())


def _read(name: str) -> CheckDocument:
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        raise UserError(
            f"{name} cannot be read: {error.strerror}", hint="give documents of batch-verify"
        ) from error
    return read_document(data, source=name)
