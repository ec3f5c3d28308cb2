from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from dev_assistant.report.tally import Tally
from dev_assistant.service.session import look_once


class Daemon:
    """What a session asks of a daemon; ``steps`` is what happened to it."""

    def __init__(self, failed: str = "") -> None:
        self.failed = failed
        self.steps: list[str] = []
        projects = [SimpleNamespace(files=SimpleNamespace(tally=Tally(files=n))) for n in (2, 3)]
        ready = threading.Event()
        ready.set()
        self.coordinator = SimpleNamespace(ready=ready, snapshot=SimpleNamespace(projects=projects))

    def start(self) -> None:
        self.steps.append("start")

    def stop(self, timeout: float) -> None:
        self.steps.append("stop")

    def look(self, paths: object, timeout: float) -> str:
        self.steps.append("look")
        return "the document"


def test_progress_is_shown_while_it_looks():
    daemon = Daemon()

    @contextmanager
    def progress(totals: Callable[[], Tally]) -> Iterator[None]:
        daemon.steps.append(f"{totals().files} files")
        yield
        daemon.steps.append("shown")

    document = look_once(daemon, daemon, paths=(), timeout=1.0, progress=progress)  # type: ignore[arg-type]

    assert document == "the document"
    assert daemon.steps == ["start", "5 files", "look", "shown", "stop"]


def test_a_daemon_that_failed_is_stopped_and_told():
    daemon = Daemon(failed="no scribe")
    with pytest.raises(RuntimeError, match="no scribe"):
        look_once(daemon, daemon, paths=(), timeout=1.0)  # type: ignore[arg-type]
    assert daemon.steps == ["start", "stop"]
