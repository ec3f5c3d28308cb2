"""``clean``: delete what was remembered; the next start judges everything anew."""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from dev_assistant import failpoints
from dev_assistant.commands.output import root_of, write, write_json
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible
from dev_assistant.places import Runs, runtime_of
from dev_assistant.serve.client import held

HELP = "delete caches, and with --all or --kind also evidence, statistics and logs"
EXAMPLES = """\
  dev-assistant clean                            the caches of all projects: costs time, loses nothing
  dev-assistant clean --kind ruff                only what ruff said
  dev-assistant clean --kind deep --match 'src/*.py'   of these files only; * stands for / too
  dev-assistant clean --kind logs --match '*.log.*'    old logs
  dev-assistant clean --all                      everything below RUNS/, evidence included
  dev-assistant clean --dry-run                  only show what would go
"""
VERIFIERS = ("ruff", "oxlint", "rumdl", "css", "html", "data", "text", "deep")
_PLACES: dict[str, Callable[[Runs], Path]] = {
    "evidence": lambda runs: runs.evidence,
    "statistics": lambda runs: runs.stats,
    "logs": lambda runs: runs.log.parent,
}


class Removed(NamedTuple):
    """What went from one place: ``what`` is said of it, ``freed`` in bytes."""

    path: Path
    what: str
    freed: int


def configure(parser: argparse.ArgumentParser) -> None:
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--all", action="store_true", help="also evidence, statistics and logs")
    kinds = ("verdicts", *VERIFIERS, *_PLACES)
    chosen.add_argument(
        "--kind", choices=kinds, metavar="KIND", help=f"only this: {', '.join(kinds)} (a verifier's verdicts)"
    )
    parser.add_argument(
        "--match", metavar="GLOB", help="of verdicts those of these paths, else the files with these names"
    )
    parser.add_argument("--dry-run", action="store_true", help="delete nothing")


def run(args: argparse.Namespace) -> int:
    """0. Raises UserError while a daemon runs: it would go on writing what is deleted."""
    if args.match is not None and args.kind is None:
        raise UserError("--match says which of a kind", hint="add --kind verdicts, for instance")
    if args.match is not None and args.kind == "evidence":
        raise UserError(
            "evidence is a chain: a part of it cannot go", hint="log_retention_days lets the oldest days go"
        )
    root = root_of(args)
    if held(runtime_of(root)) and not args.dry_run:
        raise UserError("a daemon runs for this workspace", hint="dev-assistant stop")
    removed = [each for owner in _owners(args.workspace, root) for each in _removed(Runs(owner), args)]
    if args.json:
        document = {
            "schema": "dev-assistant/clean@1",
            "removed": [path_text(str(each.path)) for each in removed],
            "freed_bytes": sum(each.freed for each in removed),
            "dry_run": args.dry_run,
        }
        write_json(document)
    else:
        verb = "would remove" if args.dry_run else "removed"
        write("".join(f"{verb} {visible(_told(each))}\n" for each in removed))
    return 0


def _told(removed: Removed) -> str:
    freed = f"{removed.freed / 1e6:.1f} MB" if removed.freed else ""
    more = ", ".join(filter(None, (removed.what, freed)))
    return f"{removed.path} ({more})" if more else str(removed.path)


def _removed(runs: Runs, args: argparse.Namespace) -> Iterator[Removed]:
    if runs.root.is_symlink():
        return
    if args.all:
        yield from _trees([runs.root], dry_run=args.dry_run)
    elif args.kind in _PLACES:
        yield from _of_place(runs, args)
    elif args.kind is None or (args.kind == "verdicts" and args.match is None):
        yield from _trees([runs.database.parent], dry_run=args.dry_run)
    elif runs.database.is_file() and not runs.database.parent.is_symlink():
        yield from _verdicts(runs.database, args)


def _of_place(runs: Runs, args: argparse.Namespace) -> Iterator[Removed]:
    place = _PLACES[args.kind](runs)
    if args.match is None:
        if args.kind == "evidence" and not args.dry_run and runs.database.is_file():
            from dev_assistant.record.forgetting import forget_head  # noqa: PLC0415  msgspec, as above

            forget_head(runs.database)
        yield from _trees([place], dry_run=args.dry_run)
    elif place.is_dir() and not place.is_symlink():
        files = sorted(path for path in place.iterdir() if fnmatchcase(path.name, args.match))
        yield from _trees(files, dry_run=args.dry_run)


def _trees(paths: list[Path], *, dry_run: bool) -> Iterator[Removed]:
    for path in paths:
        if path.is_symlink() or not path.exists():
            continue
        removed = Removed(path, "", _size(path))
        if not dry_run:
            failpoints.hit("clean.delete")
            _remove(path)
        yield removed


def _verdicts(database: Path, args: argparse.Namespace) -> Iterator[Removed]:
    from dev_assistant.record.forgetting import forget  # noqa: PLC0415  msgspec: not for every --help

    verifiers = VERIFIERS if args.kind == "verdicts" else (args.kind,)
    pattern = args.match or "*"
    gone = forget(
        database,
        verifiers=verifiers,
        matches=lambda path: fnmatchcase(path, pattern),
        dry_run=args.dry_run,
    )
    if gone.verdicts or gone.files:
        what = f"{gone.verdicts:,} verdicts of {gone.files:,} files, {gone.older:,} of them on older bytes"
        yield Removed(database, what, gone.freed)


def _size(path: Path) -> int:
    """Bytes of a file, or of all files below a directory; links are not followed."""
    if not path.is_dir():
        return path.lstat().st_size
    return sum(os.lstat(os.path.join(top, name)).st_size for top, _, names in os.walk(path) for name in names)


def _remove(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError as error:
        raise UserError(
            f"{path} cannot be removed: {error.strerror}",
            hint="dev-assistant clean --dry-run shows what is left",
        ) from error


def _owners(workspace: Path | None, root: Path) -> list[Path]:
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic: not for every --help

    configuration = load(workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    return list(dict.fromkeys([root, *(Path(entry.project.root) for entry in configuration.projects)]))
