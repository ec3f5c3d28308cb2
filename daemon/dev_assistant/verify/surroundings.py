"""What a verdict depends on beside a file's bytes: its configuration, its packages, the modules around it.

A ``View`` remembers what it has seen of each directory. One that lives while files are judged would miss what
changed meanwhile: make a new one to compare.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field

from dev_assistant.model import Digest
from dev_assistant.verify.modules import Modules, TopLevel
from dev_assistant.verify.ruff_group import Group


@dataclass(slots=True)
class Place:
    """One directory. ``packages`` tells of each directory on the way here whether it has an ``__init__.py``.

    ``package`` is the name of the outermost package that this directory belongs to without a gap;
    ``excluded`` is the reason why nothing below here is judged.
    """

    path: str
    group: Group
    excluded: str | None
    packages: str
    package: str | None
    bases: dict[tuple[bool, bool], Digest] = field(default_factory=dict)


class View:
    """The surroundings of the files below ``roots``, as they were when each directory was first asked for.

    ``wide`` are files (absolute) that are known to import from beyond their own packages, with those of the
    names in question that are no modules.
    """

    def __init__(
        self,
        roots: Container[str],
        groups: Callable[[str], Group],
        modules: Modules,
        wide: Mapping[str, frozenset[str]],
    ) -> None:
        self._roots = roots
        self._groups = groups
        self._modules = modules
        self._wide = wide
        self._top = TopLevel()
        self._places: dict[str, Place] = {}

    def place(self, directory: str) -> Place:
        """The place of an absolute directory."""
        known = self._places.get(directory)
        if known is None:
            known = self._places[directory] = self._look(directory)
        return known

    def basis(self, place: Place, path: str, name: str) -> Digest:
        """Digest of all that decides the verdict on ``path`` (absolute) beside its bytes and its name."""
        asks = place.group.asks_first_party(name)
        key = (asks, asks and self.is_wide(place, path))
        known = place.bases.get(key)
        if known is None:
            known = place.bases[key] = self._basis(place, *key)
        absent = self._wide.get(path) if key[1] else None
        return _without(known, absent) if absent else known

    def is_wide(self, place: Place, path: str) -> bool:
        """Whether the basis of ``path`` includes all modules, and not the top-level names alone.

        Files of a package mostly import from it, which ruff decides by its name; tests and scripts import
        from everywhere. A wrong guess is found out when the file is judged, and then remembered.

        All modules are those in the directories that are walked. A name that is none of them may be a module
        in one that is not, so it stands in the basis by itself: the verdict holds while it is nowhere.
        """
        package = place.package
        return package is None or package.startswith("test") or path in self._wide

    def tells(self, place: Place, path: str, names: set[str]) -> bool:
        """Whether the basis of ``path`` says all that is known of these modules, which it imports."""
        absent = self._modules.absent(place.group.src, names)
        return absent == self._wide.get(path, frozenset()) and (not names or self.is_wide(place, path))

    def foreign(self, place: Place, names: set[str]) -> set[str]:
        """Those of ``names`` that ruff looks for below the source roots although the package is another's."""
        top = self._top.names(place.group.src)
        firsts = {name: name.partition(".")[0] for name in names}
        own = place.package if place.group.same_package else None
        return {name for name, first in firsts.items() if first in top and first != own}

    def _look(self, directory: str) -> Place:
        group = self._groups(directory)
        has_init = os.path.isfile(directory + "/__init__.py")
        name = os.path.basename(directory)
        if directory in self._roots or directory == "/":
            packages = "1" * (_packages_above(directory) if has_init else 0)
            return Place(directory, group, None, packages, _outermost(directory, len(packages)))
        above = self.place(os.path.dirname(directory))
        excluded = above.excluded or above.group.excludes(directory, name)
        package = (above.package or name) if has_init else None
        return Place(directory, group, excluded, above.packages + "01"[has_init], package)

    def _basis(self, place: Place, asks: bool, wide: bool) -> Digest:
        state = hashlib.blake2b(place.group.digest, digest_size=16)
        state.update(place.packages.encode() + b"\0" + (place.package or "").encode("utf-8", "replace"))
        if asks:
            for name in sorted(self._top.names(place.group.src)):
                state.update(b"\0" + os.fsencode(name))
        if wide:
            state.update(b"\0\0" + self._modules.total(place.group.src))
        return Digest(state.hexdigest())


def _without(basis: Digest, absent: frozenset[str]) -> Digest:
    state = hashlib.blake2b(basis.encode(), digest_size=16)
    for name in sorted(absent):
        state.update(b"\0" + os.fsencode(name))
    return Digest(state.hexdigest())


def _packages_above(directory: str) -> int:
    count = 0
    while os.path.isfile(directory + "/__init__.py") and directory != "/":
        directory = os.path.dirname(directory)
        count += 1
    return count


def _outermost(directory: str, packages: int) -> str | None:
    if not packages:
        return None
    for _ in range(packages - 1):
        directory = os.path.dirname(directory)
    return os.path.basename(directory)
