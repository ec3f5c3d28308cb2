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

import msgspec

from dev_assistant import failpoints
from dev_assistant.errors import UserError
from dev_assistant.escape import path_text
from dev_assistant.files import make_directory
from dev_assistant.logs import get_logger
from dev_assistant.model import Checked, Digest, FileRecord, FileState, Finding, ProjectName, RelPath, Verdict
from dev_assistant.places import Runs
from dev_assistant.ports import ChangeSource
from dev_assistant.report.canonical import encode
from dev_assistant.report.documents import check_document, relative_root
from dev_assistant.report.merge import FileResult, result_of, results_of
from dev_assistant.report.status import status_document
from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.feed import Feed
from dev_assistant.service.messages import Barrier, Recheck, Reload, Withdraw
from dev_assistant.service.selection import EVERYTHING, Selection
from dev_assistant.service.snapshot import ProjectSnapshot

_LOG = get_logger("serve")
_COOKIE_PATIENCE = 2.0
"""Seconds until a cookie that has not come through the events is given up for a survey of everything."""

_ATTEMPTS = 3
_LOST = "its findings cannot be read from the cache"
_PULSE = 0.5


@dataclass(frozen=True, slots=True)
class Answers:
    """``stop`` asks the daemon to end, ``lookup`` finds saved verdicts of the project at a root, by key.

    ``ended`` is set when the coordinator runs no more; ``stacks`` tells what all threads are at.
    Every timeout is in seconds.
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
    selection: Selection = EVERYTHING

    @property
    def handlers(self) -> dict[str, Callable[[dict[str, Any]], object]]:
        """The methods by name."""
        return {
            "status": lambda _: self.status(),
            "wait": lambda params: self.wait(_timeout(params)),
            "check": lambda params: self.check(params.get("paths") or (), _timeout(params)),
            "events": lambda params: self.events(since_start=params.get("since_start") is True),
            "why": lambda params: self.why(str(params.get("path", ""))),
            "reload": lambda _: self.reload(),
            "stop": lambda _: self.end(),
            "threads": lambda _: {"stacks": self.stacks()},
        }

    def status(self) -> bytes:
        """The status document."""
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
        """The check document of ``paths`` (absolute files or directories; none: everything).

        Raises UserError for a path that is in no project.
        """
        deadline = time.monotonic() + timeout
        settled = self.settle(timeout)
        for _ in range(_ATTEMPTS):
            chosen = _chosen(self.coordinator.snapshot.projects, paths)
            results, lost = self._results(chosen)
            if not lost:
                break
            self.coordinator.post(Recheck(tuple(lost)))
            settled = self.settle(max(0.0, deadline - time.monotonic()))
        roots = {
            str(p.project.name): relative_root(p.project.root, workspace=str(self.root)) for p, _ in chosen
        }
        missing = sorted(
            path_text(path)
            for project, _ in chosen
            for path in (*project.missing, *(unread for unread, _ in project.unread))
        )
        errors = [text for project, _ in chosen for text in project.problems]
        meta = {
            "settled": settled,
            "generated_at": time.time(),
            "missing": missing,
            "config_errors": [*self.coordinator.snapshot.problems, *errors],
        }
        shards = dict.fromkeys(roots, frozenset((self.selection.shard,))) if self.selection.sharded else {}
        return encode(check_document(results_of(roots, results, shards), meta=meta))

    def _results(
        self, chosen: Sequence[tuple[ProjectSnapshot, Mapping[RelPath, FileRecord]]]
    ) -> tuple[list[FileResult], list[tuple[ProjectName, RelPath]]]:
        """Files with their findings, and those whose findings the cache has lost."""
        results: list[FileResult] = []
        lost: list[tuple[ProjectName, RelPath]] = []
        for project, files in chosen:
            keys = [part.key for record in files.values() for part in record.parts if part.summary.rules]
            verdicts = self.lookup(project.project.root, keys)
            for path, record in files.items():
                findings = [
                    finding
                    for part in record.parts
                    if isinstance(verdict := verdicts.get(part.key), Checked)
                    for finding in verdict.findings
                ]
                if record.state is FileState.FRESH and len(findings) != record.counts.total:
                    lost.append((project.project.name, path))
                    record = msgspec.structs.replace(record, state=FileState.FAILED, reason=_LOST)  # noqa: PLW2901
                results.append(self._result(project, path, record, findings))
        return results, lost

    def _result(
        self, project: ProjectSnapshot, path: RelPath, record: FileRecord, findings: Sequence[Finding]
    ) -> FileResult:
        """What files have in common can only be told when none of them is left out."""
        sharded = self.selection.sharded
        return result_of(
            record,
            findings,
            project=project.project.name,
            path=path,
            verified_at=None,
            related=() if sharded else project.files.relations.findings.get(path, ()),
            outline=record.outline if sharded else b"",
        )


def _timeout(params: Mapping[str, Any]) -> float:
    value = params.get("timeout")
    return float(value) if isinstance(value, int | float) else 60.0


def _chosen(
    projects: Sequence[ProjectSnapshot], paths: Sequence[str]
) -> list[tuple[ProjectSnapshot, Mapping[RelPath, FileRecord]]]:
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
