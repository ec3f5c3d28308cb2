from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest

from dev_assistant import AdaptiveWorkerPool
from dev_assistant.machine import Usage
from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.adaptive import AdaptiveWorkers
from dev_assistant.schedule.pool import PoolStats
from dev_assistant.schedule.queue import JobQueue
from dev_assistant.schedule.sizing import GROW_AFTER, SHRINK_AFTER, Bounds

SOON = 10.0  # seconds after which a wait has failed; none takes that long


def until(reached: Callable[[], bool]) -> None:
    """Wait for other threads; fails when it takes too long."""
    pause = threading.Event()
    for _ in range(int(SOON / 0.01)):
        if reached():
            return
        pause.wait(0.01)
    raise AssertionError("never came to pass")


ROOM, FULL = Usage(idle=1.5, own=0.0), Usage(idle=0.0, own=0.0, crowding=1.0)


class Idle:
    """Processors without anything else to do."""

    def look(self) -> Usage:
        return ROOM


class Crew(AdaptiveWorkers[int]):
    """Workers at a machine whose usage is said, and which is looked at when the test says so."""

    def __init__(self, bounds: Bounds, *, spare: int = 0) -> None:
        self.gate = threading.Event()
        self.queue: JobQueue[int] = JobQueue()
        self.sizes: list[int] = []
        self.short = self.broken = False
        super().__init__(
            self.queue,
            run=lambda _: self.gate.wait(SOON),
            bounds=bounds,
            spare=spare,
            resized=self.sizes.append,
            processors=Idle,
            is_short=self._told_short,
        )

    def _told_short(self) -> bool:
        if self.broken:
            raise SystemExit
        return self.short

    def put(self, count: int) -> None:
        for number in range(count):
            self.queue.put(number, key=None, lane="", urgency=Urgency.BULK, priority=Priority.NORMAL)

    def look(self, times: int, usage: Usage) -> bool:
        return [self._look(usage) for _ in range(times)][-1]


def test_a_pool_that_is_late_grows_while_processors_are_idle_and_shrinks_when_done() -> None:
    crew = Crew(Bounds(1, 1, 2))
    crew.start()
    crew.put(20)
    until(lambda: crew.alive() == 2)
    assert crew.decision == (2, "work waits, and processors are idle")
    crew.gate.set()
    assert crew.queue.join(SOON)
    until(lambda: crew.alive() == 1)
    assert crew.sizes == [2, 1]
    assert crew.stop(timeout=SOON) and crew.alive() == 0


def test_a_pool_has_the_interface_of_a_fixed_one_and_stays_within_its_sizes() -> None:
    seen: list[int] = []
    with AdaptiveWorkerPool[int](1, 3, worker_fn=seen.append) as pool:
        assert pool.get_stats()["workers"] == 1
        assert all(pool.submit(number, priority=Priority(number % 3)) for number in range(20))
        assert pool.submit_blocking(20, timeout=SOON)
        assert pool.wait_completion(SOON)
        until(lambda: pool.get_stats()["workers"] == 1)
        stats = pool.get_stats()
    assert set(stats) == PoolStats.__required_keys__
    assert (stats["submitted"], stats["completed"], sorted(seen)) == (21, 21, list(range(21)))
    assert pool.get_stats()["workers"] == 0


def test_a_pool_of_nonsense_sizes_is_refused() -> None:
    for sizes in ((0, 1), (3, 2)):
        with pytest.raises(ValueError, match="workers"):
            AdaptiveWorkerPool[int](*sizes)
    with pytest.raises(ValueError, match="max_queue_size"):
        AdaptiveWorkerPool[int](max_queue_size=0)


def test_threads_come_and_go_as_decided_with_the_spare_ones_beside() -> None:
    crew = Crew(Bounds(2, 2, 4), spare=1)
    crew.put(50)
    start_workers(crew)
    until(lambda: crew.queue.pressure().running == 3 and crew.queue.pressure().oldest_s > 0.1)
    assert crew.look(2 * GROW_AFTER, ROOM)
    assert (crew.alive(), crew.sizes, crew.decision.workers) == (5, [3, 4], 4)
    assert crew.look(2 * SHRINK_AFTER, FULL)
    assert (crew.sizes[-1], crew.decision.workers) == (2, 2)
    crew.gate.set()
    assert crew.queue.join(SOON)
    until(lambda: crew.alive() == 3)
    assert not crew.look(1, ROOM)
    assert crew.stop(timeout=SOON) and crew.alive() == 0
    assert crew.queue.load().completed == 50


def start_workers(crew: Crew) -> None:
    """Without the thread that looks: the test does that."""
    super(AdaptiveWorkers, crew).start()


def test_short_memory_takes_workers_away() -> None:
    crew = Crew(Bounds(1, 2, 4))
    crew.put(9)
    start_workers(crew)
    crew.short = True
    crew.look(SHRINK_AFTER, ROOM)
    assert crew.decision == (1, "memory is short")
    crew.short = False
    crew.look(SHRINK_AFTER, ROOM._replace(memory_stall=0.5))
    assert crew.decision == (1, "memory is short")
    crew.gate.set()
    assert crew.stop(timeout=SOON)


def test_a_fixed_number_needs_nobody_to_look() -> None:
    before = threading.active_count()
    crew = Crew(Bounds(2, 2, 2))
    crew.start()
    assert threading.active_count() == before + 2
    assert crew.decision == (2, "fixed")
    assert crew.stop(timeout=SOON)
    assert threading.active_count() == before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_whoever_looks_is_put_in_place_again_when_it_ended() -> None:
    crew = Crew(Bounds(1, 1, 2))
    crew.broken = True
    crew.start()
    crew.put(9)
    until(lambda: crew.revive() == ["workers-sizing"])
    crew.broken = False
    until(lambda: bool(crew.revive()) or crew.alive() == 2)
    crew.gate.set()
    assert crew.stop(timeout=SOON) and crew.revive() == []


def test_a_thousand_tasks_in_flight_are_done_once_each_while_the_pool_changes() -> None:
    counter = itertools.count()
    queue: JobQueue[int] = JobQueue()
    crew = AdaptiveWorkers(queue, run=lambda items: [next(counter) for _ in items], bounds=Bounds(1, 2, 6))
    crew.start()

    def produce() -> None:
        for number in range(600):
            assert queue.put(number, key=None, lane="", urgency=Urgency.BULK, priority=Priority(number % 3))

    producers = [threading.Thread(target=produce) for _ in range(4)]
    for thread in producers:
        thread.start()
    for size in itertools.islice(itertools.cycle([6, 1, 4, 2]), 200):
        crew.resize(size)
        crew.revive()
    for thread in producers:
        thread.join(SOON)
    assert queue.join(SOON)
    until(lambda: crew.alive() == 2)
    assert crew.stop(timeout=SOON)
    assert queue.load() == (0, 0, 2400, 0)
    assert next(counter) == 2400


@pytest.mark.parametrize("drain", [True, False])
def test_a_pool_may_be_stopped_while_it_is_resized(drain: bool) -> None:
    for size in (1, 6):
        crew = Crew(Bounds(1, 3, 6))
        crew.put(40)
        crew.start()
        crew.gate.set()
        stopping = threading.Thread(target=crew.stop, kwargs={"timeout": SOON, "drain": drain})
        stopping.start()
        crew.resize(size)
        stopping.join(SOON)
        assert not stopping.is_alive()
        until(lambda crew=crew: crew.alive() == 0)  # type: ignore[misc]
        assert not drain or crew.queue.load().completed == 40
