"""`CriticalFileDetector` of the library: how critical a file is, for a path alone.

Finds project, settings and repository by itself. What was read is kept for the whole process, because a
detector is often made anew for each file; every answer is still compared with what stands on disk.
"""

from __future__ import annotations

import functools
import os
import stat
import threading
import time
from pathlib import Path
from typing import NamedTuple, TypeVar

from dev_assistant import files
from dev_assistant.analysis.imports import imported_modules
from dev_assistant.model import Criticality, Digest, RelPath, Stat
from dev_assistant.schedule.criticality import CriticalityRules, Weights
from dev_assistant.schedule.priority import Kind, PriorityRules
from dev_assistant.service.setting_files import PYPROJECT, project_settings
from dev_assistant.settings.fields import Settings
from dev_assistant.settings.layers import merge
from dev_assistant.settings.table import Wide, check
from dev_assistant.watch.git import GitTree, git_tree
from dev_assistant.watch.git_head import UNKNOWN, Head, Unknown
from dev_assistant.watch.repositories import is_ignored
from dev_assistant.workspace.resolve import Resolver

_PYTHON = (".py", ".pyi", ".pyw")
_MEGABYTE = 1_000_000
_SETTLED_NS = 2_000_000_000
"""Bytes that changed less than 2 s before they were read may change again without their times showing it."""

_FILES = 100_000
_PROJECTS = 256
_REPOSITORIES = 64

_Facts = tuple[tuple[str, ...], int | None]
"""The critical import of a file, if it has one, and how many of its lines have changed."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class _Rules(NamedTuple):
    criticality: CriticalityRules
    largest: int


class _Seen(NamedTuple):
    """What was read of a file, and by whose rules."""

    stat: Stat
    rules: _Rules
    imports: tuple[str, ...]
    digest: Digest


class CriticalFileDetector:
    """Thread-safe; costs nothing to make.

    Without ``settings`` those of the nearest pyproject.toml that are right hold, over the defaults.
    Names and directories count from its directory, else from the top of the git working tree; without either
    the whole path counts. / and the home directory are no projects, though people keep their dotfiles in git.
    """

    def __init__(self, settings: Settings | None = None) -> None:
        self._rules = None if settings is None else _rules(settings)
        self._known = _process_wide()

    def classify(self, path: str | os.PathLike[str]) -> Criticality:
        """Does not raise: of a file that is not there or cannot be read the path alone counts.

        Imports are those of Python; files of other languages have none. Links are not followed.
        """
        directory, name = os.path.split(os.path.abspath(path))
        directory = os.path.realpath(directory)
        root, tree = self._known.around(directory)
        rules = self._rules or self._known.rules(root)
        absolute = os.path.join(directory, name)
        relative = RelPath(_inside(absolute, root))
        if rules.criticality.paths.kind(relative) is not Kind.SOURCE:
            return rules.criticality.classify(relative)
        imports, changed = self._known.facts(absolute, rules, tree)
        return rules.criticality.classify(relative, imports=imports, changed_lines=changed)


class _Known:
    """What has been read, each with the state of the file that it was read from. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: dict[str, _Seen] = {}
        self._projects: dict[str, tuple[Stat | None, _Rules]] = {}
        self._trees: dict[str, tuple[tuple[int, int, int], GitTree]] = {}
        self._heads: dict[GitTree, Head] = {}

    def around(self, directory: str) -> tuple[str, GitTree | None]:
        """The project's root and the git working tree that hold a directory, as they stand now."""
        home = os.path.expanduser("~")
        root, tree = None, None
        while directory not in {"/", home} and (root is None or tree is None):
            if root is None and os.path.lexists(f"{directory}/{PYPROJECT}"):
                root = directory
            if tree is None:
                tree = self._tree(directory)
            directory = os.path.dirname(directory)
        return root or (tree.top if tree is not None else "/"), tree

    def _tree(self, top: str) -> GitTree | None:
        """The working tree whose top this is. A directory is known by its inode: git writes in it."""
        try:
            entry = os.lstat(f"{top}/.git")
        except OSError:
            return None
        mark = entry.st_ino, entry.st_mode, 0 if stat.S_ISDIR(entry.st_mode) else entry.st_ctime_ns
        known = self._trees.get(top)
        if known is None or known[0] != mark:
            tree = git_tree(top)
            if tree is None or tree.top != top:
                return None
            known = self._keep(self._trees, top, (mark, tree), most=_REPOSITORIES)
        return known[1]

    def rules(self, root: str) -> _Rules:
        """Those that the project's own file sets."""
        present = _stat(os.path.realpath(f"{root}/{PYPROJECT}"))
        known = self._projects.get(root)
        if known is not None and known[0] == present:
            return known[1]
        rules = _rules(_settings(root))
        if present is None or _settled(present):
            self._keep(self._projects, root, (present, rules), most=_PROJECTS)
        return rules

    def facts(self, path: str, rules: _Rules, tree: GitTree | None) -> _Facts:
        """What is read of a file and its repository, as far as that is not known already."""
        if tree is None:
            return self._imports(path, rules), None
        head, inside = self._head(tree), _inside(path, tree.top)
        listing = head.refresh()
        seen = self._seen(path, rules)
        changed = UNKNOWN if seen is None else head.known(inside, seen.digest)
        if seen is not None and not isinstance(changed, Unknown):
            imports = seen.imports
        else:
            imports, changed = self._read(path, rules, head, inside)
        is_new = listing is not None and inside not in listing.blobs
        return imports, None if changed and is_new and is_ignored(tree.top, inside) else changed

    def _imports(self, path: str, rules: _Rules) -> tuple[str, ...]:
        seen = self._seen(path, rules)
        return self._read(path, rules, None, "")[0] if seen is None else seen.imports

    def _seen(self, path: str, rules: _Rules) -> _Seen | None:
        seen = self._files.get(path)
        return seen if seen is not None and seen.rules is rules and seen.stat == _stat(path) else None

    def _read(self, path: str, rules: _Rules, head: Head | None, inside: str) -> _Facts:
        content = files.read(path, limit=rules.largest)
        if not isinstance(content, files.Content):
            return (), None
        imports: tuple[str, ...] = ()
        if path.endswith(_PYTHON):
            imports = rules.criticality.critical_import(imported_modules(content.data))
        stat_then, digest = content.fingerprint.stat, content.fingerprint.digest
        if _settled(stat_then):
            self._keep(self._files, path, _Seen(stat_then, rules, imports, digest), most=_FILES)
        return imports, head.changed({inside: content})[inside] if head is not None else None

    def _head(self, tree: GitTree) -> Head:
        head = self._heads.get(tree)
        return head or self._keep(self._heads, tree, Head(tree), most=_REPOSITORIES)

    def _keep(self, kept: dict[_Key, _Value], key: _Key, value: _Value, *, most: int) -> _Value:
        """The oldest go when there are too many."""
        with self._lock:
            kept.pop(key, None)
            while len(kept) >= most:
                del kept[next(iter(kept))]
            kept[key] = value
        return value


def criticality_of(settings: Settings) -> CriticalityRules:
    """The rules that a project's settings make."""
    return CriticalityRules(
        PriorityRules(
            critical_patterns=settings.critical_patterns,
            core_directories=settings.core_directories,
            test_patterns=settings.test_patterns,
            document_patterns=settings.document_patterns,
        ),
        critical_imports=settings.critical_imports,
        weights=Weights(
            name=settings.criticality_name_weight,
            imports=settings.criticality_import_weight,
            changes=settings.criticality_change_weight,
            directory=settings.criticality_directory_weight,
        ),
        changed_lines=settings.criticality_changed_lines,
        threshold=settings.criticality_threshold,
    )


@functools.cache
def _process_wide() -> _Known:
    return _Known()


def _rules(settings: Settings) -> _Rules:
    return _Rules(criticality_of(settings), int(settings.max_file_mb * _MEGABYTE))


def _settings(root: str) -> Settings:
    """The settings of a project's own file that are right, over the defaults."""
    read = project_settings(Path(root, PYPROJECT), within=(root,), wide=Wide.IGNORED, resolve=Resolver())
    return merge([check(read.table)[0]] if read.table is not None else []).settings


def _inside(path: str, top: str) -> str:
    return path[len(top.rstrip(os.sep)) + 1 :].replace(os.sep, "/")


def _stat(path: str) -> Stat | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return files.stat_of(status) if stat.S_ISREG(status.st_mode) else None


def _settled(seen: Stat) -> bool:
    return time.time_ns() - max(seen.mtime_ns, seen.ctime_ns) > _SETTLED_NS
