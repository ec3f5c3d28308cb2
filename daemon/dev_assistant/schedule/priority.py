"""Which file goes first, told by its path alone.

A test is never critical, whatever its name: tests and documents are decided before anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from dev_assistant.model import Priority, RelPath

_DIRECTORIES = 4096
_NAMES = 16384


class PriorityRules:
    """The rules of one project, compiled; matching ignores case.

    A pattern is a glob of a file's name; ending in ``/``, of a directory's name anywhere above the file;
    with another ``/``, of the whole path in the project (there ``*`` crosses ``/``). ``core_directories``
    are directories, with or without the final ``/``.
    """

    def __init__(
        self,
        *,
        critical_patterns: Iterable[str],
        core_directories: Iterable[str],
        test_patterns: Iterable[str],
        document_patterns: Iterable[str],
    ) -> None:
        core = [directory.strip("/") + "/" for directory in core_directories]
        self._low = _Patterns([*test_patterns, *document_patterns])
        self._high = _Patterns([*critical_patterns, *core])

    def of(self, path: RelPath) -> Priority:
        """LOW for tests and documents, HIGH for critical names and core directories, else NORMAL."""
        if self._low.match(path):
            return Priority.LOW
        return Priority.HIGH if self._high.match(path) else Priority.NORMAL


class _Patterns:
    """Patterns by what they look at; names and directories repeat, so their answers are kept."""

    def __init__(self, patterns: Iterable[str]) -> None:
        names: list[str] = []
        above: list[str] = []
        paths: list[str] = []
        for pattern in patterns:
            inner = pattern.strip("/")
            if "/" in inner:
                paths.append(inner + "/*" if pattern.endswith("/") else inner)
            else:
                (above if pattern.endswith("/") else names).append(inner)
        directory, name = _any(above), _any(names)
        self._path = _any(paths)
        self._above = lru_cache(_DIRECTORIES)(
            lambda parent: directory is not None and any(map(directory.match, parent.split("/")))
        )
        self._name = lru_cache(_NAMES)(lambda text: name is not None and name.match(text) is not None)

    def match(self, path: str) -> bool:
        parent, _, name = path.rpartition("/")
        if self._name(name) or self._above(parent):
            return True
        return self._path is not None and self._path.match(path) is not None


def _any(globs: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(map(translate, globs)), re.IGNORECASE) if globs else None
