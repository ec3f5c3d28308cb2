"""Places where the program can be made to die, fail or wait: each write, rename, sync, commit, send, spawn.

Off unless ``DEV_ASSISTANT_FAILPOINTS`` is set, e.g. to ``store.commit=kill@3;file.*=error:ENOSPC``. Items are
``NAME=ACTION[@N]``, joined by ``;``. NAME is one of ``NAMES``, the beginning of some with a ``*``, or ``*``
alone; with @N only the N-th hit counts, of all that the item names. Every process counts for itself.
"""

from __future__ import annotations

import errno
import itertools
import os
import time
from collections.abc import Callable, Mapping

VARIABLE = "DEV_ASSISTANT_FAILPOINTS"

NAMES = {
    "file.write": "an artefact's temporary file is open, and empty",
    "file.sync": "its bytes are written, and not synced",
    "file.replace": "it is whole, and does not have its name yet",
    "file.sync-directory": "it has its name; its directory is not synced",
    "runs.mkdir": "RUNS/ is about to be made",
    "runs.link": "a file that marks RUNS/ is written, and does not have its name yet",
    "stats.mkdir": "the directory for statistics is about to be made",
    "runtime.mkdir": "the runtime directory, or the one for the user's state, is about to be made",
    "secret.write": "the secret of the user's caches is about to be written to a temporary file",
    "secret.sync": "its bytes are written, and not synced",
    "secret.name": "it is written, and does not have its name yet",
    "lock.open": "the lock file is about to be opened or made",
    "lock.write": "the lock is held, and does not say by whom",
    "log.open": "a log file is about to be opened or made",
    "log.write": "lines are about to be added to the log",
    "log.rotate": "a log file is about to get the next number",
    "store.mkdir": "the cache's directory is about to be made",
    "store.open": "the database is about to be opened for writing",
    "store.create": "its tables are about to be made",
    "store.name": "a new database is whole, and does not have its name yet",
    "store.begin": "a transaction is about to begin",
    "store.commit": "all rows are written, and not committed",
    "store.head": "the evidence is written; its head in the database is not",
    "store.read": "the database is about to be opened for reading",
    "store.shrink": "rows are deleted; their pages and the log are not given back",
    "store.aside": "a damaged database, or a companion of it, is about to be moved away",
    "evidence.mkdir": "the evidence's directory is about to be made",
    "evidence.open": "a day's file is about to be opened or made",
    "evidence.write": "lines are about to be added",
    "evidence.sync": "a day's file is about to be synced and closed",
    "evidence.cut": "a torn line is about to be cut off",
    "evidence.retire": "a day's file whose time is over is about to be deleted",
    "cookie.mkdir": "the directory for cookies is about to be made",
    "cookie.write": "a cookie is about to be written",
    "cookie.unlink": "a cookie has been seen, and is still there",
    "socket.bind": "the control socket is about to be made under a temporary name",
    "socket.replace": "it listens, and does not have its name yet",
    "socket.send": "an answer is about to be sent",
    "socket.unlink": "nobody is answered any more, and the socket is still there",
    "client.connect": "a command is about to connect to the daemon",
    "client.send": "its question is about to be sent",
    "clean.delete": "a directory is about to be deleted by `clean`",
    "spawn.output": "the file for the daemon's last words is about to be made",
    "spawn.daemon": "the daemon is about to be started",
    "spawn.ready": "the daemon is ready, and has not said so",
    "tool.spawn": "a tool, or its server, is about to be started",
    "server.send": "something is about to be sent to a tool's server",
    "signal.send": "a signal is about to be sent to a daemon that does not answer",
}
"""Every failpoint, and how things stand when it is hit. A test holds this against the code."""

_Action = Callable[[str], None]


class Item:
    """One item of the variable. ``pattern`` is a name, or the beginning of names with a ``*`` at its end."""

    __slots__ = ("_act", "_hits", "_only", "_pattern")

    def __init__(self, pattern: str, act: _Action, only: int | None) -> None:
        self._pattern = pattern
        self._act = act
        self._only = only
        self._hits = itertools.count(1)  # next() is one step of the interpreter: no lock is needed

    def matches(self, name: str) -> bool:
        beginning, star, _ = self._pattern.partition("*")
        return name.startswith(beginning) if star else name == self._pattern

    def hit(self, name: str) -> None:
        if self.matches(name) and (next(self._hits) == self._only or self._only is None):
            self._act(name)


_items: tuple[Item, ...] = ()


def hit(name: str) -> None:
    """Do what the variable asks for at this place. Raises OSError where it asks for one."""
    for item in _items:
        item.hit(name)


def arm(environ: Mapping[str, str]) -> None:
    """Take the variable up, for this process. Raises ValueError for a mistake in it."""
    global _items  # noqa: PLW0603  one switch for the process, as the variable is
    _items = tuple(map(_parsed, filter(None, environ.get(VARIABLE, "").split(";"))))


def _parsed(text: str) -> Item:
    pattern, equals, rest = text.strip().partition("=")
    action, at, number = rest.rpartition("@") if "@" in rest else (rest, "", "")
    if not equals or (at and not (number.isdecimal() and int(number))):
        raise ValueError(f"{VARIABLE}: {text!r} is not NAME=ACTION or NAME=ACTION@N with N from 1")
    item = Item(pattern, _action(action, text), int(number) if at else None)
    if "*" in pattern[:-1] or not any(map(item.matches, NAMES)):
        import difflib  # noqa: PLC0415  only for whoever mistyped

        near = difflib.get_close_matches(pattern, NAMES, 1) or ["*"]
        raise ValueError(f"{VARIABLE}: no failpoint is named {pattern!r}: did you mean {near[0]!r}?")
    return item


def _action(text: str, item: str) -> _Action:
    kind, _, argument = text.partition(":")
    match kind:
        case "kill" if not argument:
            return _kill
        case "error" if isinstance(getattr(errno, argument, None), int):
            return _failing(getattr(errno, argument))
        case "delay" if argument.replace(".", "", 1).isdecimal():
            return lambda _: time.sleep(float(argument))
        case "count" if argument:
            return lambda name: _noted(argument, name)
        case _:
            raise ValueError(
                f"{VARIABLE}: {item!r}: actions are kill, error:NAME (as in errno), delay:SECONDS, count:FILE"
            )


def _kill(_: str) -> None:
    import signal  # noqa: PLC0415  what imports this module in every command must stay light

    os.kill(os.getpid(), signal.SIGKILL)


def _failing(number: int) -> _Action:
    def fail(name: str) -> None:
        raise OSError(number, f"{os.strerror(number)} (failpoint {name})")

    return fail


def _noted(file: str, name: str) -> None:
    """A line with process and name: whoever reads it counts, also after a kill."""
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.write(descriptor, f"{os.getpid()} {name}\n".encode())
    finally:
        os.close(descriptor)
