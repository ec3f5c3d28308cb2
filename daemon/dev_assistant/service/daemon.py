"""All threads of the daemon: who is started after whom, and who is stopped before whom.

Stopping goes with the flow: first no more questions, then no more events, then no more decisions, then
no more work; the scribe is last, so that everything that was decided is on disk.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dev_assistant import process
from dev_assistant.logs import get_logger
from dev_assistant.model import Job
from dev_assistant.ports import ChangeSource, Verifier
from dev_assistant.schedule.pool import Workers
from dev_assistant.service.coordinator import Coordinator
from dev_assistant.service.errands import Errands
from dev_assistant.service.feed import Feed
from dev_assistant.service.messages import Stop
from dev_assistant.service.scribe import Scribe

_LOG = get_logger("daemon")


@dataclass(slots=True)
class Daemon:
    """The running parts. ``failed`` is the reason why it must end, "" while there is none.

    ``give_up`` is then called, from any thread, and has to see to it that ``stop`` is.
    """

    coordinator: Coordinator
    source: ChangeSource
    workers: Sequence[Workers[Job]]
    verifiers: Sequence[Verifier]
    git: process.Children
    errands: Errands
    scribe: Scribe
    feed: Feed
    give_up: Callable[[], None] = lambda: None
    failed: str = ""
    ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Return as soon as all threads run; ``coordinator.ready`` tells when everything is watched."""
        self.scribe.start()
        self.errands.start()
        for workers in self.workers:
            workers.start()
        self.source.start(self.coordinator.post)
        self._thread = threading.Thread(target=self._coordinate, name="coordinator", daemon=True)
        self._thread.start()

    def _coordinate(self) -> None:
        try:
            self.coordinator.start()
            self.coordinator.run()
        except BaseException as error:  # noqa: BLE001  a daemon without its coordinator must end, not linger
            self.fail(f"coordinator: {error!r}", error)
        finally:
            self.ended.set()
            self.coordinator.ready.set()

    def fail(self, reason: str, error: BaseException | None = None) -> None:
        """The daemon cannot go on. The first reason is the one that is told."""
        self.failed = self.failed or reason
        self.give_up()
        _LOG.error("the daemon has to end", reason=reason, exc_info=error)

    def stop(self, timeout: float) -> list[str]:
        """End everything within about ``timeout`` seconds; the names of what did not end."""
        deadline = time.monotonic() + timeout
        self.feed.close()
        self.coordinator.post(Stop())
        self.source.stop()
        stuck = [name for name, stop in self._order() if not stop(max(0.1, deadline - time.monotonic()))]
        self._close_tools()
        for name in stuck:
            _LOG.error("did not end in time", thread=name)
        return stuck

    def _order(self) -> list[tuple[str, Callable[[float], bool]]]:
        return [
            ("coordinator", self._stop_coordinator),
            ("workers", self._stop_workers),
            ("errands", self.errands.stop),
            ("scribe", self._stop_scribe),
        ]

    def _stop_coordinator(self, left: float) -> bool:
        return self._thread is None or self.ended.wait(left)

    def _stop_scribe(self, left: float) -> bool:
        """The last thing that is shown is that nothing will change any more."""
        self.scribe.report()
        return self.scribe.stop(left)

    def _stop_workers(self, left: float) -> bool:
        self._close_tools()
        ended = [workers.stop(timeout=left, drain=False) for workers in self.workers]
        return all(ended)

    def _close_tools(self) -> None:
        """Twice: a worker may have started one more run before its queue was closed."""
        self.git.end()
        for verifier in self.verifiers:
            verifier.close()
