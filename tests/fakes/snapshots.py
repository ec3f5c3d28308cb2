"""A project as the coordinator shows it, of which nothing but its files matters."""

from __future__ import annotations

from dev_assistant.model import Project, ProjectName
from dev_assistant.service.shards import Files
from dev_assistant.service.snapshot import ProjectSnapshot

APP = ProjectName("app")


def snapshot_of(files: Files) -> ProjectSnapshot:
    return ProjectSnapshot(
        project=Project(APP, "/w/app", ("/w/app",)),
        missing=(),
        unread=(),
        problems=(),
        tool_error="",
        files=files.publish(),
        hits=0,
        misses=0,
        missed_by_events=0,
        cache={},
        parked=(),
        ranks={},
        owed=0,
        oldest=None,
    )
