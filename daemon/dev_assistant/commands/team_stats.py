"""``team-stats``: a project's statistics, made anew from its cache and its evidence; nothing is judged."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dev_assistant.commands.output import seconds, write, write_json
from dev_assistant.commands.targets import check_directory
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dev_assistant.service.team_stats import TeamStatsAggregator

HELP = "write a project's dashboard, statistics, problem files and trends anew from its cache and evidence"
EXAMPLES = """\
  dev-assistant team-stats                 every project of the workspace, each into its RUNS/stats
  dev-assistant team-stats backend         one of them
  dev-assistant team-stats --authors       and who wrote the lines with findings, by git blame of HEAD
  python -m dev_assistant.team_stats_aggregator \\
      --cache-dir RUNS/.cache --evidence-dir RUNS/evidence --output-dir build/stats
"""
_SECONDS = 60.0
_UNKNOWN = ("stale", "pending", "failed")
_NUMBERS = (
    "total_files",
    *_UNKNOWN,
    "avg_quality_score",
    "pass_rate",
    "total_violations",
    "total_security_issues",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help="names (default: all)")
    parser.add_argument("--cache-dir", type=Path, metavar="DIR", help="of one project, instead of names")
    parser.add_argument(
        "--evidence-dir", type=Path, metavar="DIR", help="with --cache-dir (default: its neighbour evidence)"
    )
    parser.add_argument(
        "--output-dir", type=Path, metavar="DIR", help="with --cache-dir (default: its neighbour stats)"
    )
    parser.add_argument("--authors", action="store_true", help="also say who wrote the lines with findings")
    parser.add_argument(
        "--authors-seconds",
        type=seconds,
        default=_SECONDS,
        metavar="S",
        help=f"how long git may take for that in each project (default: {_SECONDS:g})",
    )


def run(args: argparse.Namespace) -> int:
    """0; 3 when only some of the projects had a cache to read. Raises UserError when none had."""
    told: list[dict[str, object]] = []
    refusals: list[UserError] = []
    for name, aggregator in _aggregators(args).items():
        try:
            told.append(_document(name, aggregator.generate_report()))
        except UserError as error:
            refusals.append(error)
    if refusals and not told:
        raise refusals[0]
    for refusal in refusals:
        sys.stderr.write(f"dev-assistant: {visible(str(refusal))}\n")
    if args.json:
        write_json({"schema": "dev-assistant/team-stats-written@1", "projects": told})
    else:
        write("".join(f"{visible(_line(each))}\n" for each in told))
    return 3 if refusals else 0


def _aggregators(args: argparse.Namespace) -> dict[str, TeamStatsAggregator]:
    from dev_assistant.service.team_stats import TeamStatsAggregator  # noqa: PLC0415  not for every --help

    if args.cache_dir is None and (args.evidence_dir or args.output_dir):
        raise UserError("--evidence-dir and --output-dir belong to --cache-dir", hint="add --cache-dir DIR")
    if args.cache_dir is not None and args.projects:
        raise UserError("--cache-dir says which project", hint="leave out the names")
    if args.output_dir is not None:
        check_directory(args.output_dir)
    given = {"": args.cache_dir} if args.cache_dir else _caches(args)
    return {
        name: TeamStatsAggregator(
            cache,
            args.evidence_dir or cache.parent / "evidence",
            args.output_dir or cache.parent / "stats",
            attribution_seconds=args.authors_seconds if args.authors else None,
            workspace=args.workspace,
        )
        for name, cache in given.items()
    }


def _caches(args: argparse.Namespace) -> dict[str, Path]:
    """The cache directories of the projects that are meant, by name."""
    from dev_assistant.places import Runs  # noqa: PLC0415
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic, as above

    entries = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={}).projects
    caches = {
        str(entry.project.name): Runs(Path(entry.project.root)).database.parent
        for entry in entries
        if entry.settings.enabled
    }
    for name in args.projects:
        if name not in caches:
            raise UserError(f"no project {name!r}", hint=f"projects: {', '.join(caches) or 'none'}")
    return {name: caches[name] for name in args.projects or caches}


def _document(name: str, page: Path) -> dict[str, object]:
    """What was written, in short."""
    written = json.loads((page.parent / "team_stats.json").read_bytes())
    return {
        "name": path_text(name),
        "dashboard": path_text(str(page.absolute())),
        **{key: written[key] for key in _NUMBERS},
        "cache_hit_rate": written["meta"]["cache_hit_rate"],
    }


def _line(document: Mapping[str, object]) -> str:
    score = document["avg_quality_score"]
    unknown = "".join(f", {document[state]:,} {state}" for state in _UNKNOWN if document[state])
    told = (
        f"{document['total_files']:,} files{unknown}, "
        f"score {'unknown' if score is None else f'{score:.2f}'}, "
        f"{document['total_violations']:,} findings: {document['dashboard']}"
    )
    return f"{document['name']}: {told}" if document["name"] else told
