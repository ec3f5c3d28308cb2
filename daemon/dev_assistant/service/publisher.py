"""Statistics and dashboards on disk: written when something changed, and never more often than asked for."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from dev_assistant.files import write_atomically
from dev_assistant.places import Runs
from dev_assistant.report.artefacts import TRENDS, project_artefacts, workspace_artefacts
from dev_assistant.report.views import WorkspaceView


class ArtefactPublisher:
    """Called by the scribe's thread only. ``wall`` is wall-clock seconds.

    A project is written again only when its files, its state or its errors differ from what was written.
    """

    def __init__(self, *, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._written: dict[str, tuple[object, ...]] = {}

    def __call__(self, view: WorkspaceView) -> None:
        """Raises OSError when the disk refuses; then the old artefacts stand."""
        now = self._wall()
        for project in view.projects:
            shown = (project.files, project.state, project.reasons, project.config_errors)
            if self._written.get(project.root) != shown and os.path.isdir(project.root):
                _write(project.root, partial(project_artefacts, project, now=now))
                self._written[project.root] = shown
        _write(view.root, partial(workspace_artefacts, view, now=now))


def _write(owner: str, make: Callable[..., dict[str, bytes]]) -> None:
    runs = Runs(Path(owner))
    runs.prepare()
    directory = runs.stats
    directory.mkdir(exist_ok=True)
    trends = directory / TRENDS
    for name, data in make(trends=trends.read_bytes() if trends.exists() else None).items():
        write_atomically(directory / name, data)
