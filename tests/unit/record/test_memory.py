from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Clock
from dev_assistant.model import Digest, Verdict
from dev_assistant.record.memory import CacheCounts, MemoryTier, TieredVerdicts
from fakes.record import MemoryVerdictStore, checked, digest

A, B, C = digest("a"), digest("b"), digest("c")


def tier(clock: Clock, *, max_entries: int = 2, ttl_seconds: float = 300) -> MemoryTier:
    return MemoryTier(max_entries=max_entries, ttl_seconds=ttl_seconds, now=clock)


def test_what_was_put_is_there_and_hits_are_counted(clock: Clock) -> None:
    memory = tier(clock)
    memory.put(A, checked(1))

    assert (memory.get(A), memory.get(B)) == (checked(1), None)
    assert (memory.hits, memory.misses, len(memory)) == (1, 1, 1)


def test_the_one_that_was_used_longest_ago_goes_first(clock: Clock) -> None:
    memory = tier(clock)
    memory.put(A, checked())
    memory.put(B, checked())
    memory.get(A)
    memory.put(C, checked())

    assert [memory.get(key) is not None for key in (A, B, C)] == [True, False, True]


def test_putting_again_counts_as_use_and_replaces(clock: Clock) -> None:
    memory = tier(clock)
    memory.put(A, checked())
    memory.put(B, checked())
    memory.put(A, checked(1))
    memory.put(C, checked())

    assert (memory.get(A), memory.get(B)) == (checked(1), None)


def test_an_entry_ends_with_its_time_however_often_it_is_used(clock: Clock) -> None:
    memory = tier(clock, ttl_seconds=10)
    memory.put(A, checked())
    clock.advance(9.9)
    assert memory.get(A) is not None
    clock.advance(0.1)

    assert memory.get(A) is None
    assert len(memory) == 0


def test_without_room_or_time_nothing_is_kept(clock: Clock) -> None:
    for memory in (tier(clock, max_entries=0), tier(clock, ttl_seconds=0)):
        memory.put(A, checked())
        assert memory.get(A) is None


def test_one_entry_or_all_can_be_forgotten(clock: Clock) -> None:
    memory = tier(clock)
    memory.put(A, checked())
    memory.put(B, checked())
    memory.invalidate(A)
    memory.invalidate(C)
    assert (memory.get(A), memory.get(B)) == (None, checked())
    memory.clear()

    assert len(memory) == 0


@given(st.lists(st.tuples(st.sampled_from("pg"), st.integers(0, 6))), st.integers(0, 4))
def test_it_is_never_larger_than_allowed_and_never_wrong(steps: list[tuple[str, int]], room: int) -> None:
    memory = tier(Clock(), max_entries=room)
    for step, number in steps:
        if step == "p":
            memory.put(digest(number), checked(number))
        assert memory.get(digest(number)) in {None, checked(number)}
        assert len(memory) <= room


class Disk(MemoryVerdictStore):
    """Notes what it was asked for."""

    def __init__(self, verdicts: dict[Digest, Verdict]) -> None:
        super().__init__()
        self.save({}, verdicts)
        self.asked: list[Digest] = []

    def find(self, keys: Sequence[Digest]) -> dict[Digest, Verdict]:
        self.asked += keys
        return super().find(keys)


@pytest.fixture
def two(clock: Clock) -> SimpleNamespace:
    """Two tiers: A is in memory, B on disk, C nowhere."""
    disk = Disk({B: checked(2)})
    tiers = TieredVerdicts(tier(clock), disk)
    tiers.put(A, checked(1))
    return SimpleNamespace(disk=disk, tiers=tiers)


def test_disk_is_asked_only_for_what_memory_does_not_hold(two: SimpleNamespace) -> None:
    assert two.tiers.find([A, B, C]) == {A: checked(1), B: checked(2)}
    assert two.disk.asked == [B, C]
    assert two.tiers.counts == CacheCounts(memory=1, disk=1, missed=1)


def test_what_came_from_disk_is_in_memory_then(two: SimpleNamespace) -> None:
    two.tiers.find([B])
    two.tiers.find([B])

    assert two.disk.asked == [B]
    assert two.tiers.counts == CacheCounts(memory=1, disk=1)


def test_a_cache_that_is_off_finds_and_keeps_nothing(clock: Clock) -> None:
    memory = tier(clock)
    disk = Disk({B: checked(2)})
    tiers = TieredVerdicts(memory, disk, enabled=False)
    tiers.put(A, checked(1))

    assert tiers.find([A, B]) == {}
    assert (len(memory), disk.asked, tiers.counts.missed) == (0, [], 2)


def test_what_the_cache_gave_is_counted_by_verifier_and_tier(clock: Clock) -> None:
    disk = MemoryVerdictStore()
    disk.save({}, {B: checked()})
    both = TieredVerdicts(tier(clock, max_entries=9), disk)
    both.put(A, checked())
    found = both.find([A, B, C])
    both.count({"ruff": A, "deep": B, "text": C}, found, known=())
    assert both.by_kind == {"ruff": (1, 0, 0), "deep": (0, 1, 0), "text": (0, 0, 1)}
    found = both.find([A, B])
    both.count({"ruff": A, "deep": B}, found, known={A})
    assert both.by_kind["ruff"] == (1, 0, 0)  # its record knew
    assert both.by_kind["deep"] == (1, 1, 0)  # in memory by now
