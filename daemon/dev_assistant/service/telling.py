"""Telling of accepted verdicts: evidence for the record, an event for whoever follows, a line in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from dev_assistant.escape import path_text
from dev_assistant.logs import get_logger
from dev_assistant.model import FileRecord, RelPath
from dev_assistant.ports import Evidence
from dev_assistant.service.feed import Feed
from dev_assistant.service.state import Awaited, Debt, ProjectState

_LOG = get_logger("verify")


class Telling:
    """Runs on the coordinator's thread; ``now`` is monotonic seconds, ``wall`` wall-clock nanoseconds."""

    def __init__(self, *, feed: Feed, now: Callable[[], float], wall: Callable[[], int]) -> None:
        self._feed = feed
        self._now = now
        self._wall = wall

    def tell(
        self,
        state: ProjectState,
        path: RelPath,
        record: FileRecord,
        *,
        awaited: Awaited,
        debt: Debt,
        cached: bool,
    ) -> Evidence | None:
        """Publish an accepted verdict; what the evidence log is to keep of it, if anything."""
        state.hits, state.misses = state.hits + cached, state.misses + (not cached)
        state.missed_by_events += debt.trigger == "audit"
        wall = self._wall() / 1e9
        event = {
            "time": datetime.fromtimestamp(wall, UTC).isoformat(timespec="milliseconds"),
            "project": state.project.name,
            "path": path_text(path),
            "digest": awaited.fingerprint.digest,
            "state": record.state.value,
            "passed": record.passed,
            "counts": msgspec.to_builtins(record.counts),
            "cached": cached,
            "latency_ms": round((self._now() - debt.since) * 1000, 3),
        }
        self._feed.publish(event)
        self._log(event, debt)
        if not state.settings.enable_evidence:
            return None
        return Evidence(
            time=wall,
            path=path,
            trigger=debt.trigger,
            digest=awaited.fingerprint.digest,
            size=awaited.fingerprint.stat.size,
            record=record,
            tools=tuple((name, state.versions.get(name, ""), b) for name, b in sorted(awaited.bases.items())),
            duration_ms=awaited.duration_ms,
            cached=cached,
        )

    def _log(self, event: dict[str, Any], debt: Debt) -> None:
        fields = {name: value for name, value in event.items() if name != "time"}
        if debt.trigger == "save":
            _LOG.info("verdict", **fields)
        else:
            _LOG.debug("verdict", **fields)
