"""How the last daemon ended, as it says itself in the status file: in order, or for which reason not.

Imports the standard library alone, because ``status`` reads it. A file that still says
``running`` while nobody holds the lock is that of a daemon that was killed or crashed.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple

from dev_assistant.places import Runtime

_KILLED = "it was killed, or crashed"
_LIMIT = 1 << 16


class Ending(NamedTuple):
    """``state`` is running, stopped or failed; ``at`` is wall-clock seconds, for display."""

    state: str
    pid: int
    at: float
    reason: str = ""


def write_ending(runtime: Runtime, *, state: str, pid: int, reason: str = "") -> None:
    """For who holds the lock. Raises OSError when the runtime directory cannot be written."""
    from dev_assistant.files import drop_temporaries, write_atomically  # noqa: PLC0415  50 ms of `status`

    document = {"schema": "dev-assistant/ending@1", **Ending(state, pid, time.time(), reason)._asdict()}
    drop_temporaries(runtime.status.parent)
    write_atomically(runtime.status, json.dumps(document).encode() + b"\n")


def last_ending(runtime: Runtime) -> Ending | None:
    """How the daemon ended that is no more; None when there was none, or nothing is known of it."""
    try:
        document = json.loads(_read(runtime.status))
        told = Ending(*(document[name] for name in Ending._fields))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told._replace(state="failed", reason=_KILLED) if told.state == "running" else told


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(_LIMIT)
