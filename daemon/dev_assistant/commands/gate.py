"""``gate``: pass or fail, by conditions that stand in the settings. What is not known does not pass."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from dev_assistant.commands.compared import add_arguments, add_since, against, file_of, present, since
from dev_assistant.commands.output import coloured, root_of, write
from dev_assistant.errors import ConfigError
from dev_assistant.escape import path_text
from dev_assistant.report.baseline import EMPTY, NAME, Baseline, read_baseline
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.gate import GateVerdict, conditions
from dev_assistant.report.gate_document import gate_document, render_gate
from dev_assistant.service.configuration import Configuration, load

HELP = "pass or fail, by the conditions in the settings (gate_*)"
EXAMPLES = """\
  dev-assistant gate                     against the baseline of the workspace, if it has one
  dev-assistant gate --baseline FILE     against another one
  dev-assistant gate --since main        against another revision of git, whatever is checked out
  dev-assistant gate --json              conditions and new findings as a document
"""
_STATUS = {GateVerdict.PASSED: 0, GateVerdict.FAILED: 1, GateVerdict.UNKNOWN: 3}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_arguments(parser)
    add_since(parser)


def run(args: argparse.Namespace) -> int:
    """0 passed, 1 failed, 3 unknown. Raises UserError."""
    policy = _configured(args)
    document = present(args)
    base, told = _base(args, document)
    comparison = against(base, document, root=root_of(args))
    policies = {str(entry.project.name): entry.settings for entry in policy.projects}
    rows = conditions(document, comparison, policies=policies, common=policy.settings)
    answer = gate_document(rows, comparison, base=told, meta=document.meta)
    if args.json:
        write(encode(answer).decode() + "\n")
    else:
        write(render_gate(answer, colour=coloured()))
    return _STATUS[answer.verdict]


def _configured(args: argparse.Namespace) -> Configuration:
    configuration = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    if configuration.all_problems:
        raise ConfigError(list(configuration.all_problems))
    return configuration


def _base(args: argparse.Namespace, document: CheckDocument) -> tuple[Baseline, str]:
    """What is compared with, and its name. Without any everything is new."""
    if args.since is not None:
        return since(args, document), args.since
    file = file_of(args)
    if args.baseline is None and not os.path.lexists(file):
        sys.stderr.write("dev-assistant: there is no baseline, so that every finding is new\n")
        sys.stderr.write("  → dev-assistant baseline create\n")
        return EMPTY, "nothing"
    return read_baseline(file), path_text(str(args.baseline or NAME))
