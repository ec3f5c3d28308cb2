"""Which files a single look is about, when it is not about all that the workspace holds."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

from dev_assistant.model import Project, RelPath
from dev_assistant.report.sharding import WHOLE, Shard


@dataclass(frozen=True, slots=True)
class Selection:
    """``paths`` are absolute files and directories, none for everything; ``without`` are absolute files.

    What is not selected is neither looked at nor forgotten.
    """

    paths: tuple[str, ...] = ()
    shard: Shard = WHOLE
    without: frozenset[str] = frozenset()

    @property
    def sharded(self) -> bool:
        return self.shard.of > 1

    def shards(self, projects: Iterable[str]) -> dict[str, frozenset[Shard]]:
        """Which part of each project is looked at; nothing where it is the whole."""
        return dict.fromkeys(projects, frozenset((self.shard,))) if self.sharded else {}

    def holds(self, project: Project, path: RelPath) -> bool:
        """Whether a file of the project is to be judged."""
        if not self.shard.holds(project.name, path):
            return False
        if not self.paths and not self.without:
            return True
        absolute = os.path.normpath(f"{project.root}/{path}")
        if absolute in self.without:
            return False
        return not self.paths or any(f"{absolute}/".startswith(f"{top.rstrip('/')}/") for top in self.paths)


EVERYTHING = Selection()
