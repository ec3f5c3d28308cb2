"""``evidence verify`` and ``evidence show``: what was judged, and the proof that nobody changed the record.

Neither needs a daemon, and neither writes. A line at a time is read: evidence may be hundreds of megabytes.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from dev_assistant.commands.output import seconds, write, write_json, write_json_line
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dev_assistant.record.chain import Break, Inspection
    from dev_assistant.record.history import Told
    from dev_assistant.record.rederivation import Rederivation
    from dev_assistant.service.configuration import Configuration, ConfiguredProject

HELP = "prove that the evidence is whole, or tell a file's history"
EXAMPLES = """\
  dev-assistant evidence verify            the chains of all projects; exit 1 when one is broken
  dev-assistant evidence verify backend    of one project
  dev-assistant evidence verify --rerun    and judge again, without any cache, what still has those bytes
  dev-assistant evidence show src/app.py   every verdict on a file, the newest last
"""
_SHOWN = 100
"""Breaks that are told of each project: a file of nonsense has one in every line."""


@dataclass(slots=True)
class Account:
    """What one project's evidence is found to be. ``newest`` holds the last verdict on each path."""

    entry: ConfiguredProject
    inspection: Inspection
    newest: dict[str, Told] = field(default_factory=dict)
    breaks: list[Break] = field(default_factory=list)
    more: int = 0
    grave: bool = False
    notes: list[str] = field(default_factory=list)
    unreadable: str = ""
    again: Rederivation | None = None

    @property
    def wrong(self) -> bool:
        return self.grave or bool(self.again and self.again.differed)


def configure(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    verify = actions.add_parser("verify", help="check the chains, offline")
    verify.add_argument("projects", nargs="*", metavar="PROJECT", help="names (default: all)")
    verify.add_argument(
        "--rerun", action="store_true", help="derive the newest verdicts again, without cache"
    )
    verify.add_argument("--timeout", type=seconds, default=600.0, metavar="S", help="for --rerun, in seconds")
    show = actions.add_parser("show", help="a file's history")
    show.add_argument("path", metavar="PATH", help="a file, also one that is gone")


def run(args: argparse.Namespace) -> int:
    """Verify: 0 whole, 1 broken or derived otherwise, 3 something could not be read or judged, 5 no line.

    Show: 5 when nothing was ever told of the path. Raises UserError.
    """
    from dev_assistant.service.configuration import load  # noqa: PLC0415  pydantic: not for every --help

    configuration = load(args.workspace, cwd=Path.cwd(), environ=os.environ, overrides={})
    if args.action == "show":
        return _show(configuration, args.path, as_json=args.json)
    accounts = [_inspected(entry) for entry in _chosen(configuration, args.projects)]
    if args.rerun:
        _rerun(accounts, workspace=args.workspace, timeout=args.timeout)
    if args.json:
        write_json({"schema": "dev-assistant/evidence-verify@1", "projects": list(map(_document, accounts))})
    else:
        write("".join(f"{line}\n" for account in accounts for line in _told(account)))
    return _status(accounts)


def _chosen(configuration: Configuration, names: list[str]) -> list[ConfiguredProject]:
    entries = {str(entry.project.name): entry for entry in configuration.projects}
    for name in names:
        if name not in entries:
            raise UserError(f"no project {name!r}", hint=f"projects: {', '.join(entries) or 'none'}")
    return [entries[name] for name in names or entries]


def _inspected(entry: ConfiguredProject) -> Account:
    from dev_assistant.places import Runs  # noqa: PLC0415
    from dev_assistant.record.chain import Inspection, Kind  # noqa: PLC0415
    from dev_assistant.record.history import told_by  # noqa: PLC0415
    from dev_assistant.record.lines import EvidenceLine  # noqa: PLC0415
    from dev_assistant.record.reader import VerdictReader  # noqa: PLC0415

    runs, name = Runs(Path(entry.project.root)), entry.project.name

    def keep(file: str, number: int, line: EvidenceLine) -> None:
        if line.project == name:
            account.newest.update(told_by(file, number, line))

    reader = VerdictReader(runs.database)
    head = reader.head()  # before the walk: a daemon may be writing, and adds behind it
    reader.close()
    account = Account(entry, Inspection(runs.evidence, head=head, each=keep))
    try:
        found = account.inspection.run()
        for one in islice(found, _SHOWN):
            account.breaks.append(one)
            account.grave |= one.kind is not Kind.TORN
        account.more = sum(1 for _ in found)
    except OSError as error:
        account.unreadable = f"{runs.evidence}: {error.strerror or error}"
    account.notes += _notes(account, head)
    return account


def _notes(account: Account, head: str | None) -> Iterator[str]:
    inspection, entry = account.inspection, account.entry
    if not entry.settings.enable_evidence:
        yield "enable_evidence is false: nothing new is written"
    if inspection.lines and head is None:
        yield "the cache does not know the last line: that lines are missing at the end would not show"
    if inspection.torn_bytes:
        yield f"{inspection.torn_bytes:,} bytes of unfinished lines were cut off after crashes, as it tells"
    for name, lines in sorted(inspection.projects.items()):
        if name != entry.project.name:
            yield f"{lines:,} lines speak of another project, {name}, and count for nothing"


def _rerun(accounts: list[Account], *, workspace: Path | None, timeout: float) -> None:
    from dev_assistant.once import judge_anew  # noqa: PLC0415  everything: half a second of imports
    from dev_assistant.record.rederivation import Standing, rederive  # noqa: PLC0415

    document, found = judge_anew(workspace=workspace, timeout=timeout)
    for account in accounts:
        name = account.entry.project.name
        standing = {
            file.path: Standing(file.state.value, file.reason)
            for file in document.files
            if file.project == name
        }
        account.again = rederive(account.newest, found.get(name, {}).values(), standing)


def _status(accounts: list[Account]) -> int:
    if any(account.wrong for account in accounts):
        return 1
    if any(account.unreadable or (account.again and account.again.failed) for account in accounts):
        return 3
    return 0 if any(account.inspection.lines for account in accounts) else 5


def _told(account: Account) -> Iterator[str]:
    from dev_assistant.report.markdown import plural  # noqa: PLC0415  as above

    inspection, project = account.inspection, account.entry.project
    standing = "cannot be read" if account.unreadable else "broken" if account.grave else "whole"
    counted = f"{plural(inspection.lines, 'line')} in {plural(inspection.files, 'file')}"
    yield f"{visible(project.name)}: {standing if inspection.lines or account.breaks else 'none'}, {counted}"
    if account.unreadable:
        yield f"  {visible(account.unreadable)}"
    directory = Path(project.root, "RUNS", "evidence")
    for one in account.breaks:
        place = _place(directory, one)
        advice = "; a crash left it, the next verdict mends it" if one.kind == "torn" else ""
        yield visible(f"  {place}: {one.what}{advice}")
    if account.more:
        yield f"  and {account.more:,} more"
    yield from (f"  {visible(note)}" for note in account.notes)
    if account.again is not None:
        yield from _told_again(account.again, directory)


def _place(directory: Path, one: Break) -> str:
    return f"{directory / one.file}:{one.line}" if one.line else str(directory / one.file)


def _told_again(again: Rederivation, directory: Path) -> Iterator[str]:
    left = sum(again.left.values())
    yield f"  judged again: {again.matched:,} as told, {len(again.differed):,} not, {left:,} not comparable"
    for path, file, line, told, found in again.differed:
        place = f"{directory / file}:{line}"
        yield visible(f"  {path}: told {told} ({place}), found {found}")
    for reason, files in again.left.most_common():
        yield f"  {files:,} not compared: {visible(reason)}"


def _document(account: Account) -> dict[str, object]:
    inspection, entry = account.inspection, account.entry
    document: dict[str, object] = {
        "name": entry.project.name,
        "root": path_text(entry.project.root),
        "enabled": entry.settings.enable_evidence,
        "whole": not account.grave and not account.unreadable,
        "files": inspection.files,
        "lines": inspection.lines,
        "breaks": [one._asdict() for one in account.breaks],
        "more_breaks": account.more,
        "notes": account.notes,
        "unreadable": account.unreadable,
    }
    if (again := account.again) is not None:
        document["rerun"] = {
            "matched": again.matched,
            "differed": [one._asdict() for one in again.differed],
            "not_compared": [{"reason": why, "files": n} for why, n in again.left.most_common()],
        }
    return document


def _show(configuration: Configuration, path: str, *, as_json: bool) -> int:
    head, name = os.path.split(os.path.abspath(path))
    full = os.path.join(os.path.realpath(head), name)
    owners = [
        entry
        for entry in configuration.projects
        if any(
            full.startswith(top.rstrip("/") + "/") for top in (entry.project.root, *entry.project.watch_paths)
        )
    ]
    if not owners:
        raise UserError(f"{full} is in no project", hint="dev-assistant config show lists them")
    told = [_history(entry, full, as_json=as_json) for entry in owners]
    if not any(told) and not as_json:
        write(f"nothing is known of {visible(full)}: no line of the evidence is about it\n")
    return 0 if any(told) else 5


def _history(entry: ConfiguredProject, full: str, *, as_json: bool) -> int:
    """Write the lines as they are found; how many there were."""
    from dev_assistant.model import RelPath  # noqa: PLC0415
    from dev_assistant.places import Runs  # noqa: PLC0415
    from dev_assistant.record.chain import Break  # noqa: PLC0415
    from dev_assistant.record.history import history  # noqa: PLC0415

    project, count = entry.project, 0
    path = RelPath(os.path.relpath(full, project.root).replace(os.sep, "/"))
    directory = Runs(Path(project.root)).evidence
    for one in history(directory, path, project=project.name):
        count += 1
        if as_json:
            write_json_line(_entry(project.name, path, one))
        elif isinstance(one, Break):
            write(visible(f"{_place(directory, one)}: {one.what}") + "\n")
        else:
            write(f"{visible(project.name)} {visible(path)} {_row(one)}\n")
    return count


def _entry(project: str, path: str, one: Told | Break) -> dict[str, object]:
    import msgspec  # noqa: PLC0415

    document: dict[str, object] = {
        "schema": "dev-assistant/evidence-entry@1",
        "project": project,
        "path": path_text(path),
        **msgspec.to_builtins(one._asdict()),
    }
    return document


def _row(told: Told) -> str:
    from dev_assistant.report.markdown import plural  # noqa: PLC0415  as above

    tools = ", ".join(f"{tool.name} {tool.version}" for tool in told.tools)
    found = "" if told.counts is None or not told.counts.total else f" {plural(told.counts.total, 'finding')}"
    cached = ", cached" if told.cached else ""
    reason = f": {told.reason}" if told.reason else ""
    text = f"{told.time} {told.verdict}{found}{reason} ({told.trigger}, {tools}{cached}) {told.digest}"
    return visible(text)
