"""Which project a directory belongs to: the map from what a source reports to what projects call it.

A directory can belong to several projects (nested roots, shared watch paths); each judges its files by
itself.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterator
from dataclasses import dataclass

from dev_assistant.model import ProjectName, RelPath
from dev_assistant.watch.ignore import DirectoryRules


@dataclass(frozen=True, slots=True)
class Place:
    """A directory as one project sees it: ``prefix`` is "" or ends in "/"."""

    project: ProjectName
    prefix: str
    rules: DirectoryRules

    def path(self, name: str) -> RelPath:
        return RelPath(self.prefix + name)


class Territory:
    """Owned by the coordinator."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[Place, ...]] = {}

    def add(self, directory: str, place: Place) -> None:
        others = tuple(p for p in self._places.get(directory, ()) if p.project != place.project)
        self._places[directory] = (*others, place)

    def at(self, directory: str) -> tuple[Place, ...]:
        return self._places.get(directory, ())

    def holds(self, project: ProjectName, directory: str, name: str) -> bool:
        """Whether a file is within a project's reach: in a directory that was walked, and not ignored."""
        return any(
            place.project == project and not place.rules.ignores(name, is_dir=False)
            for place in self._places.get(directory, ())
        )

    def of(self, project: ProjectName) -> list[str]:
        """All directories of a project."""
        return [d for d, places in self._places.items() if any(p.project == project for p in places)]

    def below(self, top: str) -> set[ProjectName]:
        """The projects that have directories in or below ``top``."""
        return {place.project for directory in self._below(top) for place in self._places[directory]}

    def leave(self, project: ProjectName, top: str, *, keep: Container[str] = ()) -> list[str]:
        """Take ``top`` and all below it from a project, but for what it is to ``keep``.

        Returns the directories that no project has any more.
        """
        bare = []
        for directory in [one for one in self._below(top) if one not in keep]:
            rest = tuple(p for p in self._places[directory] if p.project != project)
            if rest:
                self._places[directory] = rest
            else:
                del self._places[directory]
                bare.append(directory)
        return bare

    def _below(self, top: str) -> Iterator[str]:
        prefix = top.rstrip("/") + "/"
        for directory in list(self._places):
            if directory == top or directory.startswith(prefix):
                yield directory


def relative(root: str, directory: str) -> str:
    """The prefix of ``directory`` in a project: "" for its root, else with a final "/"."""
    if directory.startswith(root + "/"):  # all but watch paths outside the project
        return directory[len(root) + 1 :] + "/"
    path = os.path.relpath(directory, root).replace(os.sep, "/")
    return "" if path == "." else path + "/"
