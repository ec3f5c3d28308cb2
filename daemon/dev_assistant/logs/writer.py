"""The thread that writes the log, and the bounded queue before it.

``put`` is called by every thread of the daemon, the coordinator's too, and must cost microseconds.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from dev_assistant.beats import Beats
from dev_assistant.logs.lines import Entry, render
from dev_assistant.logs.repeats import Repeats

_PENDING = 10_000  # some 10 MB of entries at worst
_BATCH = 500  # a rotated file may be this much larger than its limit
_TICK_S = 1.0


class Sink(Protocol):
    """Where lines go. ``write`` raises OSError when they could not be written."""

    def write(self, lines: bytes) -> None: ...
    def close(self) -> None: ...


class Terminal:
    """The log for the person who runs the daemon in the foreground."""

    def __init__(self, write: Callable[[str], object], *, colour: bool) -> None:
        self._write = write
        self._colour = colour

    def write(self, lines: bytes) -> None:
        text = "".join(render(line, colour=self._colour) + "\n" for line in lines.splitlines())
        with contextlib.suppress(OSError):  # a terminal that was closed has nobody to miss the lines
            self._write(text)

    def close(self) -> None:
        """The terminal stays open: it is not ours."""


class LogWriter:
    """Writes entries to all sinks, in the order in which they were put."""

    def __init__(self, sinks: Sequence[Sink], *, limit: int = _PENDING, beats: Beats | None = None) -> None:
        self._sinks = sinks
        self._limit = limit
        self._beats = beats or Beats()
        self._changed = threading.Condition()
        self._pending: deque[Entry] = deque()
        self._dropped = 0
        self._refusal = ""
        self._started = self._closing = False
        self._repeats = Repeats()
        self._thread = self._new_thread()

    def _new_thread(self) -> threading.Thread:
        return threading.Thread(target=self._run, name="log-writer", daemon=True)

    def start(self) -> None:
        self._started = True
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why the log is not written at present, and since when; "" when it is."""
        return self._refusal

    def revive(self) -> list[str]:
        """Go on in a new thread when the old one has ended although nobody closed it; its name then."""
        if not self._started or self._closing or self._thread.is_alive():
            return []
        self._thread = self._new_thread()
        self._thread.start()
        return [self._thread.name]

    def put(self, entry: Entry) -> None:
        """Called on any thread; never waits for a sink."""
        with self._changed:
            if len(self._pending) >= self._limit:
                self._dropped += 1
                return
            self._pending.append(entry)
            self._changed.notify()

    def close(self, *, timeout: float = 2.0) -> bool:
        """Write what is pending and end; False when that takes longer than ``timeout`` seconds."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        closing = False
        while not closing:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._closing, _TICK_S)
                batch = [self._pending.popleft() for _ in range(min(_BATCH, len(self._pending)))]
                dropped, self._dropped = self._dropped, 0
                closing = self._closing and not self._pending
            now = float("inf") if closing else time.monotonic()
            self._write([*self._selected(batch, now=now), *_told(dropped)], dropped=dropped)
        for sink in self._sinks:
            sink.close()

    def _selected(self, batch: list[Entry], *, now: float) -> list[Entry]:
        chosen = [entry for entry in batch if self._repeats.admit(entry, now=now)]
        return chosen + self._repeats.pop_due(now=now)

    def _write(self, entries: list[Entry], *, dropped: int) -> None:
        """What no sink took, because the disk is full, is told when there is room again."""
        if entries and not self._taken(b"".join(entry.encode() for entry in entries)):
            with self._changed:
                self._dropped += dropped + len(entries) - (1 if dropped else 0)

    def _taken(self, lines: bytes) -> bool:
        with self._beats.at("writing the log"):
            refusals = [error for sink in self._sinks if (error := _refusal(sink, lines)) is not None]
        if not refusals:
            self._refusal = ""
        elif not self._refusal:
            since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime())
            self._refusal = f"the log: not written since {since} UTC, lines are dropped: {refusals[0]}"
        return len(refusals) < len(self._sinks)


def _refusal(sink: Sink, lines: bytes) -> OSError | None:
    try:
        sink.write(lines)
    except OSError as error:
        return error
    return None


def _told(dropped: int) -> list[Entry]:
    if not dropped:
        return []
    return [Entry(time.time(), "warning", "logs", "lines were dropped", {"count": dropped})]
