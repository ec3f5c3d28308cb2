"""Workspaces of real code: wheels of well-known packages, unpacked into one project each.

The workspace lies in a temporary directory, not below this repository: there a .gitignore would hide it
from tools that honour one, and the figures would compare nothing with something.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"
PACKAGES = ("django", "sympy", "sqlalchemy")
SELECT = ("E4", "E7", "E9", "F")
SAMPLE_BYTES = range(5_000, 20_000)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace on disk. ``python_files`` counts what ruff would judge."""

    root: Path
    projects: tuple[str, ...]
    python_files: int

    @property
    def file(self) -> Path:
        return self.root / "workspace.json"

    def sample(self, size: int, *, seed: int = 1) -> list[Path]:
        """Up to ``size`` modules of 5 to 20 kB, relative to the root: the same ones for the same wheels."""
        found = sorted(path.relative_to(self.root) for path in self.root.rglob("*.py") if _ordinary(path))
        return random.Random(seed).sample(found, min(size, len(found)))


def wheels(directory: Path | None) -> list[Path]:
    """The wheels in ``directory``; without one those of PACKAGES, downloaded once with pip and kept."""
    source = RESULTS / "wheels" if directory is None else directory
    if directory is None and not all(any(source.glob(f"{package}-*.whl")) for package in PACKAGES):
        source.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        subprocess.run([*command, "--dest", str(source), *PACKAGES], check=True)
    found = sorted(source.glob("*.whl"))
    if not found:
        raise SystemExit(f"no wheels in {source}")
    return found


def build(root: Path, *, sources: list[Path], copies: int = 1) -> Workspace:
    """Unpack each wheel ``copies`` times into a project of its own below ``root``."""
    projects = []
    for wheel in sources:
        name = wheel.name.partition("-")[0]
        _unpack(wheel, root / name, copies=copies)
        projects.append(name)
    entries = [{"name": name, "path": f"./{name}"} for name in projects]
    (root / "workspace.json").write_text(json.dumps({"projects": entries}, indent=2))
    return Workspace(root, tuple(projects), sum(1 for _ in root.rglob("*.py")))


def _unpack(wheel: Path, project: Path, *, copies: int) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = [name for name in archive.namelist() if ".dist-info/" not in name]
        for copy in range(copies):
            archive.extractall(project / f"copy{copy}" if copies > 1 else project, members)
    select = json.dumps(SELECT)
    (project / "pyproject.toml").write_text(f"[tool.ruff.lint]\nselect = {select}\n")


def _ordinary(path: Path) -> bool:
    """Not a package's __init__, which ruff judges by other rules, and without a switch for the whole file."""
    if path.name == "__init__.py" or path.stat().st_size not in SAMPLE_BYTES:
        return False
    text = path.read_text("utf-8", "replace")
    return "ruff: noqa" not in text and "flake8: noqa" not in text
