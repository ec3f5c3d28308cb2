"""What ruff says when it refuses, in one line with file and line in front.

Excerpts are dropped: a configuration may extend any file of the machine, and what stands there is not for us
to show.
"""

from __future__ import annotations

import os
import re
from typing import Final

_EXCERPT = re.compile(r"^\s*\d*\s*\||^\s*\^+$")
_PANIC = re.compile(r"panicked at [^\n]*\n([^\n]*)")
_LINE = re.compile(r"TOML parse error at line (\d+)")
_FILE = re.compile(r"Failed to parse (.+)$", re.MULTILINE)
_LONGEST: Final = 300


def explain(stderr: bytes, *, root: str) -> str:
    """The cause; paths below ``root`` are told relative to it."""
    text = stderr.decode("utf-8", "replace")
    said = [line.strip() for line in text.splitlines() if line.strip() and not _EXCERPT.match(line)]
    if panic := _PANIC.search(text):
        return f"ruff crashed: {panic[1]}"[:_LONGEST]
    told = [line.removeprefix("Cause: ") for line in said if not line.startswith(("ruff failed", "warning:"))]
    last = (told[-1] if told else "ruff failed without a word").replace(root + "/", "")[:_LONGEST]
    file, line = _FILE.search(text), _LINE.search(text)
    if file is None or line is None:
        return last
    place = os.path.relpath(file[1], root) if file[1].startswith(root + "/") else file[1]
    return f"{place}:{line[1]}: {last}"
