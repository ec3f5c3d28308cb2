"""Workers whose number follows the load: a thread beside them looks while there is a reason to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from dev_assistant.logs import get_logger
from dev_assistant.machine import Processors, Usage, usable_cores
from dev_assistant.schedule.pool import WorkerPool, Workers
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.schedule.sizing import LOOK, Bounds, Decision, Reading, Sizing

T = TypeVar("T")

_MEMORY_STALL = 0.1
"""Share of the time in which somebody waited for memory, from which on there is too little of it."""

_LOG = get_logger("schedule")


class Observed(Protocol):
    """Processors that can be looked at again and again."""

    def look(self) -> Usage:
        """What happened since the last look."""


class AdaptiveWorkers(Workers[T]):
    """As ``Workers``, but as many threads as ``Sizing`` says within ``bounds``, and ``spare`` ones more.

    ``resized`` is told each new number, without the spare ones. ``processors`` are looked at while there is a
    reason to, ``is_short`` says whether memory is.
    """

    def __init__(
        self,
        queue: JobQueue[T],
        *,
        run: Callable[[Sequence[T]], object],
        bounds: Bounds,
        spare: int = 0,
        resized: Callable[[int], object] = lambda _: None,
        processors: Callable[[], Observed] = lambda: Processors(usable_cores()),
        is_short: Callable[[], bool] = lambda: False,
        batch_size: Callable[[], int] = lambda: 1,
        on_error: Callable[[Sequence[T], BaseException], object] | None = None,
        name: str = "worker",
    ) -> None:
        super().__init__(
            queue, run=run, count=bounds.rest + spare, batch_size=batch_size, on_error=on_error, name=name
        )
        self._sizing = Sizing(bounds)
        self._spare = spare
        self._resized = resized
        self._processors = processors
        self._is_short = is_short
        self._over = threading.Event()
        self._watcher = self._new_watcher()

    @property
    def bounds(self) -> Bounds:
        return self._sizing.bounds

    @property
    def decision(self) -> Decision:
        """How many there are to be, without the spare ones, and why; for any thread."""
        return self._sizing.decision

    def start(self) -> None:
        super().start()
        if self.bounds.vary and not self._watcher.ident:
            self._watcher.start()

    def stop(self, *, timeout: float | None, drain: bool = True) -> bool:
        self._over.set()
        ended = super().stop(timeout=timeout, drain=drain)
        if self._watcher.ident:
            self._watcher.join()  # the queue is closed: it waits for nothing any more
        return ended

    def revive(self) -> list[str]:
        ended = super().revive()
        if self._watcher.ident and not self._watcher.is_alive() and not self._over.is_set():
            self._watcher = self._new_watcher()
            self._watcher.start()
            ended.append(self._watcher.name)
        return ended

    def _new_watcher(self) -> threading.Thread:
        return threading.Thread(target=self._watch, name=f"{self._name}s-sizing", daemon=True)

    def _watch(self) -> None:
        while not self._over.is_set() and self._queue.fall_behind():
            processors = self._processors()
            while not self._over.wait(LOOK) and self._look(processors.look()):
                pass

    def _look(self, usage: Usage) -> bool:
        """Decide anew; whether there is a reason to look again."""
        before, pressure = self.decision, self._queue.pressure()
        short = usage.memory_stall >= _MEMORY_STALL or self._is_short()
        reading = Reading(*pressure, usage.idle, usage.crowding, usage.own, memory_pressure=short)
        decision = self._sizing.decide(reading, now=time.monotonic())
        if decision.workers != before.workers:
            self._resized(decision.workers)
            self.resize(decision.workers + self._spare)
            _tell(decision, reading)
        return pressure.waiting > 0 or decision.workers != self.bounds.rest


def _tell(decision: Decision, reading: Reading) -> None:
    seen = {name: round(value, 2) for name, value in reading._asdict().items()}
    _LOG.info("number of workers", workers=decision.workers, reason=decision.reason, **seen)


class AdaptiveWorkerPool(WorkerPool[T]):
    """A ``WorkerPool`` with ``min_workers`` to ``max_workers`` threads, as many as serve the load best.

    One more while items wait and processors are idle; one fewer when processors or memory are short, or
    nothing is to be done: ``get_stats()["workers"]`` shows it. Raises ValueError for impossible sizes.
    """

    def __init__(
        self,
        min_workers: int = 2,
        max_workers: int = 6,
        max_queue_size: int = 100,
        worker_fn: Callable[[T], object] | None = None,
    ) -> None:
        self._bounds = Bounds(min_workers, min_workers, max_workers)
        super().__init__(min_workers, max_queue_size, worker_fn)

    def _hire(self, count: int) -> Workers[T]:  # noqa: ARG002  the bounds say it
        return AdaptiveWorkers(self._queue, run=self._call, bounds=self._bounds, name="pool-worker")
