"""Which Python modules exist below a project's source roots.

ruff sorts an import by whether its whole dotted name is a file or a directory below a source root (measured
with ruff 0.17: the first name alone does not decide). So a verdict can change when a module appears
elsewhere, and the set of modules is part of the basis of every file whose imports reach into it.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Iterable, Iterator

from dev_assistant.places import RUNS

_SUFFIXES = (".py", ".pyi")
_IGNORED = frozenset({RUNS, "__pycache__"})
_WORD = b"import"
_FROM = re.compile(rb"from[ \t]+([\w\x80-\xff]+(?:\.[\w\x80-\xff]+)+)")
_IMPORT = re.compile(rb"import[ \t]+([^\r\n#;(]*\.[^\r\n#;]*)")
_MODULUS = 1 << 128
_DOTTED = re.compile(rb"[\w\x80-\xff]+(?:\.[\w\x80-\xff]+)+")
_CONTINUED = re.compile(rb"\\\r?\n")


def dotted_imports(source: bytes) -> set[str]:
    """The dotted absolute names that ``source`` may import; too many are named rather than too few."""
    if b"\\\n" in source or b"\\\r\n" in source:
        source = _CONTINUED.sub(b" ", source)
    lines = b"\n".join(_importing(source))
    names = set(_FROM.findall(lines))
    for statement in _IMPORT.findall(lines):
        names.update(_DOTTED.findall(statement))
    return {os.fsdecode(name) for name in names}


def _importing(source: bytes) -> Iterator[bytes]:
    """The lines that have the word, which is found far faster than any pattern: a file has few of them."""
    at = source.find(_WORD)
    while at >= 0:
        start, end = source.rfind(b"\n", 0, at) + 1, source.find(b"\n", at)
        yield source[start : end if end >= 0 else None]
        at = source.find(_WORD, end) if end >= 0 else -1


class Modules:
    """The modules below ``roots`` within ``directories``, kept true by ``refresh``. Thread-safe.

    ``generation`` counts the changes.
    """

    def __init__(self, roots: Iterable[str], directories: Iterable[str]) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._changed: dict[str, int] = {}
        self.generation = 0
        self._totals: dict[str, int] = dict.fromkeys(roots, 0)
        if self._totals:
            for directory in directories:
                self._scan(directory)
        self._changed.clear()

    def total(self, roots: Iterable[str]) -> bytes:
        """A digest of the set of modules below each of ``roots``."""
        return b"".join(self._totals.get(root, 0).to_bytes(16, "big") for root in roots)

    def refresh(self, path: str) -> bool:
        """Look again whether the module of this file, or its directory, exists; whether that is news."""
        stem = _stem(path)
        if stem is path and path not in self._known and not os.path.isdir(path):
            stem = os.path.dirname(path)
        changed = False
        while self._roots(stem):
            present = _exists(stem)
            news = self._set(stem, present=present)
            changed |= news
            if present and not news:
                break
            stem = os.path.dirname(stem)
        return changed

    def knows(self, path: str) -> bool:
        """Whether the module of this file is known to exist, or can be none for want of a root."""
        return not self._totals or _stem(path) in self._known

    def changed(self, path: str) -> int:
        """The last ``generation`` in which this module, or a directory that it is in, came or went; or 0."""
        stem, latest = _stem(path), 0
        while self._roots(stem):
            latest = max(latest, self._changed.get(stem, 0))
            stem = os.path.dirname(stem)
        return latest

    def absent(self, roots: Iterable[str], names: Iterable[str]) -> frozenset[str]:
        """Those of these dotted names of which no module is known."""
        places = tuple(roots)
        return frozenset(
            name
            for name in names
            if not any(os.path.join(root, *name.split(".")) in self._known for root in places)
        )

    def settle(self, roots: Iterable[str], names: Iterable[str]) -> bool:
        """Whether what is known of these dotted names is what the disk says; corrects it where not."""
        stems = [os.path.join(root, *name.split(".")) for root in roots for name in names]
        corrected = [stem for stem in stems if self._set(stem, present=_exists(stem))]
        return not corrected

    def _scan(self, directory: str) -> None:
        if not self._roots(directory + "/."):
            return
        above = directory
        while self._roots(above) and self._set(above, present=True):
            above = os.path.dirname(above)
        for stem in _modules_in(directory):
            self._set(stem, present=True)

    def _roots(self, stem: str) -> list[str]:
        return [root for root in self._totals if stem.startswith(root + "/")]

    def _set(self, stem: str, *, present: bool) -> bool:
        with self._lock:
            if (stem in self._known) is present:
                return False
            self._known ^= {stem}
            weights = {root: _weight(stem[len(root) + 1 :]) for root in self._roots(stem)}
            for root, weight in weights.items():
                self._totals[root] = (self._totals[root] + (weight if present else -weight)) % _MODULUS
            if any(weights.values()):
                self.generation += 1
                self._changed[stem] = self.generation
            return True


class TopLevel:
    """The names at the top of source roots, read anew; remembers them for as long as it lives."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}

    def names(self, roots: Iterable[str]) -> frozenset[str]:
        return frozenset().union(*(self._of(root) for root in roots))

    def _of(self, root: str) -> frozenset[str]:
        known = self._names.get(root)
        if known is None:
            known = self._names[root] = frozenset(_names_in(root))
        return known


def _names_in(directory: str) -> Iterator[str]:
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                name = _stem(entry.name)
                if name not in _IGNORED and name.isidentifier() and _is_module(entry, name):
                    yield name
    except OSError:
        return


def _is_module(entry: os.DirEntry[str], name: str) -> bool:
    return entry.is_dir() if name == entry.name else entry.is_file()


def _modules_in(directory: str) -> Iterator[str]:
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIXES) and entry.is_file():
                    yield _stem(entry.path)
    except OSError:
        return


def _stem(path: str) -> str:
    return path[: path.rfind(".")] if path.endswith(_SUFFIXES) else path


def _exists(stem: str) -> bool:
    return os.path.isdir(stem) or any(os.path.isfile(stem + suffix) for suffix in _SUFFIXES)


def _weight(name: str) -> int:
    """A number for a module's path below a root; 0 where no import statement can name it."""
    parts = name.split("/")
    if parts[-1] == "__init__" or not all(part.isidentifier() and part not in _IGNORED for part in parts):
        return 0
    return int.from_bytes(hashlib.blake2b(os.fsencode(name), digest_size=16).digest(), "big")
