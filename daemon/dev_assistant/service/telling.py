"""Telling of accepted verdicts: evidence for the record, an event for whoever follows, a line in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dev_assistant.logs import get_logger
from dev_assistant.model import FileRecord, FileState, ProjectName, RelPath, Urgency
from dev_assistant.ports import Evidence
from dev_assistant.service.feed import Event, Feed
from dev_assistant.service.state import Awaited, Debt, ProjectState
from dev_assistant.timings import SAVE, Timings

_LOG = get_logger("verify")


@dataclass(slots=True)
class _Bulk:
    """Verdicts that nobody waits for, to be logged together: a storm must not be a storm in the log."""

    files: int = 0
    cached: int = 0
    failed: int = 0
    findings: int = 0

    def add(self, event: Event) -> None:
        self.files += 1
        self.cached += event.cached
        self.failed += event.record.state is FileState.FAILED
        self.findings += event.record.counts.total


@dataclass(slots=True)
class Telling:
    """Runs on the coordinator's thread; ``now`` is monotonic seconds, ``wall`` wall-clock nanoseconds."""

    feed: Feed
    now: Callable[[], float]
    wall: Callable[[], int]
    timings: Timings
    _bulk: dict[ProjectName, _Bulk] = field(init=False, default_factory=dict)

    def tell(
        self,
        state: ProjectState,
        path: RelPath,
        record: FileRecord,
        *,
        awaited: Awaited,
        debt: Debt,
        urgency: Urgency,
        cached: bool,
    ) -> Evidence | None:
        """Publish an accepted verdict; what the evidence log is to keep of it, if anything."""
        state.hits, state.misses = state.hits + cached, state.misses + (not cached)
        state.missed_by_events += debt.trigger == "audit"
        wall, project, digest = self.wall() / 1e9, state.project.name, awaited.fingerprint.digest
        event = Event(wall, project, path, digest, record, cached, latency=self.now() - debt.since)
        self.feed.publish(event)
        lone = debt.trigger == "save" and urgency is Urgency.INTERACTIVE
        if lone and not awaited.told:
            self.timings.add(SAVE, event.latency, event.path)
        self._log(event, lone=lone)
        if not state.settings.enable_evidence:
            return None
        return Evidence(
            time=wall,
            path=path,
            trigger=debt.trigger,
            digest=digest,
            size=awaited.fingerprint.stat.size,
            record=record,
            tools=tuple((name, state.versions.get(name, ""), b) for name, b in sorted(awaited.bases.items())),
            duration_ms=awaited.duration_ms,
            cached=cached,
        )

    def tell_early(
        self, state: ProjectState, path: RelPath, record: FileRecord, awaited: Awaited, debt: Debt
    ) -> None:
        """Tell followers what only advice is still missing to; it is not accepted yet, and not evidence."""
        latency = self.now() - debt.since
        if debt.trigger == "save" and not awaited.told:
            self.timings.add(SAVE, latency, path)
        awaited.told = True
        self.feed.publish(
            Event(
                self.wall() / 1e9,
                state.project.name,
                path,
                awaited.fingerprint.digest,
                record,
                cached=False,
                latency=latency,
                awaiting=tuple(sorted(awaited.missing)),
            )
        )

    def flush(self) -> None:
        """Log what came in bulk since the last call, a line for each project."""
        for project, bulk in self._bulk.items():
            _LOG.info(
                "verdicts",
                project=project,
                files=bulk.files,
                cached=bulk.cached,
                findings=bulk.findings,
                failed=bulk.failed,
            )
        self._bulk.clear()

    def _log(self, event: Event, *, lone: bool) -> None:
        if lone:
            document = event.document()
            del document["time"]
            _LOG.info("verdict", **document)
        else:
            self._bulk.setdefault(event.project, _Bulk()).add(event)
