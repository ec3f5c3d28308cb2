"""``clean``: delete what was remembered; the next start judges everything anew."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.commands.output import root_of, write, write_json
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible
from dev_assistant.places import Runs, runtime_of
from dev_assistant.serve.client import held

HELP = "delete caches, and with --all also evidence, statistics and logs"
EXAMPLES = """\
  dev-assistant clean            the caches of all projects: costs time, loses nothing
  dev-assistant clean --all      everything below RUNS/, evidence included
  dev-assistant clean --dry-run  only show what would go
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also evidence, statistics and logs")
    parser.add_argument("--dry-run", action="store_true", help="delete nothing")


def run(args: argparse.Namespace) -> int:
    """0. Raises UserError while a daemon runs: it would go on writing what is deleted."""
    root = root_of(args)
    if held(runtime_of(root)) and not args.dry_run:
        raise UserError("a daemon runs for this workspace", hint="dev-assistant stop")
    targets = [path for owner in _owners(args.workspace, root) for path in _targets(Runs(owner), args.all)]
    for path in targets:
        if not args.dry_run:
            failpoints.hit("clean.delete")
            _remove(path)
    if args.json:
        document = {
            "schema": "dev-assistant/clean@1",
            "removed": [path_text(str(path)) for path in targets],
            "dry_run": args.dry_run,
        }
        write_json(document)
    else:
        verb = "would remove" if args.dry_run else "removed"
        write("".join(f"{verb} {visible(str(path))}\n" for path in targets))
    return 0


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except OSError as error:
        raise UserError(
            f"{path} cannot be removed: {error.strerror}",
            hint="dev-assistant clean --dry-run shows what is left",
        ) from error


def _owners(workspace: Path | None, root: Path) -> list[Path]:
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic: not for every --help

    configuration = load(workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    return list(dict.fromkeys([root, *(Path(entry.project.root) for entry in configuration.projects)]))


def _targets(runs: Runs, everything: bool) -> list[Path]:
    if runs.root.is_symlink():
        return []
    path = runs.root if everything else runs.database.parent
    return [path] if path.is_dir() and not path.is_symlink() else []
