from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from conftest import Clock
from dev_assistant.model import Priority, Urgency
from dev_assistant.schedule.backlog import BATCH_SECONDS, PATIENCE, TURN, Batch, Request
from dev_assistant.schedule.lanes import Limits
from dev_assistant.schedule.queue import JobQueue

R = TypeVar("R")
SOON = 10.0  # seconds after which a wait has failed; none takes that long
BULK, INTERACTIVE = Urgency.BULK, Urgency.INTERACTIVE
HIGH, NORMAL, LOW = Priority


def put(
    queue: JobQueue[str],
    item: str,
    *,
    key: str | None = None,
    lane: str = "a",
    urgency: Urgency = INTERACTIVE,
    priority: Priority = NORMAL,
    kind: str = "",
) -> bool:
    return queue.put_all([Request(item, key, lane, urgency, priority, kind)]) == 1


def take(queue: JobQueue[str], count: int = 1) -> Batch[str]:
    return queue.take(count, timeout=0)


def run_all(queue: JobQueue[str], count: int = 1) -> list[list[str]]:
    batches = []
    while batch := take(queue, count):
        batches.append(list(batch))
        queue.done(batch)
    return batches


@pytest.fixture
def background() -> Iterator[Callable[[Callable[[], R]], Future[R]]]:
    with ThreadPoolExecutor(8) as executor:
        yield executor.submit


Background = Callable[[Callable[[], R]], "Future[R]"]


def test_bulk_leaves_a_worker_to_those_who_save(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str](limits=Limits(bulk=2))
    for number in range(5 * TURN):
        put(queue, f"bulk {number}", urgency=BULK)
    running = [take(queue, 2), take(queue, 2)]
    assert not take(queue)
    reserved = background(lambda: queue.take(2, timeout=SOON))
    put(queue, "save")
    saved = reserved.result(SOON)
    assert list(saved) == ["save"]
    queue.done(saved)
    assert not take(queue)
    waiting = background(lambda: queue.take(2, timeout=SOON))
    queue.done(running[0])
    assert list(waiting.result(SOON)) == ["bulk 4", "bulk 5"]


def test_bulk_that_has_waited_too_long_does_not_take_the_reserved_worker(clock: Clock) -> None:
    queue = JobQueue[str](limits=Limits(bulk=1), now=clock)
    put(queue, "running", urgency=BULK)
    take(queue)
    put(queue, "old", urgency=BULK)
    clock.advance(PATIENCE + 1)
    for number in range(2 * TURN):
        put(queue, str(number))
        batch = take(queue)
        assert list(batch) == [str(number)]
        queue.done(batch)


def test_bulk_that_is_held_back_is_still_drained(background: Background[list[list[str]]]) -> None:
    queue = JobQueue[str](limits=Limits(bulk=1))
    put(queue, "first", urgency=BULK)
    put(queue, "second", urgency=BULK)
    first = take(queue)
    rest = background(lambda: run_to_the_end(queue))
    queue.close()
    queue.done(first)
    assert rest.result(SOON) == [["second"]]


def run_to_the_end(queue: JobQueue[str]) -> list[list[str]]:
    batches = []
    while batch := queue.take(1):
        batches.append(list(batch))
        queue.done(batch)
    return batches


def test_order_is_by_class_and_then_first_come_first_served() -> None:
    queue = JobQueue[str]()
    for urgency in (BULK, INTERACTIVE):
        for priority in (LOW, HIGH, NORMAL):
            for number in (1, 2):
                name = f"{urgency.name[0]}{priority.name[0]}{number}"
                put(queue, name, urgency=urgency, priority=priority)
    order = [item for batch in run_all(queue) for item in batch]
    assert order == ["IH1", "IH2", "IN1", "IN2", "IL1", "IL2", "BH1", "BH2", "BN1", "BN2", "BL1", "BL2"]


def test_lanes_take_turns_and_never_share_a_batch() -> None:
    queue = JobQueue[str]()
    for lane in "ab":
        for number in range(3):
            put(queue, f"{lane}{number}", lane=lane)
    assert run_all(queue, 2) == [["a0", "a1"], ["b0", "b1"], ["a2"], ["b2"]]


def test_bulk_never_rides_in_an_interactive_batch() -> None:
    queue = JobQueue[str]()
    put(queue, "bulk", urgency=BULK)
    put(queue, "low", priority=LOW)
    put(queue, "high", priority=HIGH)
    assert run_all(queue, 9) == [["high", "low"], ["bulk"]]


def test_the_newest_item_of_a_key_takes_the_place_of_the_oldest(clock: Clock) -> None:
    queue = JobQueue[str](now=clock)
    put(queue, "old", key="k")
    clock.advance(2)
    put(queue, "other")
    assert put(queue, "new", key="k")
    assert queue.pending() == 2
    assert queue.oldest(clock()) == 2
    assert run_all(queue) == [["new"], ["other"]]


def test_a_more_important_item_moves_its_key_up_and_a_lesser_one_not_down() -> None:
    queue = JobQueue[str]()
    put(queue, "first")
    put(queue, "1", key="k", urgency=BULK)
    put(queue, "2", key="k", priority=HIGH)
    put(queue, "3", key="k", urgency=BULK, priority=LOW)
    assert run_all(queue) == [["3"], ["first"]]


def test_a_key_never_runs_twice_at_once() -> None:
    queue = JobQueue[str]()
    put(queue, "1", key="k")
    running = take(queue)
    put(queue, "2", key="k", urgency=BULK)
    put(queue, "3", key="k")
    put(queue, "other")
    assert list(take(queue, 9)) == ["other"]
    assert not take(queue)
    queue.done(running)
    assert list(take(queue)) == ["3"]


def test_what_waited_for_its_key_goes_first_in_its_class() -> None:
    queue = JobQueue[str]()
    put(queue, "1", key="k")
    running = take(queue)
    put(queue, "2", key="k")
    put(queue, "later")
    queue.done(running)
    assert run_all(queue) == [["2"], ["later"]]


def test_a_limit_refuses_new_items_only() -> None:
    queue = JobQueue[str](limit=1)
    assert put(queue, "1", key="k")
    assert put(queue, "2", key="k")
    assert not put(queue, "3")
    batch = take(queue)
    assert put(queue, "4")
    assert queue.load() == (1, 1, 0, 0)
    queue.done(batch)


def test_many_are_put_in_one_go_up_to_the_limit() -> None:
    queue = JobQueue[str](limit=2)
    requests = [Request(str(number), None, "a", BULK, NORMAL) for number in range(3)]
    assert queue.put_all(requests) == 2
    assert list(take(queue, 9)) == ["0", "1"]


def test_a_batch_is_given_back_once() -> None:
    queue = JobQueue[str]()
    put(queue, "1")
    batch = take(queue)
    queue.done(batch)
    with pytest.raises(ValueError, match="does not run"):
        queue.done(batch)


def test_a_cancelled_item_is_forgotten_and_a_running_one_goes_on() -> None:
    queue = JobQueue[str]()
    put(queue, "1", key="k")
    running = take(queue)
    assert not queue.cancel("k")
    put(queue, "2", key="k")
    assert queue.cancel("k")
    queue.done(running)
    put(queue, "3", key="k")
    assert queue.cancel("k")
    assert not take(queue)
    assert queue.load() == (0, 0, 1, 0)


def test_the_load_adds_up() -> None:
    queue = JobQueue[str]()
    for number in range(5):
        put(queue, str(number))
    queue.done(take(queue, 2), failed=1)
    take(queue, 2)
    load = queue.load()
    assert load == (1, 2, 1, 1)
    assert (load.submitted, load.pending) == (5, 3)
    assert (queue.pending(), queue.running()) == (1, 2)


def test_batches_never_mix_kinds_and_kinds_take_turns() -> None:
    queue = JobQueue[str]()
    for number in range(2):
        for kind in ("py", "html"):
            put(queue, f"{kind} {number}", kind=kind)
    assert run_all(queue, 9) == [["py 0", "py 1"], ["html 0", "html 1"]]


def test_of_a_kind_no_more_runs_than_its_limit_saves_and_bulk_each() -> None:
    queue = JobQueue[str](limits=Limits(kinds={"html": 1}))
    for number in range(3):
        put(queue, f"scan {number}", kind="html", urgency=BULK)
    put(queue, "source", kind="py", urgency=BULK)
    first = take(queue)
    assert (first.items, take(queue).items, take(queue).items) == (("scan 0",), ("source",), ())
    put(queue, "save", kind="html")
    put(queue, "next save", kind="html")
    assert (take(queue).items, take(queue).items) == (("save",), ())
    queue.done(first)
    assert (take(queue).items, take(queue).items) == (("scan 1",), ())


def test_who_waits_for_a_kind_is_woken_when_there_is_room(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str](limits=Limits(kinds={"html": 1}))
    put(queue, "1", kind="html")
    put(queue, "2", kind="html")
    running = take(queue)
    taken = background(lambda: queue.take(1, timeout=SOON))
    queue.done(running)
    assert taken.result(SOON).items == ("2",)


def test_the_turn_of_the_oldest_passes_over_a_kind_that_is_full(clock: Clock) -> None:
    queue = JobQueue[str](limits=Limits(kinds={"html": 1}), now=clock)
    put(queue, "html", kind="html", urgency=BULK)
    take(queue)
    put(queue, "oldest", kind="html", urgency=BULK)
    put(queue, "scan", kind="py", urgency=BULK, priority=LOW)
    clock.advance(PATIENCE + 1)
    for number in range(2 * TURN):
        put(queue, str(number))
    order = [item for batch in run_all(queue) for item in batch]
    assert order.index("scan") < TURN and "oldest" not in order


def test_the_oldest_may_be_running(clock: Clock) -> None:
    queue = JobQueue[str](now=clock)
    assert queue.oldest(clock()) == 0
    put(queue, "1")
    batch = take(queue)
    put(queue, "2")
    assert queue.oldest(clock.advance(3)) == 3
    queue.done(batch)
    put(queue, "3")
    assert queue.oldest(clock.advance(1)) == 4


@pytest.mark.parametrize(("waited", "turns"), [(PATIENCE - 1, 3 * TURN), (PATIENCE + 1, TURN)])
def test_bulk_gets_a_turn_while_saves_keep_coming(clock: Clock, waited: float, turns: int) -> None:
    queue = JobQueue[str](now=clock)
    put(queue, "scan", lane="b", urgency=BULK, priority=LOW)
    clock.advance(waited)
    for number in range(3 * TURN - 1):
        put(queue, str(number))
    order = [item for batch in run_all(queue) for item in batch]
    assert order.index("scan") + 1 == turns


def test_the_turn_of_the_oldest_passes_over_a_key_that_runs(clock: Clock) -> None:
    queue = JobQueue[str](now=clock)
    put(queue, "1", key="k", lane="b")
    take(queue)
    put(queue, "2", key="k", lane="b")
    clock.advance(PATIENCE + 1)
    for number in range(TURN):
        put(queue, str(number))
    assert len(run_all(queue)) == TURN


def test_a_taker_wakes_for_work(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str]()
    taken = background(lambda: queue.take(1, timeout=SOON))
    put(queue, "1")
    assert list(taken.result(SOON)) == ["1"]


def test_a_taker_wakes_when_its_key_is_free(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str]()
    put(queue, "1", key="k")
    running = take(queue)
    put(queue, "2", key="k")
    taken = background(lambda: queue.take(1, timeout=SOON))
    queue.done(running)
    assert list(taken.result(SOON)) == ["2"]


def test_closing_wakes_every_taker(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str]()
    takers = [background(lambda: queue.take(1)) for _ in range(3)]
    queue.close()
    assert [list(taker.result(SOON)) for taker in takers] == [[], [], []]
    assert not put(queue, "1")


def test_a_closed_queue_is_drained_with_what_waits_for_its_key(
    background: Background[list[list[str]]],
) -> None:
    queue = JobQueue[str]()
    put(queue, "1", key="k")
    running = take(queue)
    put(queue, "2", key="k")
    queue.close()

    def work() -> list[list[str]]:
        seen = []
        while batch := queue.take(1):
            seen.append(list(batch))
            queue.done(batch)
        return seen

    workers = [background(work) for _ in range(3)]
    with pytest.raises(NotYet):
        workers[0].result(0.02)
    queue.done(running)
    assert sorted(worker.result(SOON) for worker in workers) == [[], [], [["2"]]]
    assert queue.join(SOON)


def test_cancelling_the_last_item_of_a_closed_queue_ends_its_takers(
    background: Background[Batch[str]],
) -> None:
    queue = JobQueue[str]()
    put(queue, "1", key="k")
    take(queue)
    put(queue, "2", key="k")
    queue.close()
    taker = background(lambda: queue.take(1))
    queue.cancel("k")
    assert not taker.result(SOON)


def test_closing_without_draining_leaves_what_waits() -> None:
    queue = JobQueue[str]()
    put(queue, "1")
    put(queue, "2")
    running = take(queue)
    queue.close(drain=False)
    queue.close()
    assert not queue.take(1)
    assert not queue.join(timeout=0)
    queue.done(running)
    assert queue.join(timeout=0)
    assert queue.pending() == 1


def test_join_waits_for_what_waits_and_runs(background: Background[bool]) -> None:
    queue = JobQueue[str]()
    assert queue.join(timeout=0)
    put(queue, "1")
    assert not queue.join(timeout=0)
    batch = take(queue)
    joined = background(lambda: queue.join(SOON))
    assert not queue.join(timeout=0.01)
    queue.done(batch)
    assert joined.result(SOON)


def put_blocking(queue: JobQueue[str], timeout: float) -> bool:
    return queue.put_blocking("x", key=None, lane="a", urgency=BULK, priority=LOW, timeout=timeout)


def test_a_blocked_producer_goes_on_when_there_is_room(background: Background[bool]) -> None:
    queue = JobQueue[str](limit=1)
    put(queue, "1")
    assert not put_blocking(queue, 0.01)
    blocked = background(lambda: put_blocking(queue, SOON))
    assert list(take(queue)) == ["1"]
    assert blocked.result(SOON)
    assert queue.pending() == 1


def test_a_blocked_producer_is_refused_when_the_queue_closes(background: Background[bool]) -> None:
    queue = JobQueue[str](limit=1)
    put(queue, "1")
    blocked = background(lambda: put_blocking(queue, SOON))
    queue.close()
    assert not blocked.result(SOON)


def weighed() -> JobQueue[str]:
    """Items whose length is their time in tenths of a batch."""
    return JobQueue[str](weigh=lambda item: len(item) * BATCH_SECONDS / 10)


def test_a_batch_is_full_when_it_takes_its_time() -> None:
    queue = weighed()
    for name in ("aaaa", "bbbb", "cccc", "d", "e"):
        put(queue, name, urgency=BULK)
    assert run_all(queue, 99) == [["aaaa", "bbbb", "cccc"], ["d", "e"]]


def test_a_lone_huge_item_is_not_last_and_short_ones_do_not_wait_for_all_huge_ones() -> None:
    queue = weighed()
    for number in range(40):
        put(queue, f"s{number:03}", urgency=BULK)
    for number in range(3):
        put(queue, f"huge {number}".ljust(40), urgency=BULK)
    batches = run_all(queue, 99)
    lone = [turn for turn, batch in enumerate(batches) if batch[0].startswith("huge")]
    assert lone == [1, 3, 5]
    assert all(len(batches[turn]) == 1 for turn in lone)


def makespan(queue: JobQueue[str], workers: int) -> float:
    """Until all is done by so many workers, each of which takes as soon as it is free."""
    ends = [(0.0, number) for number in range(workers)]
    running: dict[int, Batch[str]] = {}
    heapq.heapify(ends)
    over = 0.0
    while ends:
        now, worker = heapq.heappop(ends)
        if worker in running:
            queue.done(running.pop(worker))
        if batch := take(queue, 99):
            running[worker] = batch
            over = now + sum(map(len, batch))
            heapq.heappush(ends, (over, worker))
    return over


def test_that_huge_items_begin_early_shortens_the_whole() -> None:
    plain, by_cost = JobQueue[str](), weighed()
    for queue in (plain, by_cost):
        for number in range(400):
            put(queue, f"{number:03}", urgency=BULK)
        put(queue, "huge".ljust(600), urgency=BULK)
    shortest = (400 * 3 + 600) / 2
    assert makespan(by_cost, 2) <= 1.05 * shortest < 1.2 * shortest < makespan(plain, 2)


def test_a_save_is_batched_in_order_whatever_it_takes() -> None:
    queue = weighed()
    put(queue, "save".ljust(40))
    put(queue, "next")
    assert run_all(queue, 99) == [["save".ljust(40)], ["next"]]
    assert queue.load().completed == 2


def test_what_waits_and_runs_is_told_by_kind() -> None:
    queue = JobQueue[str](limits=Limits(kinds={"html": 1}))
    for name, kind in (("a", "py"), ("b", "py"), ("c", "css"), ("d", "css")):
        put(queue, name, key=name, kind=kind)
    batch = take(queue, 2)
    assert queue.cancel("c")
    assert queue.kinds() == {"css": (1, 0, None), "html": (0, 0, 1), "py": (0, 2, None)}
    queue.done(batch)
    assert queue.cancel("d")
    assert queue.kinds() == {"html": (0, 0, 1)}


def test_other_limits_hold_at_once_and_wake_who_waits_for_room(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str](limits=Limits(bulk=1))
    for number in range(3):
        put(queue, str(number), urgency=BULK)
    take(queue)
    waiting = background(lambda: queue.take(1, timeout=SOON))
    queue.restrict(Limits(bulk=2))
    assert list(waiting.result(SOON)) == ["1"]
    queue.restrict(Limits(bulk=1))
    assert not take(queue)


def test_whoever_is_to_leave_leaves_what_waits_to_another(background: Background[Batch[str]]) -> None:
    queue = JobQueue[str]()
    leaving = threading.Event()
    first = background(lambda: queue.take(1, timeout=SOON, leave=leaving.is_set))
    second = background(lambda: queue.take(1, timeout=SOON))
    leaving.set()
    put(queue, "a")
    queue.nudge()
    assert list(second.result(SOON)) == ["a"]
    assert not first.result(SOON)


def test_falling_behind_is_something_that_waits_beside_what_runs(background: Background[bool]) -> None:
    queue = JobQueue[str]()
    told = background(queue.fall_behind)
    put(queue, "lone")
    batch = take(queue)
    with pytest.raises(NotYet):
        told.result(0.01)
    put(queue, "late")
    assert told.result(SOON)
    assert queue.pressure()[::2] == (1, 1)
    queue.done(batch)
    closed = background(queue.fall_behind)
    queue.close()
    assert not closed.result(SOON)


def test_the_least_important_is_served_while_more_important_work_keeps_coming(clock: Clock) -> None:
    queue = JobQueue[str](now=clock)
    put(queue, "low", priority=LOW, lane="a")
    clock.advance(PATIENCE + 1)
    served = []
    for number in range(TURN):
        put(queue, f"high {number}", priority=HIGH, lane="b")
        batch = take(queue)
        served += list(batch)
        queue.done(batch)
    assert "low" in served


def test_a_flood_of_one_project_does_not_hold_up_another() -> None:
    queue = weighed()
    for number in range(300):
        put(queue, f"f{number:03}", lane="flood", urgency=BULK)
    put(queue, "mine", lane="other", urgency=BULK)
    assert ["mine"] in run_all(queue, 99)[:2]


def test_several_producers_and_workers_lose_nothing_and_never_share_a_key() -> None:
    queue = JobQueue[tuple[int, int]]()
    seen: dict[int, list[int]] = {key: [] for key in range(50)}
    inside: set[int] = set()
    clashes: list[int] = []

    def produce(number: int) -> None:
        for turn in range(10):
            for key in range(number, 50, 4):
                queue.put((key, turn), key=key, lane=str(key % 3), urgency=BULK, priority=NORMAL)

    def work() -> None:
        while batch := queue.take(7):
            keys = {key for key, _ in batch}
            clashes.extend(keys & inside)
            inside.update(keys)
            for key, turn in batch:
                seen[key].append(turn)
            inside.difference_update(keys)
            queue.done(batch)

    workers = [threading.Thread(target=work) for _ in range(3)]
    producers = [threading.Thread(target=produce, args=(number,)) for number in range(4)]
    for thread in [*workers, *producers]:
        thread.start()
    for thread in producers:
        thread.join(SOON)
    queue.close()
    for thread in workers:
        thread.join(SOON)
        assert not thread.is_alive()
    assert not clashes
    assert all(turns[-1] == 9 for turns in seen.values())
    assert all(turns == sorted(set(turns)) for turns in seen.values())


class QueueAgainstModel(RuleBasedStateMachine):
    """The queue against a plain list: each row is [rank, place, key, lane, item]; the least goes first."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.queue = JobQueue[int](limit=6, now=self.clock)
        self.rows: list[list[object]] = []
        self.running: list[Batch[int]] = []
        self.keys_running: dict[Batch[int], list[object]] = {}
        self.place = 0
        self.done = 0

    def row_of(self, key: object) -> list[object] | None:
        return next((row for row in self.rows if key is not None and row[2] == key), None)

    @rule(
        key=st.one_of(st.none(), st.integers(0, 4)),
        urgency=st.sampled_from(Urgency),
        priority=st.sampled_from(Priority),
    )
    def put(self, key: int | None, urgency: Urgency, priority: Priority) -> None:
        self.place += 1
        lane = "ab"[(key or 0) % 2]
        accepted = self.queue.put(self.place, key=key, lane=lane, urgency=urgency, priority=priority)
        rank = urgency * 3 + priority
        row = self.row_of(key)
        assert accepted == (row is not None or len(self.rows) < 6)
        if row is not None:
            row[4] = self.place
            if rank < row[0]:  # type: ignore[operator]
                row[0], row[1] = rank, self.place
        elif accepted:
            self.rows.append([rank, self.place, key, lane, self.place])

    @rule(count=st.integers(1, 4))
    def take(self, count: int) -> None:
        batch = self.queue.take(count, timeout=0)
        busy = {key for keys in self.keys_running.values() for key in keys if key is not None}
        free = sorted((row for row in self.rows if row[2] not in busy), key=lambda row: row[:2])
        assert bool(batch) == bool(free)
        if not batch:
            return
        rows = [next(row for row in free if row[4] == item) for item in batch]
        lane, best = rows[0][3], free[0][0]
        assert rows[0][0] == best
        urgency = best // 3  # type: ignore[operator]
        eligible = [row for row in free if row[3] == lane and row[0] // 3 == urgency]  # type: ignore[operator]
        assert [row[0] for row in rows] == [row[0] for row in eligible[:count]]
        assert len(rows) == min(count, len(eligible))
        self.rows = [row for row in self.rows if row not in rows]
        self.running.append(batch)
        self.keys_running[batch] = [row[2] for row in rows]

    @precondition(lambda self: self.running)
    @rule(data=st.data())
    def finish(self, data: st.DataObject) -> None:
        batch = self.running.pop(data.draw(st.integers(0, len(self.running) - 1)))
        del self.keys_running[batch]
        self.done += len(batch)
        self.queue.done(batch)

    @rule(key=st.integers(0, 4))
    def cancel(self, key: int) -> None:
        row = self.row_of(key)
        assert self.queue.cancel(key) == (row is not None)
        if row is not None:
            self.rows.remove(row)

    @invariant()
    def counts_agree(self) -> None:
        running = sum(map(len, self.running))
        assert self.queue.load() == (len(self.rows), running, self.done, 0)
        assert self.queue.join(timeout=0) == (not self.rows and not running)


TestQueueAgainstModel = QueueAgainstModel.TestCase
