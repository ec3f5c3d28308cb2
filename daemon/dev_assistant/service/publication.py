"""What RUNS/stats of a workspace and its projects hold, taken for a report; and the report's files.

Nothing is asked of a daemon: one that runs keeps these files current.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from dev_assistant.errors import UserError
from dev_assistant.files import Absent, Content, make_directory, read, write_atomically
from dev_assistant.places import Runs
from dev_assistant.report import artefacts
from dev_assistant.report.badge import badge_json, badge_of, badge_svg
from dev_assistant.report.canonical import text
from dev_assistant.report.markdown import moved
from dev_assistant.report.page import MARK, page
from dev_assistant.report.published import Figures, Picture, of_project, of_workspace
from dev_assistant.service.configuration import ConfiguredProject

_LIMIT = 64 << 20
"""Bytes of a file of statistics; those of a thousand projects take a tenth."""

_NAMES = {
    "html": "index.html",
    "markdown": "dashboard.md",
    "badge_json": "badge.json",
    "badge_svg": "badge.svg",
}

_CHECK = "dev-assistant check judges everything and writes them"


class Publication(NamedTuple):
    """A picture to be shown, and the dashboard beside it; ``owner`` is whose RUNS/ it comes from."""

    picture: Picture
    dashboard: bytes
    owner: Path


def project_publication(entry: ConfiguredProject) -> Publication:
    """Of one project. Raises UserError when nothing is published, or what is published is not ours."""
    owner = Path(entry.project.root)
    figures = _figures(owner)
    if figures is None:
        raise UserError(f"there are no statistics in {Runs(owner).stats}", hint=_CHECK)
    dashboard = _required(Runs(owner).stats / artefacts.TEAM_DASHBOARD)
    return Publication(Picture("Project", figures, (figures,)), dashboard, owner)


def workspace_publication(root: Path, entries: tuple[ConfiguredProject, ...]) -> Publication:
    """Of all projects. Raises UserError as for one."""
    stats = Runs(root).stats
    place = stats / artefacts.WORKSPACE_STATS
    data = _required(place)
    known: Mapping[str, Figures | None] = {
        text(entry.project.name): _figures(Path(entry.project.root)) for entry in entries
    }
    figures = {name: each for name, each in known.items() if each is not None}
    picture = of_workspace(data, _read(stats / artefacts.TRENDS), figures, place=str(place))
    return Publication(picture, _required(stats / artefacts.WORKSPACE_DASHBOARD), root)


def write_report(publication: Publication, directory: Path | None) -> dict[str, Path]:
    """Write the files, by what they are; into RUNS/report unless ``directory`` says where. Raises OSError,
    UserError.
    """
    runs = Runs(publication.owner)
    if directory is None:
        directory = runs.report
        runs.prepare()
        make_directory(directory)
    else:
        _refuse_foreign(directory)
        directory.mkdir(parents=True, exist_ok=True)
    badge = badge_of(publication.picture.whole)
    written = {
        "html": page(publication.picture).encode(),
        "markdown": _moved(publication.dashboard, runs.stats, directory),
        "badge_json": badge_json(badge),
        "badge_svg": badge_svg(badge),
    }
    for kind, data in written.items():
        write_atomically(directory / _NAMES[kind], data)
    return {kind: directory / _NAMES[kind] for kind in written}


def _refuse_foreign(directory: Path) -> None:
    """Raises UserError if files of these names are there, and no page of ours among them."""
    foreign = [directory / name for name in _NAMES.values() if os.path.lexists(directory / name)]
    if not foreign:
        return
    match read(str(directory / _NAMES["html"]), limit=_LIMIT):
        case Content(data) if MARK.encode() in data:
            return
    raise UserError(f"{foreign[0]} was not written by report", hint="give another directory, or remove it")


def _moved(dashboard: bytes, source: Path, directory: Path) -> bytes:
    """With links that lead to the same files."""
    by = os.path.relpath(os.path.realpath(source), os.path.realpath(directory))
    shown = dashboard.decode("utf-8", "surrogateescape")
    return moved(shown, by=by.replace(os.sep, "/")).encode("utf-8", "surrogateescape")


def _figures(owner: Path) -> Figures | None:
    stats = Runs(owner).stats
    data = _read(stats / artefacts.TEAM_STATS)
    if data is None:
        return None
    problems, trends = _read(stats / artefacts.PROBLEM_FILES), _read(stats / artefacts.TRENDS)
    return of_project(data, problems, trends, place=str(stats))


def _required(path: Path) -> bytes:
    data = _read(path)
    if data is None:
        raise UserError(f"there are no statistics yet: {path} does not exist", hint=_CHECK)
    return data


def _read(path: Path) -> bytes | None:
    """None where there is none. Raises UserError."""
    content = read(str(path), limit=_LIMIT)
    match content:
        case Content(data):
            return data
        case Absent():
            return None
        case _:
            raise UserError(f"{path} cannot be read: {content.reason}", hint="remove it; " + _CHECK)
