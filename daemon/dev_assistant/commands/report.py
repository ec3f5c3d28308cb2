"""``report``: a page with charts, the dashboard and badges, from the statistics that stand in RUNS/."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from dev_assistant.commands.output import write, write_json
from dev_assistant.commands.targets import check_directory
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dev_assistant.service.publication import Publication

HELP = "write a page with charts, the dashboard and badges, from the statistics as they were last written"
EXAMPLES = """\
  dev-assistant report                       of the workspace, into RUNS/report
  dev-assistant report --project backend     of one project, into its RUNS/report
  dev-assistant report --output public       somewhere else, to be uploaded for instance
"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--project", metavar="NAME", help="of one project")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where to (default: RUNS/report)")


def run(args: argparse.Namespace) -> int:
    """0. Raises UserError when there is no such project or no statistics of it yet, and for a directory that
    cannot be written, or holds files of these names that are not ours.
    """
    from dev_assistant.service.publication import write_report  # noqa: PLC0415  msgspec: not for every --help

    if args.output is not None:
        check_directory(args.output)
    publication = _publication(args)
    written = write_report(publication, args.output and args.output.absolute())
    whole = publication.picture.whole
    if args.json:
        document = {
            "schema": "dev-assistant/report@1",
            "as_of": path_text(whole.as_of),
            "standing": whole.standing.mark.name.lower(),
            "files": {kind: path_text(str(path)) for kind, path in written.items()},
        }
        write_json(document)
    else:
        write("".join(f"{visible(str(path))}\n" for path in written.values()))
    return 0


def _publication(args: argparse.Namespace) -> Publication:
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic, as above
    from dev_assistant.service.publication import project_publication, workspace_publication  # noqa: PLC0415

    configuration = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    if args.project is None:
        return workspace_publication(configuration.root, configuration.projects)
    entries = {str(entry.project.name): entry for entry in configuration.projects}
    if args.project not in entries:
        raise UserError(f"no project {args.project!r}", hint=f"projects: {', '.join(entries) or 'none'}")
    return project_publication(entries[args.project])
