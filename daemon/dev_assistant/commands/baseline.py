"""``baseline create | update | diff | prune``: the findings to live with, in a file beside the sources."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from dev_assistant.commands.compared import add_arguments, against, file_of, present, sketches
from dev_assistant.commands.output import root_of, write
from dev_assistant.commands.targets import check_file
from dev_assistant.errors import ToolError, UserError
from dev_assistant.escape import path_text, visible
from dev_assistant.files import write_atomically
from dev_assistant.report.baseline import Baseline, encode_baseline, pruned, read_baseline
from dev_assistant.report.canonical import encode
from dev_assistant.report.comparison import Comparison, known
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.gate_document import new_row
from dev_assistant.report.markdown import plural
from dev_assistant.report.proof import configuration_errors, unproved
from dev_assistant.verify.registry import verifiers

HELP = "the findings to live with: write them down, compare with them, and drop what is fixed"
EXAMPLES = """\
  dev-assistant baseline create     write down what is there now
  dev-assistant baseline diff       what is new and what is fixed since; exit status 1 if anything is new
  dev-assistant baseline prune      drop what is fixed; nothing new comes in
  dev-assistant baseline update     accept what is new, drop what is fixed
"""
_SECONDS = 10.0


class IncompleteError(UserError):
    """Not everything is known, so that what is missing may only not have been looked at."""

    status = 3


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("action", choices=("create", "update", "diff", "prune"))
    parser.add_argument("--force", action="store_true", help="create: replace what is there")
    add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """0; 1 when ``diff`` finds anything new. Raises UserError, with status 3 when not everything is known,
    and with 2 where the configuration has mistakes.
    """
    file = file_of(args)
    before = _before(args, file)
    document = present(args)
    _refuse_doubts(document)
    if before is None:
        _write(file, _baseline_of(document, root_of(args)))
        write(f"{_shown(file)}: {plural(document.summary.findings, 'finding')} written down\n")
        return 0
    comparison = against(before, document, root=root_of(args))
    _tell(args, comparison)
    if args.action == "prune":
        _write(file, pruned(before, comparison))
    if args.action == "update":
        _write(file, _baseline_of(document, root_of(args)))
    return int(args.action == "diff" and bool(comparison.new))


def _before(args: argparse.Namespace, file: Path) -> Baseline | None:
    """What stands in the file; None: it is to be created."""
    if args.action != "create":
        return read_baseline(file)
    check_file(os.path.realpath(file))
    if os.path.lexists(file) and not args.force:
        raise UserError(f"{_shown(file)} exists", hint="dev-assistant baseline update, or create --force")
    return None


def _refuse_doubts(document: CheckDocument) -> None:
    if mistakes := configuration_errors(document.meta):
        raise UserError("\n".join(mistakes), hint="dev-assistant config validate")
    summary = document.summary
    unknown = summary.stale + summary.pending + summary.failed
    if unknown or unproved(document.meta):
        why = f": {plural(unknown, 'file is', 'files are')} unknown" if unknown else ""
        raise IncompleteError(f"not everything is known{why}", hint="dev-assistant check says why")


def _baseline_of(document: CheckDocument, root: Path) -> Baseline:
    kinds = known(document)
    return Baseline(kinds, sketches(document, kinds, root=root), _tools())


def _tools() -> dict[str, str]:
    """The version of every verifier that works here."""
    versions: dict[str, str] = {}
    for verifier in verifiers(timeout_seconds=_SECONDS):
        try:
            versions[verifier.name] = verifier.version()
        except ToolError:
            continue
        finally:
            verifier.close()
    return versions


def _write(file: Path, baseline: Baseline) -> None:
    write_atomically(file, encode_baseline(baseline))


def _tell(args: argparse.Namespace, comparison: Comparison) -> None:
    if args.json:
        fixed = [
            {"project": project, "path": path, "rule": rule, "message": message, "count": times}
            for (project, path), (rule, message), times in comparison.fixed
        ]
        new = list(map(new_row, comparison.new))
        body = {"schema": "dev-assistant/baseline-diff@1", "new": new, "fixed": fixed}
        write(encode(body).decode() + "\n")
        return
    for row in map(new_row, comparison.new):
        place = f"{visible(row.project)}: {visible(row.path)}:{row.line}:{row.column}"
        write(f"new: {place}: {visible(row.rule)} {visible(row.message)}\n")
    for (project, path), (rule, message), times in comparison.fixed:
        write(f"fixed: {visible(project)}: {visible(path)}: {times} of {visible(rule)} {visible(message)}\n")
    fixed_count = sum(lost.times for lost in comparison.fixed)
    write(f"{len(comparison.new):,} new, {fixed_count:,} fixed, {comparison.kept:,} kept\n")


def _shown(file: Path) -> str:
    return visible(path_text(str(file)))
