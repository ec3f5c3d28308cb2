"""A single look at everything: the daemon's own parts, started, asked once, and stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from dev_assistant.report.documents import CheckDocument
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
) -> CheckDocument:
    """The check document of ``paths``. Raises UserError for a path that is in no project."""
    deadline = time.monotonic() + timeout
    daemon.start()
    try:
        with progress(lambda: _totals(daemon)):
            daemon.coordinator.ready.wait(timeout)
            if daemon.failed:
                raise RuntimeError(daemon.failed)
            return answers.look(paths, max(0.0, deadline - time.monotonic()))
    finally:
        daemon.stop(_STOP_SECONDS)


def _totals(daemon: Daemon) -> Tally:
    return total(project.files.tally for project in daemon.coordinator.snapshot.projects)
