"""A single look at everything: the daemon's own parts, started, asked once, and stopped."""

from __future__ import annotations

import time
from collections.abc import Sequence

from dev_assistant.report.documents import CheckDocument
from dev_assistant.service.answers import Answers
from dev_assistant.service.daemon import Daemon

_STOP_SECONDS = 5.0


def look_once(daemon: Daemon, answers: Answers, *, paths: Sequence[str], timeout: float) -> CheckDocument:
    """The check document of ``paths``. Raises UserError for a path that is in no project."""
    deadline = time.monotonic() + timeout
    daemon.start()
    try:
        daemon.coordinator.ready.wait(timeout)
        if daemon.failed:
            raise RuntimeError(daemon.failed)
        return answers.look(paths, max(0.0, deadline - time.monotonic()))
    finally:
        daemon.stop(_STOP_SECONDS)
