"""``config show | validate | schema``: what holds, why, and what is wrong with it.

Reads the files itself and never asks the daemon, which goes on with its last good configuration.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dev_assistant.commands.output import add_profile
from dev_assistant.errors import Problem, UserError
from dev_assistant.escape import path_text, visible

if TYPE_CHECKING:
    from dev_assistant.service.configuration import Configuration, ConfiguredProject
    from dev_assistant.settings.fields import Settings
    from dev_assistant.settings.layers import Origin

HELP = "show, check and describe the configuration"
EXAMPLES = """\
  dev-assistant config show --origin            every setting, and where it comes from
  dev-assistant config show --project backend   one project
  dev-assistant config validate                 all mistakes at once; exit status 2 if there are any
  dev-assistant config schema                   JSON Schema of workspace.json, for editors
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    show = actions.add_parser("show", help="the settings that hold")
    show.add_argument("--origin", action="store_true", help="also where each value comes from")
    add_profile(show)
    show.add_argument("--project", metavar="NAME", help="only this project")
    actions.add_parser("validate", help="all mistakes at once")
    actions.add_parser("schema", help="JSON Schema of workspace.json")


def run(args: argparse.Namespace) -> int:
    """0, or 2 when the configuration has mistakes. Raises UserError for a project that is not there."""
    if args.action == "schema":
        return _schema()
    configuration = _load(args)
    if args.action == "validate":
        return _validate(configuration, as_json=args.json)
    return _show(configuration, args)


def _load(args: argparse.Namespace) -> Configuration:
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic: not for every --help

    watch_dirs = getattr(args, "watch_dirs", None) or ()
    overrides = {"profile": getattr(args, "profile", None)}
    return load(
        args.workspace, cwd=Path.cwd(), environ=os.environ, overrides=overrides, watch_dirs=watch_dirs
    )


def _schema() -> int:
    from dev_assistant.service.workspace_schema import schema_text  # noqa: PLC0415  pydantic, as above

    sys.stdout.write(schema_text())
    return 0


def _validate(configuration: Configuration, *, as_json: bool) -> int:
    problems = configuration.all_problems
    if as_json:
        _write_json(
            {
                "schema": "dev-assistant/config-validate@1",
                "ok": not problems,
                "problems": [_problem_document(problem) for problem in problems],
                "warnings": list(configuration.warnings),
            }
        )
    else:
        _write_lines(str(problem) for problem in problems)
        _write_lines(f"warning: {warning}" for warning in configuration.warnings)
        _write_lines([f"{len(problems)} mistake{'s' * (len(problems) > 1)}" if problems else "ok"])
    return 2 if problems else 0


def _show(configuration: Configuration, args: argparse.Namespace) -> int:
    projects = _wanted(configuration, args.project)
    if args.json:
        _write_json(_document(configuration, projects, origin=args.origin))
    else:
        _write_lines(_lines(configuration, projects, origin=args.origin))
    problems = [str(problem) for problem in configuration.all_problems]
    warnings = [f"warning: {warning}" for warning in configuration.warnings]
    sys.stderr.write("".join(f"{visible(line)}\n" for line in [*problems, *warnings]))
    return 2 if problems else 0


def _wanted(configuration: Configuration, name: str | None) -> tuple[ConfiguredProject, ...]:
    if name is None:
        return configuration.projects
    wanted = tuple(one for one in configuration.projects if one.project.name == name)
    if not wanted:
        known = ", ".join(one.project.name for one in configuration.projects) or "none"
        raise UserError(f"no project {visible(name)!r} in the workspace", hint=f"projects: {known}")
    return wanted


def _lines(
    configuration: Configuration, projects: Iterable[ConfiguredProject], *, origin: bool
) -> Iterable[str]:
    yield f"workspace {configuration.file or configuration.root}"
    yield from _setting_lines(configuration.settings, configuration.origins, origin=origin, wide=True)
    for one in projects:
        yield ""
        yield f"project {one.project.name} {one.project.root}"
        for path in one.project.watch_paths:
            yield f"  watches {path}{' (missing)' * (path in one.missing)}"
        yield from _setting_lines(one.settings, one.origins, origin=origin, wide=False)


def _setting_lines(
    settings: Settings, origins: Mapping[str, Origin], *, origin: bool, wide: bool
) -> Iterable[str]:
    for name, value in _values(settings, wide=wide).items():
        text = f"  {name} = {json.dumps(value, ensure_ascii=False)}"
        yield f"{text}  # {origins[name]}" if origin else text


def _document(
    configuration: Configuration, projects: Iterable[ConfiguredProject], *, origin: bool
) -> dict[str, object]:
    return {
        "schema": "dev-assistant/config@1",
        "root": path_text(str(configuration.root)),
        "workspace": None if configuration.file is None else path_text(str(configuration.file)),
        "settings": _settings_document(
            configuration.settings, configuration.origins, origin=origin, wide=True
        ),
        "projects": [
            {
                "name": one.project.name,
                "root": path_text(one.project.root),
                "watch": [path_text(path) for path in one.project.watch_paths],
                "missing": [path_text(path) for path in one.missing],
                "settings": _settings_document(one.settings, one.origins, origin=origin, wide=False),
            }
            for one in projects
        ],
        "problems": [_problem_document(problem) for problem in configuration.all_problems],
        "warnings": list(configuration.warnings),
    }


def _settings_document(
    settings: Settings, origins: Mapping[str, Origin], *, origin: bool, wide: bool
) -> dict[str, object]:
    values = _values(settings, wide=wide)
    if not origin:
        return values
    return {
        name: {"value": value, "origin": dataclasses.asdict(origins[name])} for name, value in values.items()
    }


def _problem_document(problem: Problem) -> dict[str, object]:
    return {**problem._asdict(), "text": str(problem)}


def _values(settings: Settings, *, wide: bool) -> dict[str, object]:
    """The settings of the daemon (``wide``) or of a project, as they would be written in a file."""
    from dev_assistant.settings.fields import AUTO, is_workspace_wide  # noqa: PLC0415  pydantic, as above

    values = settings.model_dump(mode="json")
    return {
        name: AUTO if value is None else value
        for name, value in values.items()
        if is_workspace_wide(name) is wide
    }


def _write_json(document: object) -> None:
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def _write_lines(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{visible(line)}\n" for line in lines))
