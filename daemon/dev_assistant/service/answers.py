"""What the control socket asks: each method is a plain callable that returns a document.

They run on connections' threads, read published snapshots and send messages. Nothing here touches the
coordinator's state, so a busy daemon answers ``status`` as fast as an idle one.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text
from dev_assistant.files import make_directory
from dev_assistant.logs import get_logger
from dev_assistant.model import Digest, FileRecord, RelPath, Verdict
from dev_assistant.places import Runs
from dev_assistant.ports import ChangeSource
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import CheckDocument, check_document, encoded_document, relative_root
from dev_assistant.report.merge import results_of
from dev_assistant.report.status import status_document
from dev_assistant.report.tally import Tally, tally
from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.feed import Feed
from dev_assistant.service.messages import Barrier, Recheck, Reload, Withdraw
from dev_assistant.service.results import Chosen, results_of_files
from dev_assistant.service.rows import Rows
from dev_assistant.service.selection import EVERYTHING, Selection
from dev_assistant.service.shards import View
from dev_assistant.service.snapshot import ProjectSnapshot
from dev_assistant.timings import Timings

_LOG = get_logger("serve")
_COOKIE_PATIENCE = 2.0
"""Seconds until a cookie that has not come through the events is given up for a survey of everything."""

_ATTEMPTS = 3
_PULSE = 0.5
_Chosen = tuple[ProjectSnapshot, Mapping[RelPath, FileRecord]]


@dataclass(frozen=True, slots=True)
class Answers:
    """``stop`` asks the daemon to end, ``lookup`` finds saved verdicts of the project at a root, by key.

    ``ended`` is set when the coordinator runs no more; ``stacks`` tells what all threads are at, ``census``
    what is in memory. Every timeout is in seconds.
    """

    root: Path
    coordinator: Coordinator
    source: ChangeSource
    feed: Feed
    view: Callable[[], WorkspaceView]
    explain: Callable[[str], Mapping[str, object]]
    lookup: Callable[[str, Sequence[Digest]], dict[Digest, Verdict]]
    stop: Callable[[], None]
    ended: threading.Event
    stacks: Callable[[], str]
    rows: Rows
    timings: Timings
    census: Callable[[], dict[str, Any]]
    selection: Selection = EVERYTHING

    @property
    def handlers(self) -> dict[str, Callable[[dict[str, Any]], object]]:
        """The methods by name."""
        return {
            "status": lambda _: self.status(),
            "wait": lambda params: self.wait(_timeout(params)),
            "check": lambda params: self.check(params.get("paths") or (), _timeout(params)),
            "findings": lambda params: self.findings(params.get("paths") or (), _timeout(params)),
            "events": lambda params: self.events(since_start=params.get("since_start") is True),
            "why": lambda params: self.why(str(params.get("path", ""))),
            "reload": lambda _: self.reload(),
            "stop": lambda _: self.end(),
            "threads": lambda _: {"stacks": self.stacks()},
            "memory": lambda _: self.census(),
        }

    def status(self) -> bytes:
        """The status document."""
        with self.timings.of("answer", "status"):
            return encode(status_document(self.view()))

    def events(self, *, since_start: bool = False) -> Iterator[dict[str, Any] | None]:
        """Verdicts as they are accepted, until the daemon stops; None while there are none."""
        return self.feed.follow(since_start=since_start)

    def reload(self) -> dict[str, object]:
        self.coordinator.post(Reload())
        return {"reloading": True}

    def end(self) -> dict[str, object]:
        self.stop()
        return {"stopping": True}

    def why(self, path: str) -> bytes:
        """What is known of one absolute path, and from where."""
        with self.timings.of("answer", "why"):
            return encode(self.explain(path))

    def wait(self, timeout: float) -> dict[str, object]:
        """Until every write that ended before this call is judged, or ``timeout`` is over."""
        settled = self.settle(timeout)
        tallies = [project.files.tally for project in self.coordinator.snapshot.projects]
        unknown = sum(tally.failed + tally.stale + tally.pending for tally in tallies)
        missing = sum(
            len(project.unread) + bool(project.missing) for project in self.coordinator.snapshot.projects
        )
        return {"settled": settled, "failed": unknown + missing}

    def settle(self, timeout: float) -> bool:
        """Read your writes: True when all of them are judged and on disk, False when time ran out."""
        deadline = time.monotonic() + timeout
        done, arrived = threading.Event(), threading.Event()
        cookie = self._drop_cookie(done, arrived)
        if cookie is None:
            watched = self.source.health().backend != "none"
            self.coordinator.post(Barrier(done.set, survey=watched))
            return self._wait(done, deadline)
        try:
            if not arrived.wait(min(timeout, _COOKIE_PATIENCE)):
                self.coordinator.post(Barrier(done.set, survey=True))
            return self._wait(done, deadline)
        finally:
            self.coordinator.post(Withdraw(os.path.basename(cookie)))
            with suppress(OSError):
                failpoints.hit("cookie.unlink")
                os.unlink(cookie)

    def _wait(self, done: threading.Event, deadline: float) -> bool:
        """Until ``done``, the deadline, or the end of the coordinator that would set it."""
        while not done.wait(min(_PULSE, max(0.0, deadline - time.monotonic()))):
            if self.ended.is_set() or time.monotonic() >= deadline:
                return False
        return True

    def _drop_cookie(self, done: threading.Event, arrived: threading.Event) -> str | None:
        """Write a file whose event comes behind those of all earlier writes; None: events cannot tell."""
        health = self.source.health()
        if health.backend != "inotify" or health.uncovered:
            return None
        directory = Runs(self.root).cookies
        path = directory / uuid.uuid4().hex
        try:
            failpoints.hit("cookie.mkdir")
            directory.parent.mkdir(exist_ok=True)
            make_directory(directory)
            if not self.source.cover(str(directory)):
                return None
            self.coordinator.post(Barrier(done.set, cookie=path.name, arrived=arrived.set))
            failpoints.hit("cookie.write")
            path.touch()
        except OSError as error:
            _LOG.warning("cookie cannot be written", error=str(error))
            self.coordinator.post(Withdraw(path.name))
            return None
        return str(path)

    def check(self, paths: Sequence[str], timeout: float) -> bytes:
        """As ``look``, encoded."""
        return encode(self._encodable(paths, timeout))

    def findings(self, paths: Sequence[str], timeout: float) -> Iterator[bytes]:
        """As ``check``, in two parts: what a client has to read of it, and the document to hand on unread."""
        document = self._encodable(paths, timeout)
        meta = {name: value for name, value in document.meta.items() if name != "verified_at"}
        return iter((encode({"summary": document.summary, "meta": meta}), encode(document)))

    def look(self, paths: Sequence[str], timeout: float) -> CheckDocument:
        """The check document of ``paths`` (absolute files or directories; none: everything).

        Raises UserError for a path that is in no project.
        """
        return self._look(paths, time.monotonic() + timeout, settled=self.settle(timeout))

    def _encodable(self, paths: Sequence[str], timeout: float) -> CheckDocument:
        """As ``look``, of rows that were encoded before where that is possible."""
        deadline, settled = time.monotonic() + timeout, self.settle(timeout)
        chosen = self._chosen(paths)
        with self.timings.of("answer", "check"):
            rows = self.rows.of(chosen, whole=not paths)
        if rows is None:
            return self._look(paths, deadline, settled=settled)
        projects = {str(p.project.name): (self._root_of(p), _tally(files)) for p, files in chosen}
        encoded = ((row.file, row.related) for row in rows)
        return encoded_document(encoded, projects=projects, meta=self._meta(chosen, paths, settled=settled))

    def _look(self, paths: Sequence[str], deadline: float, *, settled: bool) -> CheckDocument:
        for _ in range(_ATTEMPTS):
            with self.timings.of("answer", "check"):
                chosen = self._chosen(paths)
                results, lost = results_of_files(chosen, self.lookup, sharded=self.selection.sharded)
            if not lost:
                break
            self.coordinator.post(Recheck(tuple(lost)))
            settled = self.settle(max(0.0, deadline - time.monotonic()))
        with self.timings.of("answer", "check"):
            roots = {str(p.project.name): self._root_of(p) for p, _ in chosen}
            found = results_of(roots, results, self.selection.shards(roots))
            return check_document(found, meta=self._meta(chosen, paths, settled=settled))

    def _chosen(self, paths: Sequence[str]) -> list[_Chosen]:
        """Nothing while no project is taken up yet: then time ran out, and nobody knows whose a path is."""
        ready = self.coordinator.ready.is_set()
        projects = self.coordinator.snapshot.projects
        return _chosen(projects, paths) if projects or ready else []

    def _root_of(self, project: ProjectSnapshot) -> str:
        return relative_root(project.project.root, workspace=str(self.root))

    def _meta(self, chosen: Chosen, paths: Sequence[str], *, settled: bool) -> dict[str, object]:
        missing = {path for path in paths if not os.path.lexists(path)}
        for project, _ in chosen:
            missing.update(project.missing, (unread for unread, _ in project.unread))
        errors = [text for project, _ in chosen for text in project.problems]
        return {
            "settled": settled,
            "generated_at": time.time(),
            "missing": sorted(map(path_text, missing)),
            "config_errors": [*self.coordinator.snapshot.problems, *errors],
        }


def _tally(files: Mapping[RelPath, FileRecord]) -> Tally:
    """That of a whole project is kept with it."""
    return files.tally if isinstance(files, View) else tally(files)


def _timeout(params: Mapping[str, Any]) -> float:
    value = params.get("timeout")
    return float(value) if isinstance(value, int | float) else 60.0


def _chosen(projects: Sequence[ProjectSnapshot], paths: Sequence[str]) -> list[_Chosen]:
    if not paths:
        return [(project, project.files) for project in projects]
    chosen: dict[str, tuple[ProjectSnapshot, dict[RelPath, FileRecord]]] = {}
    for path in paths:
        holders = [p for p in projects if _inside(path, p)]
        if not holders:
            names = ", ".join(p.project.name for p in projects)
            raise UserError(f"{path} is in no watched directory", hint=f"projects: {names}; see config show")
        for project in holders:
            files = chosen.setdefault(project.project.name, (project, {}))[1]
            files.update(_below(project, path))
    return list(chosen.values())


def _inside(path: str, project: ProjectSnapshot) -> bool:
    """A path of the project, or one above all of it."""
    tops = [top.rstrip("/") + "/" for top in (*project.project.watch_paths, project.project.root)]
    below = path.rstrip("/") + "/"
    return any(below.startswith(top) or top.startswith(below) for top in tops)


def _below(project: ProjectSnapshot, path: str) -> dict[RelPath, FileRecord]:
    relative = os.path.relpath(path, project.project.root).replace(os.sep, "/")
    if relative == "." or set(relative.split("/")) == {".."}:
        return dict(project.files)
    record = project.files.get(RelPath(relative))
    if record is not None:
        return {RelPath(relative): record}
    return {p: r for p, r in project.files.items() if p.startswith(relative + "/")}
