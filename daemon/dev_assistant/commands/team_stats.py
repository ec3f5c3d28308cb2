"""``team-stats``: a project's statistics, made anew from its cache and its evidence; nothing is judged."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dev_assistant.commands.output import seconds, write, write_json
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dev_assistant.report.stats import TeamStats
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
    told, refusals = [], []
    for name, aggregator in _aggregators(args).items():
        try:
            page = aggregator.generate_report()
            stats = aggregator.collector.collect_team_stats(aggregator.collector.collect_file_stats())
        except UserError as error:
            refusals.append(error)
        else:
            told.append((name, page, stats))
    if refusals and not told:
        raise refusals[0]
    for refusal in refusals:
        sys.stderr.write(f"dev-assistant: {visible(str(refusal))}\n")
    if args.json:
        documents = [_document(*each) for each in told]
        write_json({"schema": "dev-assistant/team-stats-written@1", "projects": documents})
    else:
        write("".join(f"{_line(*each)}\n" for each in told))
    return 3 if refusals else 0


def _aggregators(args: argparse.Namespace) -> dict[str, TeamStatsAggregator]:
    from dev_assistant.service.team_stats import TeamStatsAggregator  # noqa: PLC0415  not for every --help

    if args.cache_dir is None and (args.evidence_dir or args.output_dir):
        raise UserError("--evidence-dir and --output-dir belong to --cache-dir", hint="add --cache-dir DIR")
    if args.cache_dir is not None and args.projects:
        raise UserError("--cache-dir says which project", hint="leave out the names")
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


def _line(name: str, page: Path, stats: TeamStats) -> str:
    score = "unknown" if stats.avg_quality_score is None else f"{stats.avg_quality_score:.2f}"
    told = f"{stats.total_files:,} files, score {score}, {stats.total_violations:,} findings"
    return visible(f"{name}: {told}: {page}" if name else f"{told}: {page}")


def _document(name: str, page: Path, stats: TeamStats) -> dict[str, object]:
    return {
        "name": path_text(name),
        "dashboard": path_text(str(page)),
        "total_files": stats.total_files,
        "avg_quality_score": stats.avg_quality_score,
        "pass_rate": stats.pass_rate,
        "total_violations": stats.total_violations,
        "total_security_issues": stats.total_security_issues,
        "cache_hit_rate": stats.cache_hit_rate,
    }
