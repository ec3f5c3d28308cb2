"""The files that carry settings, read into tables: pyproject.toml, the user's file, workspace.json.

A file of a project is read only where it really lies inside the workspace: the message about a mistake quotes
what was read, and a link must not make it quote /etc/passwd.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dev_assistant.errors import Problem
from dev_assistant.files import Absent, Content, Unfit, Unreadable, read
from dev_assistant.settings.layers import LayerKind
from dev_assistant.settings.table import Table, Wide, shown
from dev_assistant.settings.toml_text import KeyPath, TomlDocument, parse_toml
from dev_assistant.workspace.file import ENTRY_KEYS, SIZE_LIMIT, Entry, WorkspaceFile
from dev_assistant.workspace.resolve import Resolver

PYPROJECT = "pyproject.toml"
_TABLE = ("tool", "dev-assistant")
Place = Callable[[KeyPath], tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Read:
    """What one file gave: a table, a problem, both or (no such file) neither."""

    table: Table | None = None
    problem: Problem | None = None


def user_settings(path: Path) -> Read:
    """The user's own file; a link is followed, since people keep such files in one repository."""
    document = _document(path, os.path.realpath(path))
    if isinstance(document, TomlDocument):
        return Read(Table(LayerKind.USER, str(path), document.values, document.place))
    return Read(problem=document)


def project_settings(path: Path, *, within: tuple[str, ...], wide: Wide, resolve: Resolver) -> Read:
    """``[tool.dev-assistant]`` of the pyproject.toml at ``path``, which must lie below one of ``within``."""
    real = resolve(str(path))
    if not any(is_below(real, root) for root in within):
        return Read(problem=Problem(str(path), "", "is a link that leaves the project and the workspace"))
    document = _document(path, real)
    if not isinstance(document, TomlDocument):
        return Read(problem=document)
    values = document.values
    for depth, key in enumerate(_TABLE, start=1):
        found = values.get(key, {})
        if not isinstance(found, Mapping):
            where, line = document.place(_TABLE[:depth])
            return Read(problem=Problem(str(path), where, "invalid value", line, shown(found), "a table"))
        values = found
    return Read(Table(LayerKind.PROJECT, str(path), values, _below(document.place, _TABLE), wide))


def workspace_settings(workspace: WorkspaceFile) -> Table | None:
    """The top-level ``settings`` of workspace.json."""
    if workspace.document is None:
        return None
    place = _below(workspace.document.place, ("settings",))
    return Table(LayerKind.WORKSPACE, str(workspace.file), workspace.settings, place)


def entry_settings(workspace: WorkspaceFile, entry: Entry) -> Read:
    """The settings in one project's entry; ``watch_dirs`` is how ``watch_paths`` is spelled there."""
    if workspace.document is None:
        return Read()
    values = dict(entry.settings)
    place = _below(workspace.document.place, entry.at)
    source = str(workspace.file)
    problem = None
    if "watch_dirs" in values:
        dirs = values.pop("watch_dirs")
        if values.setdefault("watch_paths", dirs) != dirs:
            key, line = place(("watch_paths",))
            problem = Problem(source, key, "differs from watch_dirs beside it", line=line)
        place = _respelled(place)
    return Read(Table(LayerKind.ENTRY, source, values, place, Wide.REFUSED, ENTRY_KEYS), problem)


def is_below(path: str, root: str) -> bool:
    """Whether an absolute path is ``root`` or lies in it; both with links resolved."""
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def _document(path: Path, real: str) -> TomlDocument | Problem | None:
    match read(real, limit=SIZE_LIMIT):
        case Content(data):
            return parse_toml(data, file=str(path))
        case Absent():
            return None
        case Unreadable(reason) | Unfit(reason):
            return Problem(str(path), "", f"cannot be read: {reason}")


def _below(place: Place, prefix: KeyPath) -> Place:
    return lambda path: place((*prefix, *path))


def _respelled(place: Place) -> Place:
    return lambda path: place(("watch_dirs", *path[1:]) if path[:1] == ("watch_paths",) else path)
