"""What the client commands share: which daemon is meant, and how answers are shown.

JSON goes out in ASCII: what a repository contains cannot steer the terminal through it.
"""

from __future__ import annotations

import argparse
import codecs
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dev_assistant.places import Runtime, runtime_of
from dev_assistant.serve.client import workspace_root

_ASCII: Final = "dev_assistant.ascii"


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
    """As ``write_json_line``, what is JSON already: ASCII, as nearly all of it is, goes out as it is."""
    if not document.isascii():
        document = document.decode().encode("ascii", _ASCII)
    sys.stdout.flush()
    sys.stdout.buffer.write(document + b"\n")
    sys.stdout.buffer.flush()


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


codecs.register_error(_ASCII, _in_ascii)


def coloured(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether stdout takes colours: a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") != "0":
        return True
    return sys.stdout.isatty() and environ.get("TERM") != "dumb"


PROFILES = ("none", "development", "production")
"""As ``settings.profiles`` has them, which takes too long to import for a client."""


def add_profile(parser: argparse.ArgumentParser) -> None:
    """``--profile``, for the commands that read the configuration."""
    parser.add_argument("--profile", choices=PROFILES, help="a set of values; config/profiles/ says which")


def seconds(text: str) -> float:
    """An argument's number of seconds; argparse tells of the ValueError."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise ValueError(text)
    return value
