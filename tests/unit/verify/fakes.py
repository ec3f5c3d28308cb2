"""Stand-ins for ruff: small programs that do one thing wrong, or keep a log of what they were asked."""

from __future__ import annotations

import stat
import sys
import textwrap
from pathlib import Path


def program(directory: Path, body: str) -> str:
    """An executable that runs ``body`` with our interpreter; its path."""
    path = directory / "ruff-fake"
    path.write_text(f"#!{sys.executable} -IS\n{textwrap.dedent(body)}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


LANGUAGE_SERVER = """
import json, signal, sys

def read():
    length = 0
    while line := sys.stdin.buffer.readline().strip():
        length = int(line.split(b":")[1])
    return json.loads(sys.stdin.buffer.read(length)) if length else sys.exit()

def write(**message):
    body = json.dumps(message).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
    sys.stdout.buffer.flush()

def serve(answers, count=None):
    while count is None or count > 0:
        message = read()
        if "id" in message:
            write(id=message["id"], **answers(message))
            count = None if count is None else count - 1
"""
"""The plumbing of a language server: ``serve`` answers ``count`` requests with what ``answers`` says."""
