"""Heart-beats: what each long-lived thread is doing, on what, and since when.

A thread writes its own beat and nobody else's; anyone may read all of them at any time. Between two
pieces of work there is no beat: a thread that waits for work cannot be stuck. Work that belongs to a stage
of the pipeline is timed as well.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from dev_assistant.timings import Timings


class Doing(NamedTuple):
    """One piece of work under way. ``since`` is monotonic seconds; ``subject`` a path, a batch, or ""."""

    operation: str
    subject: str
    since: float


class Overdue(NamedTuple):
    """A thread that has been at one piece of work for longer than its patience; ``age`` in seconds."""

    thread: str
    operation: str
    subject: str
    since: float
    age: float


class Beats:
    """The beats of all threads. ``patience`` are the seconds that one piece of work may take, by the kind of
    thread: its name up to the first hyphen. Threads of other kinds are not watched. ``timings`` gets the
    durations.
    """

    def __init__(
        self, patience: dict[str, float] | None = None, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._patience = patience or {}
        self._now = now
        self._doing: dict[str, Doing] = {}
        self.timings = Timings()

    def at(self, operation: str, subject: str = "", *, stage: str = "") -> _Work:
        """This thread is at a piece of work; within it there may be smaller ones.

        With a ``stage`` the time it takes is counted there.
        """
        return _Work(self, operation, subject, stage)

    def began(self, operation: str, subject: str) -> tuple[str, Doing | None, float]:
        """The thread's name, what it was at before, and when this began."""
        thread = threading.current_thread().name
        outer, now = self._doing.get(thread), self._now()
        self._doing[thread] = Doing(operation, subject, now)
        return thread, outer, now

    def ended(self, thread: str, outer: Doing | None) -> float:
        """When this ended; the thread is at what it was at before."""
        now = self._now()
        if outer is None:
            self._doing.pop(thread, None)
        else:
            self._doing[thread] = outer._replace(since=now)
        return now

    def next(self, operation: str, subject: str) -> None:
        """Within ``at``: this thread has got on to the next step."""
        thread = threading.current_thread().name
        if thread in self._doing:
            self._doing[thread] = Doing(operation, subject, self._now())

    def read(self) -> dict[str, Doing]:
        """What is being done at this moment, by thread."""
        return self._doing.copy()

    def overdue(self) -> tuple[Overdue, ...]:
        """The threads that have been at one thing for too long, the longest first."""
        now = self._now()
        late = [
            Overdue(thread, *doing, age=now - doing.since)
            for thread, doing in self.read().items()
            if now - doing.since > self._patience.get(thread.partition("-")[0], float("inf"))
        ]
        return tuple(sorted(late, key=lambda each: -each.age))


class _Work:
    """One piece of work, from ``with`` to its end; a generator would cost a microsecond more."""

    __slots__ = ("_beats", "_before", "_operation", "_stage", "_subject")

    def __init__(self, beats: Beats, operation: str, subject: str, stage: str) -> None:
        self._beats = beats
        self._operation = operation
        self._subject = subject
        self._stage = stage

    def __enter__(self) -> None:
        self._before = self._beats.began(self._operation, self._subject)

    def __exit__(self, *_: object) -> None:
        thread, outer, began = self._before
        ended = self._beats.ended(thread, outer)
        if self._stage:
            self._beats.timings.add(self._stage, ended - began, self._subject)
