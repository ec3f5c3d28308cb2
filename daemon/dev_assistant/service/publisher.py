"""Statistics and dashboards on disk: written when something changed, and never more often than asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.files import Content, drop_temporaries, make_directory, read, write_atomically
from dev_assistant.places import Runs
from dev_assistant.report.artefacts import TRENDS, project_artefacts, workspace_artefacts
from dev_assistant.report.trends import LIMIT
from dev_assistant.report.views import ProjectView, WorkspaceView

_Maker = Callable[..., dict[str, bytes]]


class ArtefactPublisher:
    """Called by the scribe's thread only. ``wall`` is wall-clock seconds.

    A project is written again only when its files, its state or its errors differ from what was written.
    """

    def __init__(self, *, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._written: dict[str, tuple[object, ...]] = {}

    def __call__(self, view: WorkspaceView) -> None:
        """Raises OSError or UserError when a directory refuses: its artefacts stand, the others are new."""
        now = self._wall()
        shown = [_shown(project) for project in view.projects]
        whole = (
            tuple(shown),
            view.degraded,
            view.config_errors,
            view.watch.missed_by_events,
            view.watch.overflows,
            view.watch.uncovered,
            _hanging(view),
            tuple(alert.name for alert in view.vitals.alerts),
            view.state == "stopped",
        )
        pages = [
            (project.root + "/", project.root, what, partial(project_artefacts, project, now=now))
            for project, what in zip(view.projects, shown, strict=True)
            if project.state != "disabled"
        ]
        pages.append(("", view.root, whole, partial(workspace_artefacts, view, now=now)))
        refusals = [refusal for page in pages if (refusal := self._renew(*page)) is not None]
        if refusals:
            raise refusals[0]

    def _renew(
        self, key: str, root: str, shown: tuple[object, ...], make: _Maker, /
    ) -> OSError | UserError | None:
        """Write one directory's artefacts unless they show this already; why it could not be done."""
        if self._written.get(key) == shown or not os.path.isdir(root):
            return None
        try:
            _write(root, make, first=key not in self._written)
        except UserError as refusal:
            return refusal
        except OSError as refusal:
            return OSError(refusal.errno, refusal.strerror or str(refusal), str(Runs(Path(root)).stats))
        self._written[key] = shown
        return None


def _hanging(view: WorkspaceView) -> tuple[tuple[str, str, str], ...]:
    return tuple((stuck.thread, stuck.operation, stuck.subject) for stuck in view.stuck)


def _shown(project: ProjectView) -> tuple[object, ...]:
    return (
        project.files,
        project.state,
        project.reasons,
        project.config_errors,
        project.parked,
        project.uncovered,
        project.missed_by_events,
        project.ranks,
    )


def _write(owner: str, make: _Maker, *, first: bool) -> None:
    runs = Runs(Path(owner))
    runs.prepare()
    directory = runs.stats
    failpoints.hit("stats.mkdir")
    make_directory(directory)
    if first:
        drop_temporaries(directory)
    before = read(str(directory / TRENDS), limit=LIMIT)
    for name, data in make(trends=before.data if isinstance(before, Content) else None).items():
        write_atomically(directory / name, data)
