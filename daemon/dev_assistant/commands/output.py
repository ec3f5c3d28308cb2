"""What the client commands share: which daemon is meant, and how answers are shown.

JSON goes out in ASCII: what a repository contains cannot steer the terminal through it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from dev_assistant.places import Runtime, runtime_of
from dev_assistant.serve.client import workspace_root


def root_of(args: argparse.Namespace) -> Path:
    """The root of the workspace that is meant."""
    return workspace_root(args.workspace, Path.cwd())


def runtime(args: argparse.Namespace) -> Runtime:
    """Where the daemon that is meant is to be found."""
    return runtime_of(root_of(args))


def write(text: str) -> None:
    """Write to stdout at once: the reader may be a pipe that waits for each line."""
    sys.stdout.write(text)
    sys.stdout.flush()


def write_json(document: object) -> None:
    write(json.dumps(document, indent=2) + "\n")


def write_json_line(document: object) -> None:
    write(json.dumps(document, separators=(",", ":")) + "\n")


def write_encoded(document: bytes) -> None:
    """A document that is JSON in UTF-8 already: what is ASCII, as nearly all of it is, goes out as it is."""
    if not document.isascii():
        document = re.sub("[^\x00-\x7f]+", _escaped, document.decode()).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(document + b"\n")
    sys.stdout.buffer.flush()


def _escaped(match: re.Match[str]) -> str:
    return json.dumps(match.group())[1:-1]


def coloured(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether stdout takes colours: a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") != "0":
        return True
    return sys.stdout.isatty() and environ.get("TERM") != "dumb"


def seconds(text: str) -> float:
    """An argument's number of seconds; argparse tells of the ValueError."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value
