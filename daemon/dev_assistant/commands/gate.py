"""``gate``: pass or fail, by conditions that stand in the settings. What is not known does not pass."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dev_assistant.commands.compared import add_arguments, add_since, against, file_of, present, since
from dev_assistant.commands.output import coloured, root_of, write
from dev_assistant.commands.outputs import add_option, outputs, takes_stdout, write_outputs
from dev_assistant.errors import ConfigError
from dev_assistant.escape import path_text
from dev_assistant.report.baseline import EMPTY, NAME, Baseline, read_baseline
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument
from dev_assistant.report.gate import GateVerdict, conditions
from dev_assistant.report.gate_document import gate_document, render_gate
from dev_assistant.report.novelty import only_new
from dev_assistant.service.configuration import Configuration, ConfiguredProject, load
from dev_assistant.service.revision import Stored, copy_out
from dev_assistant.service.setting_files import PYPROJECT
from dev_assistant.settings.fields import JUDGING
from dev_assistant.workspace.find import NAME as WORKSPACE

HELP = "pass or fail, by the conditions in the settings (gate_*)"
EXAMPLES = """\
  dev-assistant gate                     against the baseline of the workspace, if it has one
  dev-assistant gate --baseline FILE     against another one
  dev-assistant gate --since main        against another revision of git, whatever is checked out
  dev-assistant gate --since main --policy-from main     and by its conditions: a change cannot loosen them
  dev-assistant gate --results part*.json     of what batch-verify has found, on other machines too
  dev-assistant gate -o github=FILE      the new findings alone, in a form for platforms
  dev-assistant gate --json              conditions and new findings as a document
"""
_STATUS = {GateVerdict.PASSED: 0, GateVerdict.FAILED: 1, GateVerdict.UNKNOWN: 3}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    add_arguments(parser)
    add_since(parser)
    add_option(parser)
    parser.add_argument(
        "--policy-from", metavar="REV", help="demand what this revision does: its settings and its baseline"
    )


@dataclass(frozen=True, slots=True)
class _Policy:
    """What is demanded; ``baseline`` is the one that came with it, None where there is none.

    ``changed`` are, by project, the settings that decide what is judged and are not those of the policy.
    """

    configuration: Configuration
    baseline: Baseline | None
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def run(args: argparse.Namespace) -> int:
    """0 passed, 1 failed, 3 unknown. Raises UserError."""
    chosen = outputs(args.out, as_json=args.json)
    policy = _policy(args)
    document = present(args)
    base, told = _base(args, document, policy)
    comparison = against(base, document, root=root_of(args))
    policies = {str(entry.project.name): entry.settings for entry in policy.configuration.projects}
    common = policy.configuration.settings
    rows = conditions(document, comparison, policies=policies, common=common, changed=policy.changed)
    answer = gate_document(rows, comparison, base=told, meta=document.meta)
    if chosen:
        write_outputs(only_new(document, comparison), chosen, root=root_of(args))
    if args.json:
        write(encode(answer).decode() + "\n")
    elif not takes_stdout(chosen):
        write(render_gate(answer, colour=coloured()))
    return _STATUS[answer.verdict]


def _policy(args: argparse.Namespace) -> _Policy:
    """That of the tree, or of the revision that ``--policy-from`` names."""
    present_one = _configured(args.workspace, Path.cwd())
    file = file_of(args)
    if args.policy_from is None:
        asked = args.since is None and (args.baseline is not None or os.path.lexists(file))
        return _Policy(present_one, read_baseline(file) if asked else None)
    names = {PYPROJECT, WORKSPACE, file.name}
    with copy_out(present_one, Stored(args.policy_from), only=names) as copy:
        workspace = None if present_one.file is None else Path(copy.copied(str(present_one.file)))
        configuration = _configured(workspace, Path(copy.copied(str(present_one.root))))
        copy.refuse_strangers(configuration)
        former = Path(copy.copied(os.path.abspath(file)))
        baseline = read_baseline(former) if os.path.lexists(former) else None
        return _Policy(configuration, baseline, _changed(configuration, present_one))


def _changed(policy: Configuration, present: Configuration) -> dict[str, tuple[str, ...]]:
    """Of each project of both, what differs of that which decides what is judged."""
    now = {entry.project.name: _deciding(entry) for entry in present.projects}
    found: dict[str, tuple[str, ...]] = {}
    for entry in policy.projects:
        wanted, there = _deciding(entry), now.get(entry.project.name, {})
        found[entry.project.name] = tuple(name for name in there if there[name] != wanted[name])
    return found


def _deciding(entry: ConfiguredProject) -> dict[str, object]:
    """Settings by name; of the paths that are watched where they lie, seen from the project."""
    project = entry.project
    found = {name: getattr(entry.settings, name) for name in JUDGING}
    return found | {
        "watch_paths": sorted(os.path.relpath(path, project.root) for path in project.watch_paths)
    }


def _configured(workspace: Path | None, cwd: Path) -> Configuration:
    configuration = load(workspace, cwd=cwd, environ=os.environ, overrides={})
    if configuration.all_problems:
        raise ConfigError(list(configuration.all_problems))
    return configuration


def _base(args: argparse.Namespace, document: CheckDocument, policy: _Policy) -> tuple[Baseline, str]:
    """What is compared with, and its name. Without any everything is new."""
    if args.since is not None:
        return since(args, document), args.since
    if policy.baseline is not None:
        return policy.baseline, path_text(str(args.baseline or NAME))
    sys.stderr.write("dev-assistant: there is no baseline, so that every finding is new\n")
    sys.stderr.write("  → dev-assistant baseline create\n")
    return EMPTY, "nothing"
