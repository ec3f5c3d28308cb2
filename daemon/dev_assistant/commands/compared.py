"""What ``gate`` and ``baseline`` share: a judgement of everything, and what it is compared with."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from dev_assistant.analysis.likeness import Sketch, sketch_of
from dev_assistant.commands.check import alone, by_daemon
from dev_assistant.commands.merge import joined_files
from dev_assistant.commands.output import root_of, seconds
from dev_assistant.files import Content, read
from dev_assistant.report.baseline import NAME, Baseline
from dev_assistant.report.comparison import Comparison, compare, known
from dev_assistant.report.documents import CheckDocument, read_document
from dev_assistant.report.merge import Key
from dev_assistant.report.moves import moves

_LARGEST = 16 << 20
"""Bytes of a file that is recognised after it was moved."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of every judgement of everything, and the baseline."""
    parser.add_argument(
        "--baseline", type=Path, metavar="FILE", help=f"default: {NAME} beside the workspace's root"
    )
    parser.add_argument(
        "--results", nargs="+", metavar="RESULTS", help="what batch-verify has found, instead of judging now"
    )
    parser.add_argument("--no-cache", action="store_true", help="believe and write no cache; uses no daemon")
    parser.add_argument("--timeout", type=seconds, default=600.0, metavar="S", help="seconds (default: 600)")
    parser.set_defaults(watch_dirs=None)


def add_since(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="REV", help="compare with this revision of git")


def since(args: argparse.Namespace, document: CheckDocument) -> Baseline:
    """What was known at ``args.since``, with the looks of the files that ``document`` has not any more.

    Raises UserError, with status 3 when the revision or a part of it is not known.
    """
    from dev_assistant.once import look_at  # noqa: PLC0415  everything: half a second of imports
    from dev_assistant.service.revision import NoRevisionError, Stored  # noqa: PLC0415

    there = {(file.project, file.path) for file in document.files}
    with look_at(
        Stored(args.since), workspace=args.workspace, cached=not args.no_cache, timeout=args.timeout
    ) as (copy, base):
        if doubts := _doubts(base):
            raise NoRevisionError(f"{args.since} is not known: {doubts}", hint="git checkout it, and check")
        kinds = known(base)
        gone = [key for key in kinds if key not in there]
        return Baseline(kinds, sketches(base, gone, root=Path(copy.copied(str(root_of(args))))), {})


def _doubts(document: CheckDocument) -> str:
    summary = document.summary
    unknown = summary.stale + summary.pending + summary.failed
    if document.meta.get("settled") is not True:
        return "time ran out"
    return f"{unknown} of its files could not be judged" if unknown else ""


def file_of(args: argparse.Namespace) -> Path:
    """The baseline that is meant."""
    return args.baseline if args.baseline is not None else root_of(args) / NAME


def present(args: argparse.Namespace) -> CheckDocument:
    """Everything as it is now, or as ``--results`` tell it; what is asked here leaves no dashboards behind.

    Raises UserError.
    """
    if args.results:
        return joined_files(args.results)
    told = by_daemon(args, [])
    return alone(args, [], reports=False) if told is None else read_document(told[1], source="the daemon")


def against(base: Baseline, document: CheckDocument, *, root: Path) -> Comparison:
    """``document``, of the workspace in ``root``, against what was known; moved files are recognised."""
    there = {(file.project, file.path) for file in document.files}
    gone = {key: sketch for key, sketch in base.sketches.items() if key not in there}
    arrived = [key for key in known(document) if key not in base.known] if gone else []
    return compare(base.known, document, moved=moves(gone, sketches(document, arrived, root=root)))


def sketches(document: CheckDocument, keys: Iterable[Key], *, root: Path) -> dict[Key, Sketch]:
    """Of the files of ``document`` as they are on disk; of what cannot be read there is none."""
    roots = {row.name: row.root for row in document.projects}
    found: dict[Key, Sketch] = {}
    for project, path in keys:
        match read(os.path.join(root, roots[project], path), limit=_LARGEST):
            case Content(data):
                found[project, path] = sketch_of(data)
            case _:
                continue
    return found
