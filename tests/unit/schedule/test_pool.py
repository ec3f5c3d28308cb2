from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.backlog import Request
from dev_assistant.schedule.lanes import Limits
from dev_assistant.schedule.pool import PoolStats, WorkerPool, Workers
from dev_assistant.schedule.queue import JobQueue

SOON = 10.0  # seconds after which a wait has failed; none takes that long


class Gate:
    """A task that waits until the gate opens; ``entered`` tells that a worker is in it."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.seen: list[object] = []

    def __call__(self, item: object) -> None:
        self.entered.set()
        assert self.open.wait(SOON)
        self.seen.append(item)


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.open.set()


def adds_up(stats: PoolStats) -> bool:
    return stats["submitted"] == stats["completed"] + stats["failed"] + stats["pending"]


def test_every_item_is_worked_on_and_counted() -> None:
    seen: list[int] = []
    with WorkerPool[int](num_workers=2, worker_fn=seen.append) as pool:
        assert all(pool.submit(number) for number in range(20))
        assert pool.wait_completion(SOON)
        stats = pool.get_stats()
    assert sorted(seen) == list(range(20))
    assert set(stats) == PoolStats.__required_keys__
    assert (stats["submitted"], stats["completed"], stats["pending"], stats["workers"]) == (20, 20, 0, 2)
    assert stats["throughput_per_sec"] == pytest.approx(20 / stats["elapsed_seconds"])


def test_without_a_function_tasks_complete() -> None:
    with WorkerPool[str]() as pool:
        pool.submit("a")
        assert pool.wait_completion(SOON)
        assert pool.get_stats()["completed"] == 1
        assert pool.get_stats()["workers"] == 3


def test_priority_decides_and_then_who_came_first(gate: Gate) -> None:
    with WorkerPool[str](num_workers=1, worker_fn=gate) as pool:
        pool.submit("first")
        assert gate.entered.wait(SOON)
        for turn, priority in itertools.product("12", (Priority.LOW, Priority.NORMAL, Priority.HIGH)):
            pool.submit(priority.name + turn, priority=priority)
        pool.submit("by default")
        gate.open.set()
        assert pool.wait_completion(SOON)
    assert gate.seen == [
        *("first", "HIGH1", "HIGH2", "NORMAL1", "NORMAL2", "by default", "LOW1", "LOW2"),
    ]


def test_before_start_items_wait_and_the_limit_holds() -> None:
    pool = WorkerPool[int](num_workers=1, max_queue_size=2)
    assert [pool.submit(number) for number in range(3)] == [True, True, False]
    assert not pool.wait_completion(timeout=0)
    assert pool.get_stats() == PoolStats(
        submitted=2,
        completed=0,
        failed=0,
        pending=2,
        elapsed_seconds=0.0,
        throughput_per_sec=0.0,
        workers=0,
    )
    pool.start()
    pool.start()
    assert pool.wait_completion(SOON)
    assert pool.get_stats()["workers"] == 1
    assert pool.shutdown(SOON)
    assert pool.get_stats()["completed"] == 2


def test_running_items_do_not_take_room(gate: Gate) -> None:
    with WorkerPool[int](num_workers=1, max_queue_size=1, worker_fn=gate) as pool:
        pool.submit(1)
        assert gate.entered.wait(SOON)
        assert pool.submit(2)
        assert not pool.submit(3)
        assert pool.get_stats()["pending"] == 2
        gate.open.set()


def test_blocking_submission_waits_for_room(gate: Gate) -> None:
    with WorkerPool[int](num_workers=1, max_queue_size=1, worker_fn=gate) as pool:
        pool.submit(1)
        assert gate.entered.wait(SOON)
        pool.submit(2)
        assert not pool.submit_blocking(3, Priority.HIGH, timeout=0.01)
        gate.open.set()
        assert pool.submit_blocking(4, Priority.LOW, timeout=SOON)
    assert gate.seen == [1, 2, 4]


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt, BaseException])
def test_a_task_that_raises_has_failed_and_stops_nothing(
    error: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    def work(number: int) -> None:
        if number % 2:
            raise error("odd")

    with caplog.at_level(logging.ERROR), WorkerPool[int](num_workers=1, worker_fn=work) as pool:
        for number in range(4):
            pool.submit(number)
        assert pool.wait_completion(SOON)
        stats = pool.get_stats()
    assert (stats["completed"], stats["failed"], stats["workers"]) == (2, 2, 1)
    assert [record.getMessage() for record in caplog.records] == ["a task raised"] * 2


def test_shutdown_finishes_what_was_submitted_and_refuses_more() -> None:
    seen: list[int] = []
    pool = WorkerPool[int](num_workers=2, worker_fn=seen.append)
    pool.start()
    for number in range(50):
        pool.submit(number)
    assert pool.shutdown(SOON)
    stats = pool.get_stats()
    assert len(seen) == 50
    assert not pool.submit(1)
    assert not pool.submit_blocking(1, timeout=SOON)
    assert pool.shutdown(timeout=0)
    assert (stats["submitted"], stats["workers"]) == (50, 0)
    assert pool.get_stats() == stats
    with pytest.raises(RuntimeError, match="shut down"):
        pool.start()


def test_shutdown_gives_up_in_time_and_leaves_what_waits(gate: Gate) -> None:
    pool = WorkerPool[int](num_workers=1, worker_fn=gate)
    pool.start()
    pool.submit(1)
    pool.submit(2)
    assert gate.entered.wait(SOON)
    assert not pool.shutdown(timeout=0.01)
    assert pool.get_stats()["pending"] == 2
    gate.open.set()
    assert not pool.shutdown(SOON)
    stats = pool.get_stats()
    assert gate.seen == [1]
    assert (stats["completed"], stats["pending"], stats["workers"]) == (1, 1, 0)
    assert not pool.wait_completion(SOON)


def test_a_pool_that_never_started_shuts_down_at_once() -> None:
    assert WorkerPool[int]().shutdown()
    pool = WorkerPool[int]()
    pool.submit(1)
    assert not pool.shutdown()
    assert pool.get_stats()["pending"] == 1


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0)])
def test_a_pool_needs_a_worker_and_room(sizes: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        WorkerPool[int](*sizes)


def test_producers_lose_nothing_and_every_reading_adds_up() -> None:
    counter = itertools.count()
    readings: list[PoolStats] = []
    over = threading.Event()

    def work(number: int) -> None:
        next(counter)
        if number % 10 == 0:
            raise ValueError(number)

    def produce() -> None:
        for number in range(300):
            assert pool.submit_blocking(number, Priority(number % 3), timeout=SOON)

    def watch() -> None:
        while not over.is_set():
            readings.append(pool.get_stats())

    pool = WorkerPool[int](num_workers=3, max_queue_size=50, worker_fn=work)
    pool.start()
    watcher = threading.Thread(target=watch)
    producers = [threading.Thread(target=produce) for _ in range(4)]
    for thread in [watcher, *producers]:
        thread.start()
    for thread in producers:
        thread.join(SOON)
    assert pool.shutdown(SOON)
    over.set()
    watcher.join(SOON)
    stats = pool.get_stats()
    assert next(counter) == 1200
    assert (stats["submitted"], stats["completed"], stats["failed"]) == (1200, 1080, 120)
    assert readings
    assert all(map(adds_up, readings))
    submitted = [reading["submitted"] for reading in readings]
    assert submitted == sorted(submitted)


def test_a_thousand_items_may_wait() -> None:
    seen: list[int] = []
    pool = WorkerPool[int](num_workers=3, max_queue_size=2000, worker_fn=seen.append)
    assert all(pool.submit(number) for number in range(1500))
    assert pool.get_stats()["pending"] == 1500
    with pool:
        assert pool.wait_completion(SOON)
    assert sorted(seen) == list(range(1500))


def queue_of(*items: int) -> JobQueue[int]:
    queue = JobQueue[int]()
    queue.put_all([Request(item, item, "a", Urgency.BULK, Priority.NORMAL) for item in items])
    return queue


def workers(
    queue: JobQueue[int],
    run: Callable[[Sequence[int]], object],
    on_error: Callable[[Sequence[int], BaseException], object] | None = None,
) -> Workers[int]:
    return Workers(queue, run=run, count=1, batch_size=lambda: 2, on_error=on_error)


def test_workers_take_batches_of_the_size_that_is_asked_for() -> None:
    queue = queue_of(1, 2, 3)
    seen: list[Sequence[int]] = []
    crew = workers(queue, seen.append)
    crew.start()
    assert crew.stop(timeout=SOON)
    assert seen == [(1, 2), (3,)]
    assert crew.alive() == 0


def test_an_error_is_told_with_its_items_and_the_worker_goes_on() -> None:
    queue = queue_of(1, 2, 3)
    told: list[tuple[Sequence[int], str]] = []

    def run(items: Sequence[int]) -> None:
        if 1 in items:
            raise SystemExit("bad")

    def on_error(items: Sequence[int], error: BaseException) -> None:
        told.append((items, str(error)))
        raise ValueError("on_error itself is broken")

    crew = workers(queue, run, on_error)
    crew.start()
    assert crew.stop(timeout=SOON)
    assert told == [((1, 2), "bad")]
    assert queue.load() == (0, 0, 1, 2)


def test_stopping_without_draining_ends_after_the_running_batch(gate: Gate) -> None:
    queue = queue_of(1, 2, 3)
    crew = workers(queue, gate)
    crew.start()
    assert gate.entered.wait(SOON)
    assert not crew.stop(timeout=0.01, drain=False)
    gate.open.set()
    assert crew.stop(timeout=SOON, drain=False)
    assert crew.alive() == 0
    assert gate.seen == [(1, 2)]
    assert queue.pending() == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_ended_is_replaced_and_its_batch_given_back() -> None:
    queue = JobQueue[str]()
    ended = threading.Event()
    sizes = iter([1])

    def size() -> int:
        return next(sizes, None) or _end(ended)

    workers = Workers(queue, run=lambda items: None, count=1, batch_size=size)
    assert workers.revive() == []
    workers.start()
    queue.put("a", key=None, lane="", urgency=Urgency.BULK, priority=Priority.NORMAL)
    assert ended.wait(SOON) and queue.join(SOON)
    while workers.alive():
        ended.wait(0.001)
    sizes = itertools.repeat(1)
    queue.put("b", key=None, lane="", urgency=Urgency.BULK, priority=Priority.NORMAL)
    assert workers.revive() == ["worker-1"]
    assert queue.join(SOON) and queue.load().completed == 2
    assert workers.stop(timeout=SOON)
    assert workers.revive() == []


def _end(ended: threading.Event) -> int:
    """End the thread as SystemExit does: without a word of its own."""
    ended.set()
    raise SystemExit


def test_a_flood_of_slow_items_of_one_kind_leaves_workers_to_others(gate: Gate) -> None:
    queue = JobQueue[str](limits=Limits(kinds={"html": 1}))
    judged = threading.Event()

    def run(items: Sequence[str]) -> None:
        if items[0] == "source":
            judged.set()
        else:
            gate(items[0])

    workers = Workers(queue, run=run, count=2)
    workers.start()
    flood = [Request(f"page {n}", None, "p", Urgency.BULK, Priority.HIGH, "html") for n in range(100)]
    queue.put_all(flood)
    assert gate.entered.wait(SOON)
    queue.put_all([Request("source", None, "p", Urgency.BULK, Priority.LOW, "py")])
    assert judged.wait(SOON)
    assert (queue.running(), len(gate.seen)) == (1, 0)
    gate.open.set()
    assert workers.stop(timeout=SOON) and len(gate.seen) == 100
