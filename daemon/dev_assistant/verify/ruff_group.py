"""The files that one configuration of ruff governs: which of them it claims, and what its rules look at.

Claimed is what ``ruff check`` on the directory would list. Files that are named to ruff are checked whether
excluded or not (we tell it so), therefore this decision is ours, and tested against ruff's own.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dev_assistant.verify.globs import GlobError, GlobSet
from dev_assistant.verify.ruff_config import ConfigFile
from dev_assistant.verify.ruff_settings import Settings

_NOTEBOOK = ".ipynb"
_PYTHON = (".py", ".pyi", ".pyw", _NOTEBOOK)
_NOT_LINTED = (".md", ".markdown", ".toml")
_PYPROJECT = "pyproject.toml"
_SUFFIX = re.compile(r"\*(\.\w+)")

FIRST_PARTY = frozenset({"I001", "TC001", "TC002", "TC003", "TC004"})
"""Rules that ask whether an imported module exists below a source root."""

_FIRST_PARTY_IN_INIT = "F401"


@dataclass(frozen=True, slots=True)
class _Patterns:
    """A list of ruff's patterns: relative ones hold from the directory of the file that has them."""

    option: str
    patterns: tuple[tuple[str, str, GlobSet], ...]  # (as written, file, compiled)
    all: GlobSet

    def reason(self, path: str, name: str) -> str | None:
        """Why ``path`` (absolute, its last part ``name``) is left out, or None."""
        if not (self.all.matches(name) or self.all.matches(path)):
            return None
        for text, file, pattern in self.patterns:
            if pattern.matches(name) or pattern.matches(path):
                return f"excluded by `{text}` in {self.option} of {file}"
        return f"excluded by {self.option}"


@dataclass(frozen=True, slots=True)
class Group:
    """One configuration. With ``problem`` it is broken: its files are claimed, and then fail with it."""

    config: str | None
    digest: bytes
    problem: str = ""
    settings: Settings | None = None
    src: tuple[str, ...] = ()
    first_party: bool = False
    first_party_init: bool = False
    nested_roots: bool = False
    same_package: bool = True
    _suffixes: tuple[str, ...] = _PYTHON
    _include: GlobSet = field(default_factory=lambda: GlobSet(()))
    _exclude: _Patterns | None = None
    _lint_exclude: _Patterns | None = None

    def asks_first_party(self, name: str) -> bool:
        """Whether the verdict on a file of this name depends on which modules exist."""
        return self.first_party or (self.first_party_init and name == "__init__.py")

    def kind(self, path: str, name: str) -> bool:
        """Whether ruff lints such files at all: by ``include``, and of a type that it has rules for."""
        if name == _PYPROJECT:
            return self.settings is not None and "RUF200" in self.settings.codes.values()
        if name.endswith(_NOT_LINTED):
            return False
        return name.endswith(self._suffixes) or self._include.matches(path)

    def excludes(self, path: str, name: str) -> str | None:
        """Why a file or directory is left out by ``exclude`` or ``extend-exclude``, or None."""
        return self._exclude.reason(path, name) if self._exclude else None

    def excludes_file(self, path: str, name: str) -> str | None:
        """Why a file is left out, by ``lint.exclude`` too (which ruff holds against files alone)."""
        reason = self.excludes(path, name)
        if reason is None and self._lint_exclude:
            return self._lint_exclude.reason(path, name)
        return reason


def broken(config: str | None, problem: str) -> Group:
    """The group of a configuration that ruff refuses."""
    return Group(config, _hash([problem]), problem)


def group(config: str | None, settings: Settings, chain: list[ConfigFile], *, base: str) -> Group:
    """The group of one configuration; paths in its digest are relative to ``base``, the project's root."""
    try:
        return _group(config, settings, chain, base)
    except GlobError as error:
        return broken(config, f"a pattern cannot be read: {error}")


def _group(config: str | None, settings: Settings, chain: list[ConfigFile], base: str) -> Group:
    patterns = _Compiler(settings, chain)
    rules = settings.rules
    includes = settings.include + settings.extend_include
    suffixes = tuple(match[1] for text in includes if (match := _SUFFIX.fullmatch(text)))
    return Group(
        config,
        _hash([settings.text.replace(settings.root, "\0"), os.path.relpath(settings.root, base)]),
        settings=settings,
        src=settings.src,
        first_party=not rules.isdisjoint(FIRST_PARTY),
        first_party_init=_FIRST_PARTY_IN_INIT in rules,
        same_package=settings.same_package,
        nested_roots=settings.preview and "INP001" in rules,
        _suffixes=suffixes,
        _include=patterns.whole_paths(t for t in includes if not _SUFFIX.fullmatch(t)),
        _exclude=patterns.set("exclude", settings.exclude + settings.extend_exclude, lambda f: f.exclude),
        _lint_exclude=patterns.set("lint.exclude", settings.lint_exclude, lambda f: f.lint_exclude),
    )


class _Compiler:
    """Gives each pattern the directory that it is relative to, which ruff does not print."""

    def __init__(self, settings: Settings, chain: list[ConfigFile]) -> None:
        self._root = settings.root
        self._chain = chain
        self._default = os.path.basename(chain[0].path) if chain else "ruff's defaults"

    def set(
        self, option: str, texts: tuple[str, ...], listed: Callable[[ConfigFile], tuple[str, ...]]
    ) -> _Patterns | None:
        if not texts:
            return None
        patterns = tuple((text, *self._one(text, listed)) for text in texts)
        whole = GlobSet(form for text in texts for form in self._forms(text, self._bases(text, listed)))
        return _Patterns(option, patterns, whole)

    def whole_paths(self, texts: Iterable[str]) -> GlobSet:
        forms: list[str] = []
        for text in texts:
            bases = self._bases(text, lambda file: file.include)
            forms += self._forms(text, bases) if bases else [text]
        return GlobSet(forms)

    def _bases(self, text: str, listed: Callable[[ConfigFile], tuple[str, ...]]) -> list[ConfigFile]:
        return [file for file in self._chain if text in listed(file)]

    def _one(self, text: str, listed: Callable[[ConfigFile], tuple[str, ...]]) -> tuple[str, GlobSet]:
        bases = self._bases(text, listed)
        name = os.path.basename(bases[0].path) if bases else self._default
        return name, GlobSet(self._forms(text, bases))

    def _forms(self, text: str, bases: list[ConfigFile]) -> list[str]:
        """As ruff does: the pattern from its directory and, without a separator, against bare names."""
        directories = [file.directory for file in bases] or [self._root]
        forms = [os.path.normpath(os.path.join(directory, text)) for directory in directories]
        return forms if "/" in text else [*forms, text]


def _hash(parts: Iterable[str]) -> bytes:
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        state.update(part.encode("utf-8", "surrogateescape") + b"\0\0")
    return state.digest()
