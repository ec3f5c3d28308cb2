"""A single look at everything: the daemon's own parts, started, asked once, and stopped."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from dev_assistant.service.answers import Answers
from dev_assistant.service.daemon import Daemon

_STOP_SECONDS = 5.0


def look_once(daemon: Daemon, answers: Answers, *, paths: Sequence[str], timeout: float) -> dict[str, Any]:
    """The check document of ``paths``. Raises UserError for a path that is in no project."""
    deadline = time.monotonic() + timeout
    daemon.start()
    try:
        daemon.coordinator.ready.wait(timeout)
        if daemon.failed:
            raise RuntimeError(daemon.failed)
        document: dict[str, Any] = json.loads(answers.check(paths, max(0.0, deadline - time.monotonic())))
        return document
    finally:
        daemon.stop(_STOP_SECONDS)
