"""A workspace as git stores it: at a revision, or as it is staged. Files are copied out, and nothing else.

Every working tree that a project lies in is written into a directory of ours, at the place that it has among
the others, so that what lies around a file decides about it as it would in a checkout.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from dev_assistant.errors import ToolError, UserError
from dev_assistant.escape import path_text
from dev_assistant.places import private_directory, user_state_directory
from dev_assistant.service.configuration import Configuration
from dev_assistant.service.setting_files import is_below
from dev_assistant.watch.checkout import check_out, mark_top
from dev_assistant.watch.git import git_tree
from dev_assistant.watch.git_objects import Entry, Objects

_SECONDS = 120.0
_MEGABYTE = 1_000_000
_LEFT_BEHIND = 86_400.0
"""Seconds after which a copy is one that a killed process has left."""


class NoRevisionError(UserError):
    """What was asked for cannot be had, so that nobody can say what is new."""

    status = 3


@dataclass(frozen=True, slots=True)
class Stored:
    """Which version: that of ``revision``, or what is staged (None).

    ``index`` is the file (absolute) that git gave to its hook: the index of the one tree that it belongs to.
    """

    revision: str | None
    index: str | None = None

    def __str__(self) -> str:
        return "the index" if self.revision is None else self.revision

    def objects(self, top: str) -> Objects:
        tree = git_tree(top)
        own = self.index is not None and tree is not None and is_below(self.index, tree.directory)
        return Objects(top, timeout=_SECONDS, index=self.index if own else None)

    def entries(self, top: str) -> list[Entry]:
        """All files of the working tree at ``top``. Raises NoRevisionError, ToolError."""
        objects = self.objects(top)
        if self.revision is None:
            found = objects.staged()
        else:
            tree = objects.tree_of(self.revision)
            found = objects.entries(tree) if tree is not None else None
        if found is None:
            raise NoRevisionError(
                f"{path_text(top)}: git does not have {self} here, or not all of it",
                hint="fetch it first; an index must have no conflicts",
            )
        return found


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy lies: what is at ``common`` or below it is at ``directory`` or below that."""

    common: str
    directory: str

    def copied(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.directory, os.path.relpath(path, self.common)))

    def original(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.common, os.path.relpath(path, self.directory)))

    def holds(self, path: str) -> bool:
        return is_below(path, self.directory)

    def refuse_strangers(self, configuration: Configuration) -> None:
        """Raises NoRevisionError if the copy is configured by, or watches, what lies outside of it."""
        projects = [entry.project for entry in configuration.projects]
        paths = [path for project in projects for path in (project.root, *project.watch_paths)]
        paths += [str(configuration.root), *([str(configuration.file)] if configuration.file else [])]
        for path in paths:
            if not self.holds(path):
                raise NoRevisionError(
                    f"{path_text(path)} is in no copy: only what git has can be judged as it was",
                    hint="write paths relative to the workspace",
                )


def trees_of(configuration: Configuration) -> tuple[str, ...]:
    """The tops of the working trees of all projects, the innermost first. Raises NoRevisionError."""
    found: set[str] = set()
    for entry in configuration.projects:
        tree = git_tree(entry.project.root)
        if tree is None:
            raise NoRevisionError(
                f"{path_text(entry.project.root)} is in no git working tree",
                hint="compare with a baseline instead: dev-assistant baseline create",
            )
        for path in (entry.project.root, *entry.project.watch_paths, str(configuration.root)):
            around = git_tree(path)
            if around is not None:
                found.add(around.top)
    return tuple(sorted(found, key=len, reverse=True))


def staged(tops: Iterable[str], index: Stored) -> set[str]:
    """The absolute paths of what is in the index and not the same in HEAD; before the first commit all of it.

    ``tops`` are working trees. Raises NoRevisionError, ToolError.
    """
    found: set[str] = set()
    for top in tops:
        head = index.objects(top).head()
        committed = set(index.objects(top).entries(head) or ()) if head is not None else set()
        found.update(f"{top}/{entry.path}" for entry in set(index.entries(top)) - committed)
    return found


@contextmanager
def copy_out(
    configuration: Configuration,
    stored: Stored,
    *,
    only: Collection[str] | None = None,
    tops: Collection[str] = (),
) -> Iterator[Copy]:
    """A copy of the workspace, removed in the end; with ``only`` of the files with these names.

    ``tops`` are the working trees that it has, else all. Raises NoRevisionError when it cannot be made.
    """
    trees = tops or trees_of(configuration)
    common = os.path.commonpath([str(configuration.root), *trees])
    base = user_state_directory() / "revisions"
    private_directory(base)
    _remove_left_behind(base)
    with (
        _unwound_when_ended(),
        tempfile.TemporaryDirectory(dir=base, ignore_cleanup_errors=True) as directory,
    ):
        copy = Copy(common, os.path.join(os.path.realpath(directory), os.path.basename(common) or "root"))
        try:
            for top in trees:
                place = copy.copied(top)
                os.makedirs(place, exist_ok=True)
                entries = stored.entries(top)
                if only is not None:
                    entries = [entry for entry in entries if os.path.basename(entry.path) in only]
                check_out(stored.objects(top), entries, place, read_up_to=_largest_read(configuration))
                mark_top(place)
        except (ToolError, OSError) as error:
            raise NoRevisionError(f"{stored} cannot be copied out: {error}") from error
        _bring_file(configuration.file, copy)
        yield copy


@contextmanager
def _unwound_when_ended() -> Iterator[None]:
    """Let SIGTERM end what is done here as an exception does, so that nothing is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, _: object) -> NoReturn:
    sys.exit(128 + number)


def _largest_read(configuration: Configuration) -> int:
    """The most bytes of a file that any project has judged."""
    settings = [configuration.settings, *(entry.settings for entry in configuration.projects)]
    return int(max(max(each.max_file_mb, each.max_document_mb) for each in settings) * _MEGABYTE)


def _bring_file(file: Path | None, copy: Copy) -> None:
    """The workspace file as it is now, where git has none at this revision."""
    if file is None:
        return
    place = copy.copied(str(file))
    if not os.path.lexists(place):
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copyfile(file, place)


def _remove_left_behind(base: Path) -> None:
    for entry in os.scandir(base):
        with contextlib.suppress(FileNotFoundError):  # another check has ended
            if time.time() - entry.stat(follow_symlinks=False).st_mtime > _LEFT_BEHIND:
                shutil.rmtree(entry.path, ignore_errors=True)
