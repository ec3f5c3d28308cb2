"""``explain RULE``: why a rule matters, an example, and the way out."""

from __future__ import annotations

import argparse

from dev_assistant.commands.output import write, write_json
from dev_assistant.escape import visible

HELP = "what a rule is about"
EXAMPLES = """\
  dev-assistant explain DA102           one of ours
  dev-assistant explain S101 MD042      ruff's and rumdl's, in their words
  dev-assistant explain DA104 --json
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rules", nargs="+", metavar="RULE", help="as findings name it")


def run(args: argparse.Namespace) -> int:
    """0. Raises UserError for a rule that nobody has, ToolError when its tool is not there."""
    from dev_assistant.verify.explanation import explain  # noqa: PLC0415  every table of rules: not for --help

    found = [explain(rule) for rule in args.rules]
    if args.json:
        write_json({"schema": "dev-assistant/explain@1", "rules": [each._asdict() for each in found]})
        return 0
    for each in found:
        head = f"{each.rule} {each.name} ({each.source}, {each.category})"
        lines = (visible(line) for line in each.text.splitlines())
        write(f"{head}\n\n" + "\n".join(lines) + "\n\n")
    return 0
