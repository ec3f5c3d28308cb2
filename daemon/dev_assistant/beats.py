"""Heart-beats: what each long-lived thread is doing, on what, and since when.

A thread writes its own beat and nobody else's; anyone may read all of them at any time. Between two
pieces of work there is no beat: a thread that waits for work cannot be stuck. Work that belongs to a stage
of the pipeline is timed as well.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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

    @contextmanager
    def at(self, operation: str, subject: str = "", *, stage: str = "") -> Iterator[None]:
        """This thread is at a piece of work; within it there may be smaller ones.

        With a ``stage`` the time it takes is counted there.
        """
        thread = threading.current_thread().name
        outer = self._doing.get(thread)
        began = self._now()
        self._doing[thread] = Doing(operation, subject, began)
        try:
            yield
        finally:
            ended = self._now()
            if stage:
                self.timings.add(stage, ended - began, subject)
            if outer is None:
                self._doing.pop(thread, None)
            else:
                self._doing[thread] = outer._replace(since=ended)

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
