"""Where a workspace or a project begins, seen from a directory inside it.

Only names are looked at, never contents: a broken workspace.json is found all the same, and then told of.
"""

from __future__ import annotations

import os
from pathlib import Path

NAME = "workspace.json"
_MARKS = ("pyproject.toml", ".git")


def find_workspace(start: Path) -> Path | None:
    """The nearest workspace.json in ``start`` or above it, as an absolute path."""
    for directory in _upwards(start):
        path = directory / NAME
        if os.path.lexists(path) and not path.is_dir():
            return path
    return None


def current_project(start: Path, *, home: str | None = None) -> Path:
    """The nearest directory with a pyproject.toml or .git, in ``start`` or above it, else ``start``.

    Marks in the home directory (default: the user's) and in / do not count: people keep their dotfiles in a
    repository, and that makes no project of all they own.
    """
    beyond = {Path("/"), Path(os.path.realpath(home or os.path.expanduser("~")))}
    found = nearest(start, _MARKS)
    return Path(os.path.realpath(start)) if found is None or found in beyond else found


def nearest(start: Path, names: tuple[str, ...]) -> Path | None:
    """The nearest directory, from ``start`` upwards, that has an entry of one of these names."""
    for directory in _upwards(start):
        if any(os.path.lexists(directory / name) for name in names):
            return directory
    return None


def _upwards(start: Path) -> tuple[Path, ...]:
    resolved = Path(os.path.realpath(start))
    return (resolved, *resolved.parents)
