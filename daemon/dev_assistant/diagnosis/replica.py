"""A copy of what a workspace's verdicts rest on: the judged files, and the configuration above them.

What is measured is measured there, so that nobody's files are touched.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WORKSPACE = "workspace.json"
_CONFIGURATION = (".toml", _WORKSPACE, ".gitignore", ".ignore")
"""Ends of the names of files that decide how others are judged."""


@dataclass(frozen=True, slots=True)
class Replica:
    """``files`` are relative to ``root``; ``left_out`` counts those that lie outside of the workspace."""

    root: Path
    files: tuple[Path, ...]
    left_out: int

    @property
    def python(self) -> tuple[Path, ...]:
        return tuple(path for path in self.files if path.suffix in {".py", ".pyi"})


def replicate(
    origin: Path, document: Mapping[str, Any], *, root: Path, workspace: Path | None = None
) -> Replica:
    """Copy to ``root`` what a check document of the workspace at ``origin`` lists. Raises OSError.

    Its workspace.json is the file ``workspace``, else the one at ``origin``, else one of the projects.
    """
    roots = {project["name"]: project["root"] for project in document["projects"]}
    joined = (os.path.join(roots[file["project"]], file["path"]) for file in document["files"])
    listed = [Path(os.path.normpath(path)) for path in joined]
    root.mkdir(parents=True)
    files = tuple(sorted({path for path in listed if _copied(path, origin, root)}))
    for directory in {above for path in files for above in path.parents} | {Path()}:
        for name in _configuration(origin / directory):
            _copied(directory / name, origin, root)
    if workspace is not None and workspace.is_file():
        shutil.copyfile(workspace, root / _WORKSPACE)
    elif not (root / _WORKSPACE).exists():
        projects = [{"name": name, "path": path} for name, path in roots.items()]
        (root / _WORKSPACE).write_text(json.dumps({"projects": projects}), encoding="utf-8")
    return Replica(root, files, len({*listed} - {*files}))


def _copied(path: Path, origin: Path, root: Path) -> bool:
    """Regular files alone, and only those whose way there stays in the workspace."""
    source, target = origin / path, root / path
    if ".." in path.parts or path.is_absolute() or source.is_symlink() or not source.is_file():
        return False
    if not source.resolve().is_relative_to(origin.resolve()):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target)
    return True


def _configuration(directory: Path) -> Iterator[str]:
    with os.scandir(directory) as entries:
        yield from (entry.name for entry in entries if entry.name.endswith(_CONFIGURATION))
