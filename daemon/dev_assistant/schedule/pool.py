"""Threads that take from a ``JobQueue``: ``Workers`` for the daemon, ``WorkerPool`` for everybody.

Nothing that a task does ends its thread, SystemExit included: a thread that died would leave its queue
waiting without a word.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Generic, Self, TypedDict, TypeVar

from dev_assistant.logs import get_logger
from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.backlog import Batch
from dev_assistant.schedule.queue import JobQueue

T = TypeVar("T")

_LOG = get_logger("schedule")


class Workers(Generic[T]):
    """``count`` threads, until ``resize``, that call ``run`` with batches of ``queue`` until it is closed.

    When ``run`` raises, the error is logged, ``on_error`` is called with the same items, and all of them
    count as failed. ``batch_size`` is asked before each take and must not raise. The threads are daemonic:
    one that hangs in ``run`` does not keep the interpreter from ending.
    """

    def __init__(
        self,
        queue: JobQueue[T],
        *,
        run: Callable[[Sequence[T]], object],
        count: int,
        batch_size: Callable[[], int] = lambda: 1,
        on_error: Callable[[Sequence[T], BaseException], object] | None = None,
        name: str = "worker",
    ) -> None:
        if count < 1:
            raise ValueError(f"at least one worker is needed, got {count}")
        self._queue = queue
        self._run = run
        self._batch_size = batch_size
        self._on_error = on_error
        self._name = name
        self._count = count
        self._threads: dict[int, threading.Thread] = {}  # by number; above the count: to leave
        self._held: dict[int, Batch[T]] = {}
        self._lock = threading.Lock()
        self._started = self._stopping = False

    def start(self) -> None:
        """Start the threads; does nothing when they were started before."""
        with self._lock:
            if self._started:
                return
            self._started = True
            self._fill()

    def resize(self, count: int) -> None:
        """Have ``count`` threads: new ones at once; the surplus leaves, each after the batch that it has."""
        with self._lock:
            self._count = count
            if self._started and not self._stopping:
                self._fill()
        self._queue.nudge()

    def _fill(self) -> None:
        """Under the lock: start the threads that are missing."""
        for number in range(1, self._count + 1):
            if number not in self._threads:
                thread = threading.Thread(
                    target=self._loop, args=(number,), name=f"{self._name}-{number}", daemon=True
                )
                thread.start()  # raises where there is no thread to be had: then it is still missing
                self._threads[number] = thread

    def stop(self, *, timeout: float | None, drain: bool = True) -> bool:
        """Close the queue, wait for what runs and (``drain``) for what waits, and join the threads.

        False when that takes more than ``timeout`` seconds (None: no limit): then what waits is left, and
        each thread ends with the batch it has. Not to be called from ``run``.
        """
        with self._lock:
            started, self._stopping = self._started, True
            threads = list(self._threads.values())
        self._queue.close(drain=drain and started)
        if not self._queue.join(timeout):
            self._queue.close(drain=False)
            return False
        for thread in threads:
            thread.join()  # nothing foreign runs any more: this is a matter of microseconds
        return True

    def revive(self) -> list[str]:
        """Put new threads in the place of those that have ended although nobody stopped them; their names.

        What such a thread had taken counts as failed, so that nobody waits for it.
        """
        with self._lock:
            if not self._started or self._stopping:
                return []
            ended = {number: each for number, each in self._threads.items() if not each.is_alive()}
            for number in ended:
                del self._threads[number]
            self._fill()
        for number, thread in ended.items():
            if (batch := self._held.pop(number, None)) is not None and self._queue.runs(batch):
                self._give_back(batch, RuntimeError(f"the thread {thread.name} ended"))
        return [thread.name for thread in ended.values()]

    def alive(self) -> int:
        """Threads that run."""
        with self._lock:
            return sum(thread.is_alive() for thread in self._threads.values())

    def _loop(self, number: int) -> None:
        while True:
            while batch := self._queue.take(self._batch_size(), leave=lambda: number > self._count):
                self._held[number] = batch
                error = _attempt(lambda batch=batch: self._run(batch.items))  # type: ignore[misc]
                if error is None:
                    self._queue.done(batch)
                else:
                    self._give_back(batch, error)
                del self._held[number]
            if self._has_left(number):
                return

    def _has_left(self, number: int) -> bool:
        """Whether the queue is at its end, or the thread one too many still: it may be wanted again."""
        with self._lock:
            if number <= self._count:
                return self._queue.ended
            del self._threads[number]
            return True

    def _give_back(self, batch: Batch[T], error: BaseException) -> None:
        if self._on_error is not None:
            on_error = self._on_error
            _attempt(lambda: on_error(batch.items, error))
        self._queue.done(batch, failed=len(batch))


def _attempt(call: Callable[[], object]) -> BaseException | None:
    """What the call raised, after logging it."""
    try:
        call()
    except BaseException as error:  # noqa: BLE001  a SystemExit must end neither the thread nor the queue
        with contextlib.suppress(BaseException):  # nor must a log that cannot be written
            _LOG.error("a task raised", exc_info=error)
        return error
    return None


class PoolStats(TypedDict):
    """One consistent reading: ``submitted = completed + failed + pending``; ``pending`` includes running.

    ``elapsed_seconds`` counts from ``start`` to ``shutdown``; ``throughput_per_sec`` is of completed tasks;
    ``workers`` are the threads alive.
    """

    submitted: int
    completed: int
    failed: int
    pending: int
    elapsed_seconds: float
    throughput_per_sec: float
    workers: int


class WorkerPool(Generic[T]):
    """Call ``worker_fn`` with each submitted item on one of ``num_workers`` threads, by priority.

    A call that returns has completed, one that raises has failed (and is logged); None completes every
    item. At most ``max_queue_size`` items wait. Items submitted before ``start`` wait for it. As a context
    manager it starts, and on leaving finishes all that was submitted. Raises ValueError for sizes below 1.
    """

    def __init__(
        self,
        num_workers: int = 3,
        max_queue_size: int = 100,
        worker_fn: Callable[[T], object] | None = None,
    ) -> None:
        if max_queue_size < 1:
            raise ValueError(f"max_queue_size must be at least 1, got {max_queue_size}")
        self._worker_fn = worker_fn
        self._queue: JobQueue[T] = JobQueue(limit=max_queue_size)
        self._workers = self._hire(num_workers)
        self._started: float | None = None
        self._ended: float | None = None

    def _hire(self, count: int) -> Workers[T]:
        return Workers(self._queue, run=self._call, count=count, name="pool-worker")

    def start(self) -> None:
        """Start the workers; does nothing when started before. Raises RuntimeError after ``shutdown``."""
        if self._ended is not None:
            raise RuntimeError("a WorkerPool that was shut down cannot be started")
        if self._started is None:
            self._started = time.monotonic()
        self._workers.start()

    def submit(self, item: T, priority: Priority = Priority.NORMAL) -> bool:
        """Queue an item without waiting; False when the queue is full or the pool was shut down."""
        return self._queue.put(item, key=None, lane="", urgency=Urgency.INTERACTIVE, priority=priority)

    def submit_blocking(
        self, item: T, priority: Priority = Priority.NORMAL, timeout: float | None = None
    ) -> bool:
        """As ``submit``, but waits up to ``timeout`` seconds (None: no limit) for room."""
        return self._queue.put_blocking(
            item, key=None, lane="", urgency=Urgency.INTERACTIVE, priority=priority, timeout=timeout
        )

    def wait_completion(self, timeout: float | None = None) -> bool:
        """Wait until nothing is pending; False after ``timeout`` seconds (None: no limit)."""
        return self._queue.join(timeout) and self._queue.pending() == 0

    def shutdown(self, timeout: float | None = None) -> bool:
        """Refuse new items, finish the submitted ones and end the workers; may be called again.

        False when that takes more than ``timeout`` seconds (None: no limit), or the pool was never started
        and items wait: those are never run and stay pending. Not to be called from ``worker_fn``.
        """
        drained = self._workers.stop(timeout=timeout)
        if self._ended is None:
            self._ended = time.monotonic()
        return drained and self._queue.pending() == 0

    def get_stats(self) -> PoolStats:
        """The numbers of this moment; for any thread, at any time."""
        load = self._queue.load()
        elapsed = self._elapsed()
        return PoolStats(
            submitted=load.submitted,
            completed=load.completed,
            failed=load.failed,
            pending=load.pending,
            elapsed_seconds=elapsed,
            throughput_per_sec=load.completed / elapsed if elapsed > 0 else 0.0,
            workers=self._workers.alive(),
        )

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()

    def _elapsed(self) -> float:
        if self._started is None:
            return 0.0
        ended = self._ended
        return (time.monotonic() if ended is None else ended) - self._started

    def _call(self, items: Sequence[T]) -> None:
        if self._worker_fn is not None:
            for item in items:
                self._worker_fn(item)
