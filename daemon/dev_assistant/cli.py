"""The command line: which command, its arguments, and how errors are told.

A command's module is imported only when it runs, so that ``status`` from a hook stays cheap.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import json
import os
import sys
from itertools import islice
from pathlib import Path

from dev_assistant import __version__, failpoints
from dev_assistant.errors import ToolError, UserError, refused
from dev_assistant.escape import path_text, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import NoReturn

    from _typeshed import SupportsWrite

COMMANDS = {
    "init": "find projects and write workspace.json",
    "start": "start the daemon in the background",
    "stop": "stop the daemon",
    "restart": "stop and start the daemon",
    "status": "what the daemon does and knows",
    "logs": "show or follow the log",
    "events": "follow verdicts as they are accepted",
    "dashboard": "show the generated dashboard",
    "report": "write a page with charts, the dashboard and badges",
    "team-stats": "write a project's statistics anew from its cache",
    "wait": "wait until every write so far is judged",
    "check": "findings of files, by the daemon or without one",
    "batch-verify": "verify every file once, for CI",
    "merge": "join the results of shards and machines",
    "gate": "pass or fail, by conditions; new findings against a baseline",
    "baseline": "findings to live with: write, update, compare, prune",
    "why": "why a file is judged as it is",
    "explain": "what a rule is about",
    "evidence": "prove that the evidence is whole, or tell a file's history",
    "config": "show, check and describe the configuration",
    "doctor": "look for what keeps the daemon from working well",
    "clean": "delete what was remembered",
    "bench": "measure how fast this workspace is judged",
    "daemon-run": "",
}
"""Name and help line; without one a command is for the program itself."""

_WIDE = 80
_EPILOG = """\
examples:
  dev-assistant init && dev-assistant start    watch all projects below this directory
  dev-assistant check src                      findings, also without a daemon
  dev-assistant wait && dev-assistant status   judge every write so far, then show it

exit status: 0 passed or done, 1 findings, 2 usage or configuration, 3 incomplete, 4 no daemon,
             5 nothing matched
"""


class Parser(argparse.ArgumentParser):
    """Tells of a mistake with the nearest word that would be right."""

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """argparse would pass over a help that cannot be shown."""
        (file or sys.stdout).write(self.format_help())
        sys.stdout.flush()

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"dev-assistant: {visible(message)}\n{self.format_usage()}")


class Formatter(argparse.RawDescriptionHelpFormatter):
    """As wide as the terminal. argparse would import shutil to find that out, 4 ms of every command."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """As ``shutil.get_terminal_size`` tells it."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or _WIDE  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        return _WIDE


def main(argv: list[str] | None = None) -> int:
    """Run a command; the exit status. Never raises for what a person or a tool did."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    _open_streams()
    try:
        return _dispatch(*_split(arguments))
    except UserError as error:
        return _tell(error, as_json="--json" in arguments)
    except ToolError as error:
        told = UserError(str(error), hint="dev-assistant doctor looks at all tools")
        return _tell(told, as_json="--json" in arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _give_up_stdout()
        return 141
    except OSError as error:
        refusal = _displaced() or refused(error)
        return _report(error, arguments) if refusal is None else _tell(refusal, as_json="--json" in arguments)
    except Exception as error:  # noqa: BLE001  our own mistake: a report, not a traceback in the face
        return _report(error, arguments)


def _open_streams() -> None:
    """What a stream cannot encode is written escaped; one that the caller has closed shows nothing."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  lives as long as we do
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _give_up_stdout() -> None:
    """Else the interpreter tries once more at its exit to write what is left, and complains."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _displaced() -> UserError | None:
    """The way out of a directory that is gone, as another terminal's ``git checkout`` leaves it behind."""
    try:
        os.getcwd()
    except FileNotFoundError:
        return UserError("the current directory is gone", hint="cd to a directory that exists")
    return None


def _split(arguments: list[str]) -> tuple[str | None, list[str]]:
    """The command, and all else with the global options first: they may stand before and after it."""
    leading: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--json" or word.startswith("--workspace="):
            leading.append(word)
        elif word in ("--workspace", "-w"):
            leading += [word, *islice(words, 1)]
        else:
            rest.append(word)
    if rest and not rest[0].startswith("-"):
        return rest[0], leading + rest[1:]
    return None, leading + rest


def _dispatch(name: str | None, rest: list[str]) -> int:
    _arm()
    if name is None:
        return _without_command(rest)
    if name not in COMMANDS:
        import difflib  # noqa: PLC0415  only for whoever mistyped

        near = difflib.get_close_matches(name, COMMANDS, 1)
        guess = f"did you mean {near[0]!r}?" if near else "dev-assistant --help lists all"
        raise UserError(f"no command {name!r}", hint=guess)
    module = _imported(name)
    args = command_parser(name, module).parse_args(rest)
    status: int = module.run(args)
    sys.stdout.flush()
    return status


def _imported(name: str) -> ModuleType:
    """The command's module, and all that comes with it: what lasts is not worth a collector's looks."""
    gc.disable()
    try:
        return importlib.import_module(f"dev_assistant.commands.{name.replace('-', '_')}")
    finally:
        gc.freeze()
        gc.enable()


def _arm() -> None:
    try:
        failpoints.arm(os.environ)
    except ValueError as error:
        raise UserError(str(error), hint=f"unset {failpoints.VARIABLE}") from error


def command_parser(name: str, module: ModuleType) -> Parser:
    """The parser of one command, with the options that all have."""
    parser = Parser(
        prog=f"dev-assistant {name}",
        description=module.HELP,
        epilog=f"examples:\n{module.EXAMPLES}" if module.EXAMPLES else None,
        formatter_class=Formatter,
    )
    _global_options(parser)
    module.configure(parser)
    return parser


def _global_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-w", "--workspace", type=Path, metavar="FILE", help="workspace.json, or its directory"
    )
    parser.add_argument("--json", action="store_true", help="machine-readable output")


def _without_command(rest: list[str]) -> int:
    if "--version" in rest:
        sys.stdout.write(f"dev-assistant {__version__}\n")
        return 0
    parser = Parser(
        prog="dev-assistant",
        description="A code-quality daemon: it watches your projects and never shows green without proof.",
        usage="dev-assistant [--workspace FILE] [--json] COMMAND …",
        epilog=_commands_text() + "\n" + _EPILOG,
        formatter_class=Formatter,
    )
    _global_options(parser)
    parser.add_argument("--version", action="store_true", help="print the version")
    parser.parse_args(rest)
    parser.print_help()
    return 0 if rest and rest[0] in ("-h", "--help") else 2


def _commands_text() -> str:
    return "commands:\n" + "".join(f"  {name:<12} {text}\n" for name, text in COMMANDS.items() if text)


def _tell(error: UserError, *, as_json: bool) -> int:
    """The message and the next step on stderr; the error's own exit status, else 2."""
    status: int = getattr(error, "status", 2)
    try:
        if as_json and status == 2:  # noqa: PLR2004  usage and configuration, see the epilog
            sys.stdout.write(_in_json(error))
        sys.stdout.flush()
    except OSError:  # stdout may be what the error is about
        _give_up_stdout()
    text = "".join(f"{visible(line)}\n" for line in str(error).splitlines())
    sys.stderr.write(f"dev-assistant: {text}")
    if error.hint:
        sys.stderr.write(f"  → {visible(error.hint)}\n")
    return status


def _in_json(error: UserError) -> str:
    document = {
        "schema": "dev-assistant/error@1",
        "error": path_text(str(error)),
        "hint": path_text(error.hint),
    }
    return json.dumps(document) + "\n"


def _report(error: Exception, arguments: list[str]) -> int:
    from dev_assistant.crash import write_report  # noqa: PLC0415  only when something broke

    path = write_report(error, arguments)
    sys.stderr.write(f"dev-assistant: internal error: {visible(repr(error))}\n  → a report is in {path}\n")
    return 2
