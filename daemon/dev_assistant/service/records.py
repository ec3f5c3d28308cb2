"""Where verdicts, evidence and statistics go: RUNS/ of every project, or memory for a single look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from dev_assistant.beats import Beats
from dev_assistant.model import Appraisal, Digest, FileRecord, ProjectName, RelPath, Verdict
from dev_assistant.places import Runs
from dev_assistant.ports import EvidenceLog, VerdictStore
from dev_assistant.record.evidence import JsonlEvidenceLog
from dev_assistant.record.reader import VerdictReader
from dev_assistant.record.store import SqliteVerdictStore
from dev_assistant.record.volatile import NoEvidence, VolatileStore
from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.configuration import ConfiguredProject
from dev_assistant.service.opening import Reader
from dev_assistant.service.publisher import ArtefactPublisher
from dev_assistant.service.scribe import Ledgers

_REPORTS = "statistics and dashboards"


class Records(Protocol):
    """Where verdicts, evidence and statistics go. ``open`` and ``publish`` run on the scribe's thread.

    ``view`` is called by those alone that publish anything: it counts all that was found.
    """

    def open(self, entry: ConfiguredProject) -> Ledgers: ...
    def reader(self, entry: ConfiguredProject) -> Reader: ...
    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]: ...
    def publish(self, view: Callable[[], WorkspaceView]) -> None: ...


class DiskRecords:
    """RUNS/ of every project and of the workspace; without ``reports`` only the caches and the evidence."""

    def __init__(self, beats: Beats | None = None, *, reports: bool = True) -> None:
        self._reports = reports
        self._artefacts = ArtefactPublisher()
        self._beats = beats or Beats()

    def open(self, entry: ConfiguredProject) -> Ledgers:
        """Raises UserError or OSError when RUNS/ cannot be made."""
        runs, settings = Runs(Path(entry.project.root)), entry.settings
        runs.prepare()
        store = SqliteVerdictStore(
            runs.database, max_mb=settings.cache_disk_max_mb, days=settings.cache_disk_days
        )
        evidence = JsonlEvidenceLog(
            runs.evidence,
            project=entry.project.name,
            head=store.head,
            save_head=store.set_head,
            retention_days=settings.log_retention_days,
        )
        return Ledgers(store, evidence, store.prune, lambda: store.epoch)

    def reader(self, entry: ConfiguredProject) -> Reader:
        return VerdictReader(Runs(Path(entry.project.root)).database)

    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        reader = VerdictReader(Runs(Path(root)).database)
        try:
            return reader.find(keys)
        finally:
            reader.close()

    def publish(self, view: Callable[[], WorkspaceView]) -> None:
        """Raises OSError or UserError when a directory refuses."""
        if not self._reports:
            return
        with self._beats.at("merging", _REPORTS, stage="merge"):
            picture = view()
        with self._beats.at("writing", _REPORTS, stage="render"):
            self._artefacts(picture)


class BorrowedRecords:
    """The caches of other directories, and memory for what they do not know.

    ``owner`` says whose RUNS/ a project's root borrows from. Those in ``keep`` get the verdicts that are new,
    all others are only read; of the files that were judged none learns anything.
    """

    def __init__(self, owner: Callable[[str], str], *, keep: Container[str] = ()) -> None:
        self._owner = owner
        self._keep = keep
        self._new: dict[str, VolatileStore] = defaultdict(VolatileStore)

    def open(self, entry: ConfiguredProject) -> Ledgers:
        """Raises UserError or OSError when RUNS/ cannot be made."""
        root = entry.project.root
        store: VerdictStore = self._new[root]
        if self._owner(root) in self._keep:
            runs = self._runs(root)
            runs.prepare()
            store = _Lent(SqliteVerdictStore(runs.database))
        return Ledgers(store, NoEvidence(), lambda: None, lambda: 0)

    def reader(self, entry: ConfiguredProject) -> Reader:
        return _Borrowed(VerdictReader(self._runs(entry.project.root).database))

    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        found = self._new[root].find(keys)
        reader = VerdictReader(self._runs(root).database)
        try:
            return reader.find([key for key in keys if key not in found]) | found
        finally:
            reader.close()

    def publish(self, view: Callable[[], WorkspaceView]) -> None:
        """Nothing is written."""

    def _runs(self, root: str) -> Runs:
        return Runs(Path(self._owner(root)))


class _Lent(VolatileStore):
    """Takes verdicts for their owner. Which files they are on is of no concern to it."""

    def __init__(self, owner: SqliteVerdictStore) -> None:
        super().__init__()
        self._owner = owner

    def save(
        self,
        files: Mapping[RelPath, FileRecord | None],  # noqa: ARG002  see above
        verdicts: Mapping[Digest, Verdict],
        appraisals: Mapping[RelPath, Appraisal] = MappingProxyType({}),  # noqa: ARG002  as well
    ) -> None:
        """Raises StoreUnavailable."""
        self._owner.save({}, verdicts)

    def close(self) -> None:
        self._owner.close()


class _Borrowed:
    """Verdicts by key; which files were judged is the owner's own."""

    def __init__(self, reader: VerdictReader) -> None:
        self.find = reader.find
        self.close = reader.close

    def load(self) -> dict[RelPath, FileRecord]:
        return {}

    def appraisals(self) -> dict[RelPath, Appraisal]:
        return {}


class VolatileRecords:
    """Memory, for a judgement that leaves nothing behind; ``evidence`` gives a project's log."""

    def __init__(self, evidence: Callable[[ProjectName], EvidenceLog] = lambda _: NoEvidence()) -> None:
        self._evidence = evidence
        self._stores: dict[str, VolatileStore] = defaultdict(VolatileStore)

    def open(self, entry: ConfiguredProject) -> Ledgers:
        evidence = self._evidence(entry.project.name)
        return Ledgers(self._stores[entry.project.root], evidence, lambda: None, lambda: 0)

    def reader(self, entry: ConfiguredProject) -> Reader:
        return self._stores[entry.project.root]

    def lookup(self, root: str, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        return self._stores[root].find(keys)

    def publish(self, view: Callable[[], WorkspaceView]) -> None:
        """Nothing is written."""
