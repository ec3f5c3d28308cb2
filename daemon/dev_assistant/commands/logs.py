"""``logs``: the daemon's log for people, also while it rotates and after the daemon's end."""

from __future__ import annotations

import argparse
import os
import threading
from collections import deque
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from dev_assistant.commands.output import coloured, root_of, write, write_json_line
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text
from dev_assistant.logs.lines import LEVELS, parse, reaches, render
from dev_assistant.logs.rotation import Tail, follow
from dev_assistant.places import Runs, runtime_of
from dev_assistant.serve.client import NoDaemon, held

HELP = "show the daemon's log"
EXAMPLES = """\
  dev-assistant logs -n 100              the last 100 lines
  dev-assistant logs -f --level warning  what goes wrong, as it happens
  dev-assistant logs --json | jq .event  the lines as they are written
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-f", "--follow", action="store_true", help="go on as lines are written")
    parser.add_argument("-n", "--lines", type=_count, default=50, metavar="N", help="the last N lines (50)")
    parser.add_argument("--level", choices=LEVELS, help="this level and graver ones")


def run(args: argparse.Namespace) -> int:
    """0. With ``-f`` raises NoDaemon after what is there, when no daemon will write more."""
    root = root_of(args)
    path = Runs(root).log
    tail = Tail(path)
    show = _show_json if args.json else partial(_show, colour=coloured())
    try:
        for line in deque(_graver(tail.read(), args.level), maxlen=args.lines):
            show(line)
        if args.follow:
            _refuse_dead(root)
            for line in _graver(follow(tail, stop=threading.Event()), args.level):
                show(line)
        elif not path.exists():
            raise UserError(f"{path} does not exist", hint="dev-assistant start")
    finally:
        tail.close()
    return 0


def _refuse_dead(root: Path) -> None:
    if not held(runtime_of(root)):
        raise NoDaemon("no daemon runs for this workspace", hint="dev-assistant start")


def _graver(lines: Iterable[bytes], level: str | None) -> Iterable[bytes]:
    return lines if level is None else (line for line in lines if reaches(line, level))


def _show(line: bytes, *, colour: bool) -> None:
    write(render(line, colour=colour) + "\n")


def _show_json(line: bytes) -> None:
    write_json_line(parse(line) or {"event": path_text(os.fsdecode(line))})


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError(text)
    return value
