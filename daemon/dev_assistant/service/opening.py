"""Taking up a project: from its settings and what its cache remembers to a state to work on.

What was remembered is shown as stale until its bytes have been looked at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

import msgspec

from dev_assistant.model import Appraisal, Digest, FileRecord, FileState, Project, RelPath, Verdict
from dev_assistant.record.memory import MemoryTier, TieredVerdicts
from dev_assistant.schedule.debounce import Debouncer
from dev_assistant.service.configuration import ConfiguredProject
from dev_assistant.service.critical_files import criticality_of
from dev_assistant.service.ledger import Ledger
from dev_assistant.service.ranking import Ranking
from dev_assistant.service.selection import EVERYTHING, Selection
from dev_assistant.service.shards import Files
from dev_assistant.service.state import ProjectState
from dev_assistant.settings import Settings
from dev_assistant.watch.git import git_directory, git_tree


class Reader(Protocol):
    """A project's cache as the coordinator's thread reads it."""

    def load(self) -> dict[RelPath, FileRecord]: ...
    def appraisals(self) -> dict[RelPath, Appraisal]: ...
    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]: ...
    def close(self) -> None: ...


class Opener:
    """``reader`` opens a project's cache for the coordinator's thread; it is only ever read there."""

    def __init__(
        self,
        *,
        reader: Callable[[ConfiguredProject], Reader],
        now: Callable[[], float],
        selection: Selection = EVERYTHING,
    ) -> None:
        self._reader = reader
        self._now = now
        self._selection = selection

    def open(self, entry: ConfiguredProject, ledger: Ledger) -> ProjectState:
        """A project's state as its cache remembers it, with nothing owed yet.

        Without ``cache_enabled`` only the names count, so that what is gone is forgotten on disk too.
        """
        reader = self._reader(entry)
        selects = partial(self._selection.holds, entry.project)
        records = {path: known for path, known in reader.load().items() if selects(path)}
        if not entry.settings.cache_enabled:
            records = dict.fromkeys(records, FileRecord(FileState.PENDING))
        return ProjectState(
            project=entry.project,
            settings=entry.settings,
            files=Files({path: _doubted(record) for path, record in records.items()}),
            debouncer=debouncer_of(entry.settings),
            verdicts=self._tiers(entry.settings, reader),
            ranking=Ranking(criticality_of(entry.settings)),
            ledger=ledger,
            git=git_directory(entry.project.root),
            above=above(entry.project),
            close=reader.close,
            selects=selects,
            appraisals=partial(self._appraisals, entry),
        )

    def change(self, state: ProjectState, entry: ConfiguredProject) -> None:
        """Go on under new settings: what is known and owed stays, what waited is looked at now."""
        waiting: dict[RelPath, None] = dict.fromkeys(state.dirty)
        state.project, state.settings = entry.project, entry.settings
        state.debouncer = debouncer_of(entry.settings)
        state.close()
        reader = self._reader(entry)
        state.verdicts, state.close = self._tiers(entry.settings, reader), reader.close
        state.appraisals = partial(self._appraisals, entry)
        state.ranking = Ranking(criticality_of(entry.settings))
        state.git, state.above = git_directory(entry.project.root), above(entry.project)
        state.backlog.update(waiting)

    def _appraisals(self, entry: ConfiguredProject) -> dict[RelPath, Appraisal]:
        """For any thread: the cache is opened anew."""
        if not entry.settings.cache_enabled:
            return {}
        reader = self._reader(entry)
        try:
            return reader.appraisals()
        finally:
            reader.close()

    def _tiers(self, settings: Settings, reader: Reader) -> TieredVerdicts:
        memory = MemoryTier(
            max_entries=settings.cache_max_entries, ttl_seconds=settings.cache_ttl_seconds, now=self._now
        )
        return TieredVerdicts(memory, reader, enabled=settings.cache_enabled)


def above(project: Project) -> tuple[str, ...]:
    """Directories above the watch paths whose ignore files hold in them, up to the repository's top."""
    found: dict[str, None] = {}
    for top in project.watch_paths:
        tree = git_tree(top)
        end = tree.top if tree is not None else project.root
        while top not in (end, "/") and top.startswith(end.rstrip("/") + "/"):
            top = os.path.dirname(top)  # noqa: PLW2901  the walk upwards
            found[top] = None
    return tuple(found)


def debouncer_of(settings: Settings) -> Debouncer[RelPath]:
    return Debouncer(quiet_max=settings.debounce_ms / 1000)


def _doubted(record: FileRecord) -> FileRecord:
    if record.state is FileState.FRESH:
        return msgspec.structs.replace(record, state=FileState.STALE)
    return record
