"""What a path tells of a file: whether it is a test or a document, and what about it is critical.

A test is never critical, whatever its name: tests and documents are decided before anything else.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from dev_assistant.model import Priority, RelPath

_DIRECTORIES = 1024
_NAMES = 1024
_LATELY = 256
"""Paths whose kind is asked for again and again while they are looked at, and hardly ever after that."""


class Kind(enum.Enum):
    """What a file is for. Only sources can be critical."""

    SOURCE = "source"
    TEST = "test"
    DOCUMENT = "document"


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
        self._tests = _Patterns(test_patterns)
        self._documents = _Patterns(document_patterns)
        self._critical = _Patterns(critical_patterns)
        self._core = _Patterns(directory.strip("/") + "/" for directory in core_directories)
        self.kind = lru_cache(_LATELY)(self._kind)

    def of(self, path: RelPath, *, critical: bool) -> Priority:
        """LOW for tests and documents, else HIGH if the file is critical, else NORMAL."""
        if self.kind(path) is not Kind.SOURCE:
            return Priority.LOW
        return Priority.HIGH if critical else Priority.NORMAL

    def _kind(self, path: RelPath) -> Kind:
        """A document among the tests is a test."""
        if self._tests.match(path):
            return Kind.TEST
        return Kind.DOCUMENT if self._documents.match(path) else Kind.SOURCE

    def critical_name(self, path: RelPath) -> str | None:
        """The critical pattern that the path matches."""
        return self._critical.match(path)

    def core_directory(self, path: RelPath) -> str | None:
        """The core directory that holds the path, with its final ``/``."""
        return self._core.match(path)


class _Patterns:
    """Patterns by what they look at; names and directories repeat, so their answers are kept."""

    def __init__(self, patterns: Iterable[str]) -> None:
        names: list[tuple[str, str]] = []
        above: list[tuple[str, str]] = []
        paths: list[tuple[str, str]] = []
        for pattern in patterns:
            inner = pattern.strip("/")
            if "/" in inner:
                paths.append((inner + "/*" if pattern.endswith("/") else inner, pattern))
            else:
                (above if pattern.endswith("/") else names).append((inner, pattern))
        self._path = _Any(paths)
        directory = _Any(above)
        self._above = lru_cache(_DIRECTORIES)(
            lambda parent: next(filter(None, map(directory.match, parent.split("/"))), None)
        )
        self._name = lru_cache(_NAMES)(_Any(names).match)

    def match(self, path: str) -> str | None:
        """The pattern that matches: of the name, of a directory, or of the path as a whole."""
        parent, _, name = path.rpartition("/")
        return self._name(name) or self._above(parent) or self._path.match(path)


class _Any:
    """Globs as one expression; ``match`` tells the pattern behind the first glob that matches."""

    def __init__(self, globs: list[tuple[str, str]]) -> None:
        self._patterns = [pattern for _, pattern in globs]
        text = "|".join(f"({translate(glob)})" for glob, _ in globs)
        self._compiled = re.compile(text, re.IGNORECASE) if globs else None

    def match(self, text: str) -> str | None:
        found = self._compiled.match(text) if self._compiled is not None else None
        return None if found is None or found.lastindex is None else self._patterns[found.lastindex - 1]
