"""The commands, from their argparse parsers: arguments, exit statuses and examples.

A command that is added to the command line stands here by itself. Its exit statuses are what the docstring of
its ``run`` says; the errors that this names are shown as the statuses they end with.
"""

from __future__ import annotations

import argparse
import importlib
import re
import textwrap
from collections.abc import Iterator
from types import ModuleType

from dev_assistant.cli import COMMANDS, command_parser
from dev_assistant.errors import DevAssistantError
from reference_pages.markdown import block, code, document, prose, sentence, slug, table

_INTRO = """\
`dev-assistant COMMAND`; `python -m dev_assistant COMMAND` is the same. Data goes to stdout, everything
else to stderr. Every command takes, before or after its name:

| option | meaning |
| --- | --- |
| `-w FILE`, `--workspace FILE` | the `workspace.json` or its directory; else the nearest one upwards |
| `--json` | machine-readable output: its forms stand in [formats](formats.md) |
| `-h`, `--help` | this, for one command |

Exit status 2 is for every command: usage, configuration, a tool that it cannot do without, or a defect of
dev-assistant (then a report file is named). The table of all statuses is in the
[README](../../README.md#exit-status)."""

_GLOBAL = {"help", "workspace", "json"}
_USAGE = 2
_BARE = {2: "", 3: "3 when it does not answer", 4: "4 when no daemon runs"}
"""What is said of an error that is named without words of its own."""

_NAMED = re.compile(r"\b([A-Z]\w+Error|NoDaemon)\b(?= ?([^ ]?))")


def page() -> str:
    names = [name for name, text in COMMANDS.items() if text]
    parts = [
        _INTRO,
        table(["command", ""], [[f"[`{name}`](#{slug(name)})", prose(COMMANDS[name])] for name in names]),
    ]
    for name in names:
        module = importlib.import_module(f"dev_assistant.commands.{name.replace('-', '_')}")
        parts += _command(name, module)
    return document("Commands", *parts)


def _command(name: str, module: ModuleType) -> Iterator[str]:
    parser = command_parser(name, module)
    yield f"## {name}"
    yield sentence(module.HELP)
    yield block(_synopsis(f"dev-assistant {name}", parser))
    yield _arguments(parser)
    yield f"**Exit status.** {statuses(module.run.__doc__ or '')}"
    yield "**Examples**"
    yield block(textwrap.dedent(module.EXAMPLES))
    for action, sub in _actions(parser):
        yield f"### {name} {action.dest}"
        yield sentence(action.help or "")
        yield block(_synopsis(f"dev-assistant {name} {action.dest}", sub))
        yield _arguments(sub)


def statuses(told: str) -> str:
    """The docstring of a ``run`` with the exit status in place of each error that it may raise."""
    text = re.sub(r"[Rr]aises as", "else as", " ".join(told.split()))
    text = _NAMED.sub(_status, re.sub(r"[Rr]aises (?=[A-Z])", "", text))
    sentences = [part.strip(" ,.") for part in re.split(r"(?<=\.) ", text)]
    return sentence("; ".join(part[0].lower() + part[1:] for part in sentences if part))


def _status(named: re.Match[str]) -> str:
    status: int = _errors().get(named[1], _USAGE)
    return str(status) if named[2].isalpha() else _BARE[status]


def _errors() -> dict[str, int]:
    """Every error of ours by name, with the exit status it ends with."""
    kinds: list[type[DevAssistantError]] = [DevAssistantError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.__name__: getattr(kind, "status", _USAGE) for kind in kinds}


def _actions(parser: argparse.ArgumentParser) -> Iterator[tuple[argparse.Action, argparse.ArgumentParser]]:
    """The sub-commands, each with its own parser."""
    for group in parser._actions:
        if isinstance(group, argparse._SubParsersAction):
            for action in group._get_subactions():
                yield action, group.choices[action.dest]


def _synopsis(words: str, parser: argparse.ArgumentParser) -> str:
    positionals = [_positional(action) for action in _own(parser) if not action.option_strings]
    options = any(action.option_strings for action in _own(parser))
    return " ".join([words, *positionals, *(["[OPTION…]"] if options else [])])


def _positional(action: argparse.Action) -> str:
    name = _named(action)
    return {"*": f"[{name}…]", "+": f"{name}…", "?": f"[{name}]"}.get(str(action.nargs), name)


def _arguments(parser: argparse.ArgumentParser) -> str:
    rows = [
        [_spelling(action), prose(_meaning(action))]
        for action in _own(parser)
        if not isinstance(action, argparse._SubParsersAction)
    ]
    return table(["argument", "meaning"], rows) if rows else ""


def _own(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """What a command does not share with all others, and does not keep to itself."""
    return [
        action
        for action in parser._actions
        if action.dest not in _GLOBAL and action.help is not argparse.SUPPRESS
    ]


def _spelling(action: argparse.Action) -> str:
    if not action.option_strings:
        return code(_positional(action))
    value = "" if action.nargs == 0 else f" {_named(action)}" + "…" * (action.nargs in {"+", "*"})
    return ", ".join(code(option + value) for option in action.option_strings)


def _named(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "|".join(map(str, action.choices))
    return action.dest.upper().replace("_", "-")


def _meaning(action: argparse.Action) -> str:
    told = (action.help or "").replace("%%", "%")
    if not told and isinstance(action.metavar, str) and action.default is not None:
        return f"{_default(action)} when not given"
    return told


def _default(action: argparse.Action) -> str:
    return "``.``" if str(action.default) == "." else f"``{action.default}``"
