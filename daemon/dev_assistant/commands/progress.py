"""How far a run has come: one line that changes on a terminal, else a line now and then.

It goes to stderr, for stdout is for data.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TextIO

from dev_assistant.report.tally import Tally

ON_TERMINAL: Final = 0.2
ELSEWHERE: Final = 10.0
"""Seconds between two looks."""

_CLEAR: Final = "\r\x1b[K"


@dataclass(frozen=True, slots=True)
class Progress:
    """Owns no thread until it is watched. ``now`` is monotonic seconds."""

    stream: TextIO
    now: Callable[[], float] = time.monotonic

    @contextmanager
    def watch(self, totals: Callable[[], Tally]) -> Iterator[None]:
        """Show ``totals`` again and again until the block ends."""
        done = threading.Event()
        terminal = self.stream.isatty()
        thread = threading.Thread(
            target=self._run, args=(totals, done, terminal), name="progress", daemon=True
        )
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            if terminal:
                self._write(_CLEAR)

    def _run(self, totals: Callable[[], Tally], done: threading.Event, terminal: bool) -> None:
        began = self.now()
        while not done.wait(ON_TERMINAL if terminal else ELSEWHERE):
            line = progress_line(totals(), seconds=self.now() - began)
            self._write(f"{_CLEAR}{line}" if terminal else f"{line}\n")

    def _write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def progress_line(tally: Tally, *, seconds: float) -> str:
    """Files that are settled of those that are known so far, the share, and how many a second."""
    if not tally.files:
        return f"dev-assistant: looking for files ({seconds:.0f} s)"
    done = tally.files - tally.stale - tally.pending
    share = 100 * done // tally.files
    rate = f", {done / seconds:,.0f} a second" if seconds else ""
    found = f"{tally.counts.total:,} findings" + (f", {tally.failed:,} failed" if tally.failed else "")
    files = f"{done:,} of {tally.files:,} files ({share} %)"
    return f"dev-assistant: {files}, {found} ({seconds:.0f} s{rate})"
