"""Every command of the command line, as it is run over hostile input: before, beside and after a daemon.

The commands come from ``cli``, so that a new one is met at once, bare at least.
"""

from __future__ import annotations

from collections.abc import Iterator

from dev_assistant.cli import COMMANDS

Command = tuple[str, ...]

_NOT_RUN = frozenset({"daemon-run", "start", "stop", "restart", "init"})
"""They have their moment in ``lifetime``; ``daemon-run`` is what ``start`` runs."""

_ALONE: dict[str, tuple[Command, ...]] = {
    "config": (("show", "--origin"), ("validate",), ("schema",)),
    "bench": (("--seconds", "5"),),  # long enough to make its copy and to begin with it
    "check": ((), ("--no-cache",)),
    "clean": (("--dry-run",),),
    "explain": (("DA101", "S101"), ("\x1b[2J",)),
    "why": (("plain/x.py",),),
    "logs": (("-n", "1000"),),
    "team-stats": (("--authors",),),
}
_BESIDE: dict[str, tuple[Command, ...]] = {
    **_ALONE,
    "config": (("show",),),
    "check": ((),),
    "dashboard": ((), ("--project", "plain")),
    "evidence": (("verify",), ("show", "plain/x.py")),
}
_NOT_BESIDE = frozenset({"bench", "events"})
"""The one asks no daemon but its own; the other goes on for as long as the daemon lives."""


def without_daemon() -> Iterator[Command]:
    """All that can be asked when no daemon runs."""
    for name in sorted(COMMANDS.keys() - _NOT_RUN):
        for arguments in _ALONE.get(name, ((),)):
            yield (name, *arguments)


def beside_daemon(*paths: str) -> Iterator[Command]:
    """All that can be asked of a daemon that runs; ``paths`` are named to what takes one."""
    for name in sorted(COMMANDS.keys() - _NOT_RUN - _NOT_BESIDE):
        for arguments in _BESIDE.get(name, ((),)):
            yield (name, *arguments)
    for path in paths:
        yield ("why", "--", path)
        yield ("check", "--", path)
