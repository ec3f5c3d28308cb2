"""The one thread that writes artefacts: cache, evidence, statistics and dashboards.

It writes what it is handed and decides nothing. A full disk costs a retry, never a verdict: what could
not be written is kept (one entry for each path) and tried again with the next batch.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from dev_assistant.beats import Beats
from dev_assistant.errors import DevAssistantError
from dev_assistant.logs import get_logger
from dev_assistant.model import Appraisal, Digest, FileRecord, ProjectName, RelPath, Verdict
from dev_assistant.ports import Evidence, EvidenceLog, VerdictStore
from dev_assistant.service.refusals import Refusals

_LOG = get_logger("scribe")

_EVIDENCE_LIMIT = 50_000
"""Entries kept for a disk that refuses; older ones are lost, which the log of failed writes explains."""

_VERDICT_LIMIT = 50_000
"""As for evidence; the findings of older ones are made again when they are asked for."""


@dataclass(slots=True)
class Batch:
    """What one pass of the coordinator learned of a project."""

    files: dict[RelPath, FileRecord | None] = field(default_factory=dict)
    verdicts: dict[Digest, Verdict] = field(default_factory=dict)
    evidence: list[Evidence] = field(default_factory=list)
    appraisals: dict[RelPath, Appraisal] = field(default_factory=dict)

    def remember(self, store: VerdictStore) -> int:
        """Save what is for the cache; the number of verdicts."""
        count = len(self.verdicts)
        if self.files or self.verdicts or self.appraisals:
            store.save(self.files, self.verdicts, self.appraisals)
            self.files, self.verdicts, self.appraisals = {}, {}, {}
        return count

    def add(self, other: Batch) -> None:
        self.files |= other.files
        self.verdicts |= other.verdicts
        self.appraisals |= other.appraisals
        self.evidence += other.evidence
        del self.evidence[:-_EVIDENCE_LIMIT]
        for key in tuple(islice(self.verdicts, max(0, len(self.verdicts) - _VERDICT_LIMIT))):
            del self.verdicts[key]


@dataclass(frozen=True, slots=True)
class Ledgers:
    """Where one project's verdicts are kept, and how its cache is cut down to its limits.

    ``epoch`` grows when the store lost what was saved before.
    """

    store: VerdictStore
    evidence: EvidenceLog
    prune: Callable[[], object]
    epoch: Callable[[], int]

    def close(self) -> None:
        self.evidence.close()
        self.store.close()


_PRUNE_EVERY = 5_000
"""Verdicts saved between two looks at the cache's limits."""

_REST = 9
"""A tenth of the scribe's time at most goes into reports."""

_GRACE = 0.3
"""Seconds before it is saved that files are gone: where all of a project is being deleted, what is written
into its RUNS/ meanwhile would make that fail."""

_REPORTS = "statistics and dashboards"
_ORDERS = "orders"

Opener = Callable[[ProjectName], Ledgers]
_Order = Callable[[], None]


class Scribe:
    """Orders are carried out in the order in which they were given.

    ``opener`` makes a project's store and evidence log when first needed, ``publish`` writes statistics and
    dashboards; ``lost`` is told of a project whose cache has to be filled anew, and ``alive`` tells whether
    a project is in the workspace and on disk. All are called on the scribe's thread. ``now`` is monotonic,
    ``wall`` wall-clock seconds.
    """

    def __init__(
        self,
        *,
        opener: Opener,
        publish: Callable[[], None],
        lost: Callable[[ProjectName], None],
        alive: Callable[[ProjectName], bool],
        now: Callable[[], float],
        wall: Callable[[], float] = time.time,
        beats: Beats | None = None,
    ) -> None:
        self._opener = opener
        self._publish = publish
        self._lost = lost
        self._alive = alive
        self._now = now
        self._beats = beats or Beats()
        self._orders: queue.SimpleQueue[_Order | None] = queue.SimpleQueue()
        self._open: dict[ProjectName, Ledgers] = {}
        self._unsaved: dict[ProjectName, Batch] = {}
        self._outdated, self._report_from = False, 0.0
        self._refusals = Refusals(now=now, wall=wall)
        self._grown, self._stopping = 0, False
        self._thread = threading.Thread(target=self._run, name="scribe", daemon=True)

    @property
    def trouble(self) -> str:
        """Which artefacts cannot be written at present, since when and why; "" when all can."""
        return self._refusals.told()

    def unsaved(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        """Those of the verdicts that are not on disk yet. For any thread: ask before reading the disk."""
        found: dict[Digest, Verdict] = {}
        for batch in tuple(self._unsaved.values()):
            verdicts = batch.verdicts
            found.update((key, verdict) for key in keys if (verdict := verdicts.get(key)) is not None)
        return found

    @property
    def lost(self) -> bool:
        """The thread has ended although nobody stopped it: what it had not written yet is not known."""
        return not self._stopping and self._thread.ident is not None and not self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def save(self, batches: dict[ProjectName, Batch]) -> None:
        self._orders.put(lambda: self._merge(batches))

    def report(self) -> None:
        """Write statistics and dashboards of what is known then, once however often it is asked.

        Rendering a large workspace takes the interpreter from everybody else, so it rests ``_REST`` times as
        long as it took, unless somebody flushes.
        """
        self._orders.put(self._outdate)

    def flush(self, done: Callable[[], None]) -> None:
        """Call ``done`` when all orders given before are on disk (or have failed to get there)."""
        self._orders.put(lambda: self._flushed(done))

    def close(self, project: ProjectName) -> None:
        """The project leaves the workspace."""
        self._orders.put(lambda: self._close(project))

    def stop(self, timeout: float) -> bool:
        """Carry out all orders, close everything; True when that took less than ``timeout`` seconds."""
        self._stopping = True
        self._orders.put(None)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        running = True
        while running:
            orders = self._take()
            running = None not in orders
            for order in orders:
                if order is not None:
                    with self._beats.at("writing"):
                        self._guarded(order)
            with self._beats.at("writing"):
                self._guarded(partial(self._write, now=not running))
        for project in list(self._open):
            self._guarded(partial(self._close, project))

    def _take(self) -> list[_Order | None]:
        orders: list[_Order | None] = []
        try:
            orders.append(self._orders.get(timeout=self._patience()))
            while True:
                orders.append(self._orders.get_nowait())
        except queue.Empty:
            return orders

    def _patience(self) -> float | None:
        """Seconds until there is something to do without any order; None: for ever."""
        waits = [self._refusals.pause(_records_of(project)) for project in self._unsaved]
        if self._outdated:
            waits.append(max(self._report_from - self._now(), self._refusals.pause(_REPORTS)))
        return max(0.001, min(waits)) if waits else None

    def _guarded(self, order: _Order, what: str = _ORDERS) -> bool:
        """Whether it was carried out; if not, ``what`` is in trouble until it is."""
        try:
            order()
        except (DevAssistantError, OSError) as error:
            self._refusals.refused(what, str(error))
            return False
        except Exception:  # noqa: BLE001  the thread must outlive a bad order
            self._refusals.refused(what, "internal error while writing, see the log")
            _LOG.exception("scribe failed")
            return False
        self._refusals.accepted(what)
        return True

    def _merge(self, batches: dict[ProjectName, Batch]) -> None:
        for project, batch in batches.items():
            self._unsaved.setdefault(project, Batch()).add(batch)
            if None in batch.files.values():
                self._refusals.rest(_records_of(project), _GRACE)

    def _outdate(self) -> None:
        self._outdated = True

    def _flushed(self, done: Callable[[], None]) -> None:
        self._guarded(partial(self._write, now=True))
        done()

    def _write(self, *, now: bool) -> None:
        """Save and publish what is to be; one project that refuses does not hold back the others.

        ``now``: publish although the last time was a moment ago, and try what was refused a moment ago.
        """
        for project in list(self._unsaved):
            what = _records_of(project)
            if now or self._refusals.due(what):
                self._guarded(partial(self._save_project, project), what)
        rested = self._now() >= self._report_from and self._refusals.due(_REPORTS)
        if self._outdated and (now or rested):
            began = self._now()
            self._outdated = not self._guarded(self._publish, _REPORTS)
            self._report_from = self._now() + _REST * (self._now() - began)

    def _save_project(self, project: ProjectName) -> None:
        """A project that has left, or whose root is gone, has nothing that could be written."""
        if not self._alive(project):
            self._unsaved.pop(project)
            self._shut(project)
            return
        with self._beats.at("writing", f"cache and evidence of {project}", stage="record"):
            self._save(project, self._unsaved[project])
        del self._unsaved[project]

    def _save(self, project: ProjectName, batch: Batch) -> None:
        """The proof comes first: a verdict that is remembered is not made, and so not told of, again."""
        ledgers = self._ledgers(project)
        before = ledgers.epoch()
        try:
            if batch.evidence:
                ledgers.evidence.append(batch.evidence)
                batch.evidence = []
        finally:
            self._grown += batch.remember(ledgers.store)
            if ledgers.epoch() != before:
                self._lost(project)
        if self._grown > _PRUNE_EVERY:
            self._grown = 0
            ledgers.prune()

    def _ledgers(self, project: ProjectName) -> Ledgers:
        if project not in self._open:
            self._open[project] = self._opener(project)
            self._open[project].prune()
        return self._open[project]

    def _close(self, project: ProjectName) -> None:
        """Write what was learned under the old settings, if that can be done, and close."""
        batch = self._unsaved.pop(project, None)
        try:
            if batch is not None and project in self._open:
                self._save(project, batch)
        finally:
            self._shut(project)

    def _shut(self, project: ProjectName) -> None:
        if project in self._open:
            self._open.pop(project).close()


def _records_of(project: ProjectName) -> str:
    return f"verdicts and evidence of {project}"
