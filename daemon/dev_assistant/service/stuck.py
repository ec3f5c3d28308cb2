"""How long a thread may be at one thing, and what a person can do about one that is at it for longer."""

from __future__ import annotations

from dev_assistant.beats import Overdue

STUCK_SECONDS = 120.0
"""A path unsettled for longer than this is stuck: more than any timeout of a tool with its restart."""

_TIMEOUTS = 12
"""Timeouts for one file that a batch may take: scaled, and one that breaks ruff is judged in parts."""


def patience(*, timeout_seconds: float) -> dict[str, float]:
    """Seconds by kind of thread, when a tool may take ``timeout_seconds`` for one file."""
    return {
        "coordinator": 10.0,
        "errands": 60.0,
        "inotify": 10.0,
        "polling": 60.0,
        "worker": max(STUCK_SECONDS, _TIMEOUTS * timeout_seconds),
        "scribe": 30.0,
        "log": 30.0,
    }


_FILE_SYSTEM = (
    "a file system does not answer: see that its mount is alive (stat it, see the kernel's log); "
    "work goes on by itself when it answers, else: dev-assistant restart"
)
_DISK = "the disk does not take what is written: see the mount of RUNS/ and the kernel's log"
_TOOL = (
    "a tool does not answer although its time is over: dev-assistant doctor --threads, "
    "then dev-assistant restart"
)
_ADVICE = {"worker": _TOOL, "scribe": _DISK, "log": _DISK}


def advice(overdue: Overdue) -> str:
    """What to look at, and the way out."""
    return _ADVICE.get(overdue.thread.partition("-")[0], _FILE_SYSTEM)
