"""What a git directory tells without running git: where it is, and whether git is at work in it.

Only ``lstat`` and small reads. A repository that is looked at is somebody else's: nothing in it is trusted.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from dev_assistant import files

_LOCKS = ("index.lock", "HEAD.lock")
_LOCK_SECONDS = 60.0
"""A lock that is older was left behind by a git that died."""

_OPERATIONS = ("rebase-merge", "rebase-apply", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD")
_OPERATION_SECONDS = 2.0
"""A rebase may wait for a person for days; it is at work only while it writes."""

_POINTER_LIMIT = 8192


@dataclass(frozen=True, slots=True)
class GitTree:
    """A working tree: ``directory`` is its own git directory, ``common`` the one that all worktrees share."""

    top: str
    directory: str
    common: str


def git_tree(path: str) -> GitTree | None:
    """The working tree that holds ``path`` (absolute), or None."""
    top = path
    while True:
        directory = _git_directory_of(top)
        if directory is not None:
            return GitTree(top, directory, _common(directory))
        parent = os.path.dirname(top)
        if parent == top:
            return None
        top = parent


def git_directory(path: str) -> str | None:
    """The git directory of the working tree that holds ``path``, also of a worktree or a submodule."""
    tree = git_tree(path)
    return None if tree is None else tree.directory


def busy(git_dir: str, *, now_wall: float) -> bool:
    """Whether git is changing the tree now: ``now_wall`` is wall-clock seconds, as file times are."""
    return any(_age(git_dir, name, now_wall) < _LOCK_SECONDS for name in _LOCKS) or any(
        _age(git_dir, name, now_wall) < _OPERATION_SECONDS for name in _OPERATIONS
    )


def _age(git_dir: str, name: str, now_wall: float) -> float:
    """Seconds from the last change, whichever way the clocks differ; infinite when there is none."""
    try:
        return abs(now_wall - os.lstat(f"{git_dir}/{name}").st_mtime)
    except OSError:
        return float("inf")


def _git_directory_of(top: str) -> str | None:
    entry = os.path.join(top, ".git")
    try:
        mode = os.lstat(entry).st_mode
    except OSError:
        return None
    if stat.S_ISDIR(mode):
        return entry if os.path.lexists(os.path.join(entry, "HEAD")) else None
    pointed = _pointer(entry, prefix=b"gitdir:")
    return pointed if pointed is not None and os.path.isdir(pointed) else None


def _common(directory: str) -> str:
    return _pointer(os.path.join(directory, "commondir"), prefix=b"") or directory


def _pointer(path: str, *, prefix: bytes) -> str | None:
    """The directory that a one-line file names, relative to the file."""
    match files.read(path, limit=_POINTER_LIMIT):
        case files.Content(data) if data.startswith(prefix) and b"\0" not in data:
            target = os.fsdecode(data.removeprefix(prefix).strip())
            return os.path.normpath(os.path.join(os.path.dirname(path), target))
        case _:
            return None
