"""A single look at everything: the daemon's own parts, started, asked once, and stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from dev_assistant.report.tally import Tally, total
from dev_assistant.service.answers import Answers
from dev_assistant.service.daemon import Daemon

_STOP_SECONDS = 5.0

Progress = Callable[[Callable[[], Tally]], AbstractContextManager[object]]
"""What shows how far a look has come, by the totals of now that it is given."""


def unshown(_: Callable[[], Tally]) -> AbstractContextManager[object]:
    """Nobody watches."""
    return nullcontext()


def look_once(
    daemon: Daemon, answers: Answers, *, paths: Sequence[str], timeout: float, progress: Progress = unshown
) -> dict[str, Any]:
    """The check document of ``paths``. Raises UserError for a path that is in no project."""
    deadline = time.monotonic() + timeout
    daemon.start()
    try:
        with progress(lambda: _totals(daemon)):
            return _look(daemon, answers, paths=paths, timeout=timeout, deadline=deadline)
    finally:
        daemon.stop(_STOP_SECONDS)


def _totals(daemon: Daemon) -> Tally:
    return total(project.files.tally for project in daemon.coordinator.snapshot.projects)


def _look(
    daemon: Daemon, answers: Answers, *, paths: Sequence[str], timeout: float, deadline: float
) -> dict[str, Any]:
    daemon.coordinator.ready.wait(timeout)
    if daemon.failed:
        raise RuntimeError(daemon.failed)
    document: dict[str, Any] = json.loads(answers.check(paths, max(0.0, deadline - time.monotonic())))
    return document
