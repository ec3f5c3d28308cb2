"""``init [DIR]``: find the projects below a directory and write its workspace.json.

A manifest inside tests, examples or documents is data, not a project; and a repository that only holds other
projects is not one more project.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible
from dev_assistant.files import drop_temporaries, write_atomically
from dev_assistant.places import Runs
from dev_assistant.workspace.find import NAME

HELP = "find the projects below a directory and write workspace.json"
EXAMPLES = """\
  dev-assistant init              projects below the current directory
  dev-assistant init ~/work       projects below another one
  dev-assistant init --force      write workspace.json anew
"""

DEEPEST = 3  # levels below DIR
_MANIFESTS = frozenset({"pyproject.toml", "package.json", "setup.py"})
_NOT_PROJECTS = frozenset(
    {
        *("node_modules", "site-packages", "__pycache__", "venv", "env", "vendor", "third_party"),
        *("build", "dist", "target", "RUNS"),
        *("test", "tests", "testdata", "fixtures", "example", "examples", "doc", "docs", "templates"),
    }
)
_LONGEST_NAME = 100  # characters
_SCHEMA = "workspace.schema.json"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("directory", nargs="?", type=Path, default=Path(), metavar="DIR")
    parser.add_argument("--force", action="store_true", help="replace a workspace.json that is there")


def run(args: argparse.Namespace) -> int:
    """0. Raises UserError when DIR is no directory, cannot be written, or has a workspace.json already."""
    directory = Path(os.path.realpath(args.directory))
    file = directory / NAME
    if not directory.is_dir():
        raise UserError(f"{visible(str(directory))} is not a directory", hint="dev-assistant init DIR")
    if os.path.lexists(file) and not args.force:
        raise UserError(f"{visible(str(file))} exists", hint="dev-assistant init --force replaces it")
    projects = detect(directory)
    try:
        _write(file, projects)
    except OSError as error:
        raise UserError(
            f"{visible(str(file))} cannot be written: {error.strerror}",
            hint="choose a directory that you can write",
        ) from error
    _tell(file, projects, as_json=args.json)
    return 0


def detect(directory: Path) -> list[dict[str, str]]:
    """``{"name", "path"}`` of each project at most three levels below; without any, the directory itself."""
    paths = sorted(_below(directory, DEEPEST))
    if not paths:
        return [{"name": _shown_name(directory.name) or "root", "path": "."}]
    return [{"name": name, "path": f"./{path}"} for name, path in zip(_names_for(paths), paths, strict=True)]


def _below(directory: Path, depth: int, prefix: str = "") -> Iterator[str]:
    """Relative paths of the outermost projects; what cannot be read has none."""
    if depth == 0:
        return
    for entry in _directories(directory):
        path = f"{prefix}{entry.name}"
        names = _names(Path(entry.path))
        if "pyvenv.cfg" in names:
            continue
        if names & _MANIFESTS:
            yield path
            continue
        inner = list(_below(Path(entry.path), depth - 1, f"{path}/"))
        yield from inner or ([path] if ".git" in names else [])


def _directories(directory: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as entries:
            return [
                entry
                for entry in entries
                if not entry.name.startswith(".")
                and entry.name not in _NOT_PROJECTS
                and entry.is_dir(follow_symlinks=False)
                and path_text(entry.name) == entry.name
            ]
    except OSError:
        return []


def _names(directory: Path) -> set[str]:
    try:
        return set(os.listdir(directory))
    except OSError:
        return set()


def _names_for(paths: list[str]) -> list[str]:
    """The last part of each path, the whole path where two share it; numbered where only case differs."""
    last = [path.rpartition("/")[2] for path in paths]
    folded = [name.casefold() for name in last]
    names: list[str] = []
    for path, name in zip(paths, last, strict=True):
        wanted = _shown_name(path if folded.count(name.casefold()) > 1 else name)
        taken = {other.casefold() for other in names}
        free = (f"{wanted}-{n}" if n > 1 else wanted for n in itertools.count(1))
        names.append(next(name for name in free if name.casefold() not in taken))
    return names


def _shown_name(text: str) -> str:
    return visible(path_text(text)).strip()[-_LONGEST_NAME:].strip()


def _write(file: Path, projects: list[dict[str, str]]) -> None:
    from dev_assistant.service.workspace_schema import schema_text  # noqa: PLC0415  pydantic: slow to load

    runs = Runs(file.parent)
    runs.prepare()
    for path in (runs.root / _SCHEMA, file):  # what an init that was killed left
        drop_temporaries(path.parent, of=path.name)
    write_atomically(runs.root / _SCHEMA, schema_text().encode())
    rows = ",\n".join(f"    {json.dumps(project, ensure_ascii=False)}" for project in projects)
    schema = json.dumps(f"./{runs.root.name}/{_SCHEMA}")
    text = f'{{\n  "$schema": {schema},\n  "projects": [\n{rows}\n  ]\n}}\n'
    write_atomically(file, text.encode())


def _tell(file: Path, projects: list[dict[str, str]], *, as_json: bool) -> None:
    if as_json:
        document = {"schema": "dev-assistant/init@1", "file": path_text(str(file)), "projects": projects}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return
    lines = [f"wrote {visible(str(file))}"]
    lines += [f"  {visible(project['name'])}  {visible(project['path'])}" for project in projects]
    if len(projects) > 1 and _names(file.parent) & _MANIFESTS:
        lines += ['  what lies outside of these is not watched; add {"name": …, "path": "."} to include it']
    lines += ["next: dev-assistant start"]
    sys.stdout.write("\n".join(lines) + "\n")
