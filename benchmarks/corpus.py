"""Trees of real code: modules from wheels of well-known packages, as a workspace of several projects.

The same size gives the same tree on every machine. A tree is built once in the user's cache directory and
copied from there for every use. It never lies below this repository: there a .gitignore would hide it from
tools that honour one, and the figures would compare nothing with something.
"""

from __future__ import annotations

import functools
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

CACHE = platformdirs.user_cache_path("dev-assistant") / "benchmarks"
PACKAGES = ("django==5.2.19", "sympy==1.14.0", "sqlalchemy==2.1.9")
SELECT = ("E4", "E7", "E9", "F")
SAMPLE_BYTES = range(5_000, 20_000)
PROJECTS = 10
IGNORED = 30_000
IN_PACKAGE = 10
"""Directories of one package in the fake node_modules."""

Member = tuple[Path, str]
"""A wheel, and the name of a module in it."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace on disk. ``python_files`` counts what ruff would judge."""

    root: Path
    projects: tuple[str, ...]
    python_files: int

    @property
    def file(self) -> Path:
        return self.root / "workspace.json"

    def modules(self) -> list[Path]:
        """All of them, relative to the root and sorted."""
        return sorted(path.relative_to(self.root) for path in self.root.rglob("*.py"))

    def sample(self, size: int, *, seed: int = 1) -> list[Path]:
        """Up to ``size`` modules of 5 to 20 kB, relative to the root: the same ones for the same tree."""
        found = [path for path in self.modules() if _ordinary(self.root / path)]
        return random.Random(seed).sample(found, min(size, len(found)))


def tree(root: Path, files: int, *, repeated: int | None = None, wheels: Path | None = None) -> Workspace:
    """A fresh copy of the tree with so many modules at ``root``.

    ``repeated``: only so many different modules, copied as often as it takes, so that trees of all sizes
    hold the same bytes per file.
    """
    sources = _wheels(wheels)
    cached = CACHE / "trees" / _name(sources, files, repeated)
    if not cached.is_dir():
        _build(cached, _spread(list(_chosen(_members(sources), files, repeated)), files))
    root.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-Rp", str(cached), str(root)], check=True)
    names = tuple(sorted(entry.name for entry in root.iterdir() if entry.is_dir()))
    return Workspace(root, names, files)


def ignore_directories(project: Path, directories: int = IGNORED) -> None:
    """Put a node_modules of so many directories into a project, and a .gitignore that names it."""
    (project / ".gitignore").write_text("node_modules/\n")
    for number in range(0, directories, IN_PACKAGE):
        package = project / "node_modules" / f"package{number:05d}"
        for inner in range(IN_PACKAGE - 1):
            (package / f"lib{inner}").mkdir(parents=True)
        (package / "package.json").write_text("{}\n")


def _wheels(directory: Path | None) -> list[Path]:
    """The wheels in ``directory``; without one those of PACKAGES, downloaded once with pip and kept."""
    source = CACHE / "wheels" if directory is None else directory
    found = sorted(source.glob("*.whl"))
    if directory is None and len(found) < len(PACKAGES):
        source.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", str(source), *PACKAGES], check=True)
        found = sorted(source.glob("*.whl"))
    if not found:
        raise SystemExit(f"no wheels in {source}")
    return found


def _name(sources: list[Path], files: int, repeated: int | None) -> str:
    versions = "-".join("_".join(wheel.name.split("-")[:2]) for wheel in sources)
    return f"{files}-of-{repeated or 'all'}-{versions}"


@functools.cache
def _archive(wheel: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(wheel)


def _members(sources: list[Path]) -> list[Member]:
    return [
        (wheel, name)
        for wheel in sources
        for name in sorted(_archive(wheel).namelist())
        if name.endswith(".py")
    ]


def _chosen(members: list[Member], files: int, repeated: int | None) -> Iterator[tuple[str, Member]]:
    """So many modules with the directory of their copy: whole copies, and of the last one a sample."""
    pool = members if repeated is None else sorted(random.Random(2).sample(members, repeated))
    for copy in itertools.count():
        left = files - copy * len(pool)
        if left <= 0:
            return
        part = pool if left >= len(pool) else sorted(random.Random(1).sample(pool, left))
        yield from ((f"copy{copy}", member) for member in part)


def _spread(chosen: list[tuple[str, Member]], files: int) -> Iterator[tuple[str, Member]]:
    """Neighbours stay together: each project is one stretch of the list."""
    for index, (copy, member) in enumerate(chosen):
        yield f"project{index * PROJECTS // files}/{copy}", member


def _build(root: Path, modules: Iterator[tuple[str, Member]]) -> None:
    """Write the tree beside its place first: one that was interrupted must not look finished."""
    root.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=root.parent))
    for directory, (wheel, name) in modules:
        target = made / directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_archive(wheel).read(name))
    projects = sorted(entry.name for entry in made.iterdir())
    for project in projects:
        (made / project / "pyproject.toml").write_text(f"[tool.ruff.lint]\nselect = {json.dumps(SELECT)}\n")
    entries = [{"name": name, "path": f"./{name}"} for name in projects]
    (made / "workspace.json").write_text(json.dumps({"projects": entries}, indent=2))
    made.chmod(0o755)
    try:
        os.rename(made, root)
    except OSError:  # another run was faster
        shutil.rmtree(made)


def _ordinary(path: Path) -> bool:
    """Not a package's __init__, which ruff judges by other rules, and without a switch for the whole file."""
    if path.name == "__init__.py" or path.stat().st_size not in SAMPLE_BYTES:
        return False
    text = path.read_text("utf-8", "replace")
    return "ruff: noqa" not in text and "flake8: noqa" not in text
