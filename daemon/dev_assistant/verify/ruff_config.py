"""Which configuration file of ruff holds in a directory, and of which files it is made.

ruff takes the nearest file and merges nothing implicitly; what a file extends may lie anywhere, also above
the project. Found here: where to look. What the files mean is asked of ruff itself (``ruff_settings``).
"""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

NAMES: Final = (".ruff.toml", "ruff.toml", "pyproject.toml")
"""In the order in which ruff prefers them within one directory."""

_LIMIT = 4_000_000

Stamp = tuple[int, int, int, int] | None


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """One file of an ``extend`` chain: the options with paths that are relative to it."""

    path: str
    extend: str | None
    exclude: tuple[str, ...]
    include: tuple[str, ...]
    lint_exclude: tuple[str, ...]
    directories: tuple[str, ...]

    @property
    def directory(self) -> str:
        return os.path.dirname(self.path)


class Finder:
    """Looks for configuration files, and remembers each directory it has looked into."""

    def __init__(self) -> None:
        self.seen: dict[str, Stamp] = {}
        self._governing: dict[str, str | None] = {}

    def governing(self, directory: str) -> str | None:
        """The configuration file that ruff uses for files in ``directory``, or None."""
        known = self._governing.get(directory, "")
        if known != "":
            return known
        found = self._here(directory)
        parent = os.path.dirname(directory)
        above = self.governing(parent) if parent != directory else None
        self._governing[directory] = found or above
        return found or above

    def _here(self, directory: str) -> str | None:
        found = None
        for name in NAMES:
            path = os.path.join(directory, name)
            taken = stamp(path)
            if taken is None:
                continue
            self.seen[path] = taken
            if found is None and (name != "pyproject.toml" or _is_ruffs(path)):
                found = path
        return found

    def chain(self, path: str) -> list[ConfigFile]:
        """The file and all that it extends, nearest first; stops where a file cannot be read."""
        files: list[ConfigFile] = []
        following: str | None = path
        while following is not None and following not in {file.path for file in files}:
            self.seen[following] = stamp(following)
            file = _read(following)
            if file is None:
                break
            files.append(file)
            following = file.extend
        return files


def stamp(path: str) -> Stamp:
    """What changes when a configuration file changes; None where ruff would see no file."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def waits(path: str) -> bool:
    """Whether there is something that is neither a regular file nor a directory: a FIFO, a device."""
    try:
        mode = os.stat(path).st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def candidates(directory: str, *, above: bool) -> Iterable[str]:
    """Where a configuration for ``directory`` could appear: in it, and ``above`` it and at the user's."""
    yield from (os.path.join(directory, name) for name in NAMES)
    parent = os.path.dirname(directory)
    if above and parent != directory:
        yield from candidates(parent, above=True)
    elif above:
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        yield from (os.path.join(base, "ruff", name) for name in NAMES)


def _is_ruffs(pyproject: str) -> bool:
    """Whether ruff takes this pyproject.toml as its own; one that does not parse is for ruff to refuse."""
    table = _load(pyproject)
    return table is None or "ruff" in _table(table.get("tool"))


def _load(path: str) -> dict[str, Any] | None:
    try:
        with open(path, "rb") as handle:
            return tomllib.loads(handle.read(_LIMIT).decode())
    except (OSError, ValueError, RecursionError):
        return None


def _read(path: str) -> ConfigFile | None:
    table = _load(path) if stamp(path) else None
    if table is None:
        return None
    if os.path.basename(path) == "pyproject.toml":
        table = _table(_table(table.get("tool")).get("ruff"))
    return ConfigFile(
        path,
        _extended(table.get("extend"), os.path.dirname(path)),
        _strings(table.get("exclude")) + _strings(table.get("extend-exclude")),
        _strings(table.get("include")) + _strings(table.get("extend-include")),
        _strings(_table(table.get("lint")).get("exclude")),
        _strings(table.get("src")) + _strings(table.get("namespace-packages")),
    )


def _extended(value: object, directory: str) -> str | None:
    if not isinstance(value, str):
        return None
    return os.path.normpath(os.path.join(directory, os.path.expanduser(os.path.expandvars(value))))


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
