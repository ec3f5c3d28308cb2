"""One workspace.json: its projects, and the settings that it carries, still unchecked.

Only what the file itself promises is checked here (shape, names, paths). Settings are other people's
knowledge: they are handed on raw, with the place where they stand.
"""

from __future__ import annotations

import difflib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from dev_assistant.errors import Problem
from dev_assistant.escape import visible
from dev_assistant.files import Absent, Content, Unfit, Unreadable, read
from dev_assistant.workspace.json_text import JsonDocument, KeyPath, parse_json, spelled
from dev_assistant.workspace.resolve import Resolver

T = TypeVar("T")

SIZE_LIMIT = 1 << 20  # bytes of a configuration file
WORKSPACE_LIMIT = 4 << 20  # bytes of workspace.json
MOST_PROJECTS = 1_000  # what one daemon is good for: some of its work goes through all projects each time
TOP_KEYS = ("$schema", "projects", "settings")
ENTRY_KEYS = ("name", "path", "watch_dirs")
LONGEST_PATH = 4096  # bytes with their end, on Linux
_LONGEST_NAME = 100
_SHOWN = 80  # characters of an offending value
_REFUSED = frozenset({"/", "/home", "/Users", "/proc", "/sys", "/dev"})
_REFUSED_BELOW = ("/proc/", "/sys/", "/dev/")
_MEMORY = "/dev/shm/"  # noqa: S108  an ordinary file system for scratch trees


@dataclass(frozen=True, slots=True)
class Entry:
    """One project as written. ``root`` is absolute, links resolved; None when the entry cannot be used.

    ``settings`` are all further keys, raw, ``watch_dirs`` among them. ``at`` is the entry's path in the file.
    """

    name: str
    root: str | None
    settings: Mapping[str, object]
    at: KeyPath


@dataclass(frozen=True, slots=True)
class WorkspaceFile:
    """All that one file says. ``document`` is None when it could not be read; then so says a problem."""

    file: Path
    entries: tuple[Entry, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    document: JsonDocument | None = None
    problems: tuple[Problem, ...] = ()
    warnings: tuple[str, ...] = ()


def parse_workspace(path: Path, *, resolve: Resolver, home: str | None = None) -> WorkspaceFile:
    """Read a workspace file; never raises, never blocks. A project at ``home``, resolved, is refused."""
    match _document(path):
        case Problem() as problem:
            return WorkspaceFile(path, problems=(problem,))
        case document:
            return _Reading(path, document, home, resolve).result()


def refusal(root: str, *, home: str | None) -> str | None:
    """Why a directory must not be watched; None when it may be. Both have their links resolved."""
    if len(os.fsencode(root)) >= LONGEST_PATH:
        return "is longer than a path may be"
    if root in _REFUSED:
        return "is a system directory"
    if root.startswith(_REFUSED_BELOW) and not root.startswith(_MEMORY):
        return "lies in a system directory"
    if root == home:
        return "is the home directory: everything in it would be read"
    if home is not None and home.startswith(root + "/"):
        return "holds the home directory: everything in it would be read"
    return None


def _document(path: Path) -> JsonDocument | Problem:
    # the person names this file, so a link to it is meant; projects count from where the link stands
    match read(os.path.realpath(path), limit=WORKSPACE_LIMIT):
        case Content(data):
            return parse_json(data, file=str(path))
        case Absent():
            return Problem(str(path), "", "no such file")
        case Unreadable(reason) | Unfit(reason):
            return Problem(str(path), "", f"cannot be read: {reason}")


@dataclass(slots=True)
class _Reading:
    """The walk through one parsed file. Each check gives what it read, or the problem that it met."""

    file: Path
    document: JsonDocument
    home: str | None
    resolve: Resolver
    problems: list[Problem] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    names: dict[str, KeyPath] = field(default_factory=dict)  # folded name -> place of the first
    roots: dict[object, KeyPath] = field(default_factory=dict)  # directory's identity -> place of the first

    def result(self) -> WorkspaceFile:
        for path, line in self.document.repeated:
            key, _ = self.document.place(path)
            self.problems.append(Problem(str(self.file), key, "is given twice", line=line))
        top = self._top()
        entries = tuple(self._entries(top))
        settings = self._kept(self._settings(top))
        return WorkspaceFile(
            self.file, entries, settings or {}, self.document, tuple(self.problems), tuple(self.warnings)
        )

    def _top(self) -> Mapping[str, object]:
        top = self.document.value
        if not isinstance(top, dict):
            self._kept(self._invalid((), top, "an object with a list of projects"))
            return {}
        for key in top:
            if key not in TOP_KEYS:
                close = difflib.get_close_matches(key.casefold(), TOP_KEYS, n=1)
                suggestion = close[0] if close else None
                self._kept(self._problem((key,), "unknown key", suggestion=suggestion))
        return top

    def _settings(self, top: Mapping[str, object]) -> Mapping[str, object] | Problem:
        value = top.get("settings", {})
        return value if isinstance(value, dict) else self._invalid(("settings",), value, "an object")

    def _entries(self, top: Mapping[str, object]) -> Iterator[Entry]:
        for index, item in enumerate(self._kept(self._projects(top)) or ()):
            at = ("projects", index)
            if isinstance(item, dict):
                yield self._entry(item, at)
            else:
                self._kept(self._invalid(at, item, '{"name": …, "path": …}'))

    def _projects(self, top: Mapping[str, object]) -> list[object] | Problem:
        path = ("projects",)
        if top is not self.document.value:
            return []  # told already
        if "projects" not in top:
            return self._problem(path, "is missing", allowed="a list of projects")
        projects = top["projects"]
        if not isinstance(projects, list):
            return self._invalid(path, projects, "a list of projects")
        if len(projects) > MOST_PROJECTS:
            allowed = f"at most {MOST_PROJECTS:,}; make a workspace.json in each of several directories"
            return self._problem(path, "too many projects", value=f"{len(projects):,}", allowed=allowed)
        return projects or self._problem(path, "names no project")

    def _entry(self, item: Mapping[str, object], at: KeyPath) -> Entry:
        name = self._kept(self._name(item, at))
        root = self._kept(self._root(item, at))
        settings = {key: value for key, value in item.items() if key not in {"name", "path"}}
        return Entry(name or "", root if name else None, settings, at)

    def _name(self, item: Mapping[str, object], at: KeyPath) -> str | Problem:
        path = (*at, "name")
        if "name" not in item:
            return self._problem(path, "is missing", allowed="a name that no other project has")
        name = item["name"]
        if not isinstance(name, str) or not _is_name(name):
            return self._invalid(path, name, f"up to {_LONGEST_NAME} visible characters, no blank at an end")
        first = self.names.setdefault(name.casefold(), path)
        if first != path:
            return self._problem(
                path, f"is not unique, see {spelled(first)} (case does not count)", value=_shown(name)
            )
        return name

    def _root(self, item: Mapping[str, object], at: KeyPath) -> str | Problem:
        path = (*at, "path")
        if "path" not in item:
            return self._problem(path, "is missing", allowed="a directory, from this file's directory")
        written = item["path"]
        if not isinstance(written, str) or not _is_path(written):
            return self._invalid(path, written, "a directory, from this file's directory; no ~")
        root = self.resolve(os.path.join(os.path.abspath(self.file.parent), written))
        reason = refusal(root, home=self.home)
        if reason is not None:
            return self._problem(
                path, f"must not be watched: {shortened(root)} {reason}", value=_shown(written)
            )
        return self._unshared(root, path, written)

    def _unshared(self, root: str, path: KeyPath, written: str) -> str | Problem:
        """Two projects in one directory would write the same RUNS/."""
        try:
            status = os.stat(root)
        except OSError:
            self.warnings.append(
                str(self._problem(path, f"no such directory: {visible(root)} (watched for)"))
            )
            identity: object = root
        else:
            if not stat.S_ISDIR(status.st_mode):
                return self._problem(path, "is not a directory", value=_shown(written))
            identity = (status.st_dev, status.st_ino)
        first = self.roots.setdefault(identity, path)
        return root if first == path else self._problem(path, f"is the same directory as {spelled(first)}")

    def _kept(self, outcome: T | Problem) -> T | None:
        if isinstance(outcome, Problem):
            self.problems.append(outcome)
            return None
        return outcome

    def _invalid(self, path: KeyPath, value: object, allowed: str) -> Problem:
        return self._problem(path, "invalid value", value=_shown(value), allowed=allowed)

    def _problem(self, path: KeyPath, message: str, **details: str | None) -> Problem:
        key, line = self.document.place(path)
        return Problem(str(self.file), key, message, line=line, **details)


def _is_name(name: str) -> bool:
    return name == name.strip() and 0 < len(name) <= _LONGEST_NAME and visible(name) == name


def _is_path(path: str) -> bool:
    try:
        size = len(os.fsencode(path))
    except UnicodeEncodeError:
        return False
    return (
        size < LONGEST_PATH
        and bool(path.strip())
        and "\0" not in path
        and path != "~"
        and not path.startswith("~/")
    )


def shortened(path: str) -> str:
    """A path for a message, however long and whatever it is called."""
    text = visible(path)
    return text if len(text) < LONGEST_PATH else text[: _SHOWN - 1] + "…"


def _shown(value: object) -> str:
    text = visible(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
