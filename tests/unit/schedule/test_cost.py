from __future__ import annotations

import random

import pytest

from dev_assistant.schedule.cost import Costs, Piece

KB = 1000


def pieces(*sizes: int) -> list[Piece]:
    return [Piece(f"{number}-{size}", size) for number, size in enumerate(sizes)]


def taught(*, per_file: float, per_kb: float, noise: float = 0.0, batches: int = 40) -> Costs:
    """Costs that have seen batches of a kind of work that takes so many seconds."""
    costs, choose = Costs(), random.Random(1)
    for _ in range(batches):
        sizes = [choose.randrange(1, 40) * KB for _ in range(choose.randrange(20, 200))]
        seconds = per_file * len(sizes) + per_kb * sum(sizes) / KB
        costs.learn("work", pieces(*sizes), seconds * choose.uniform(1 - noise, 1 + noise))
    return costs


@pytest.mark.parametrize(
    ("per_file", "per_kb"), [(0.004, 0.0002), (0.0002, 0.001), (0.01, 0.0), (0.0, 0.0005)]
)
def test_what_a_file_and_what_a_byte_takes_is_learned(per_file: float, per_kb: float) -> None:
    costs = taught(per_file=per_file, per_kb=per_kb, noise=0.1)
    expected = per_file + 20 * per_kb
    assert costs.predict("work", Piece("new", 20 * KB)) == pytest.approx(expected, rel=0.15)


def test_before_anything_is_known_large_files_take_longer() -> None:
    small, large = (Costs().predict("work", Piece("x", size)) for size in (KB, 1000 * KB))
    assert 0 < small < 0.01
    assert 0.1 < large < 1


def test_kinds_are_learned_apart() -> None:
    costs = taught(per_file=1.0, per_kb=0.0)
    assert costs.predict("other", Piece("x", KB)) == Costs().predict("work", Piece("x", KB))


def test_what_comes_later_counts_more() -> None:
    costs = taught(per_file=0.01, per_kb=0.0)
    for _ in range(100):
        costs.learn("work", pieces(*[10 * KB] * 100), 0.5)
    assert costs.predict("work", Piece("new", 10 * KB)) == pytest.approx(0.005, rel=0.1)


def test_many_single_files_do_not_outweigh_what_a_batch_told() -> None:
    costs = taught(per_file=0.001, per_kb=0.0)
    for number in range(300):
        costs.learn("work", [Piece(f"save {number}", KB)], 0.0015)
    assert costs.predict("work", Piece("new", KB)) == pytest.approx(0.001, rel=0.2)


def test_no_prediction_is_negative() -> None:
    costs, choose = Costs(), random.Random(2)
    for _ in range(300):
        sizes = [choose.randrange(0, 100 * KB) for _ in range(choose.randrange(1, 9))]
        costs.learn("work", pieces(*sizes), choose.uniform(0.0, 2.0))
        assert costs.predict("work", Piece("empty", 0)) >= 0
        assert costs.predict("work", Piece("large", 1000 * KB)) >= 0
    costs.learn("work", [], 1.0)


def test_a_file_that_takes_much_longer_than_its_size_says_is_remembered_and_forgotten() -> None:
    costs = taught(per_file=0.001, per_kb=0.0001)
    slow = Piece("slow", 10 * KB)
    usual = costs.predict("work", slow)
    costs.learn("work", [slow], 30 * usual)
    assert costs.predict("work", slow) == pytest.approx(30 * usual)
    assert costs.predict("work", Piece("another", 10 * KB)) < 2 * usual
    costs.learn("work", [slow], usual)
    assert costs.predict("work", slow) == pytest.approx(usual, rel=0.5)


def test_only_so_many_files_are_remembered() -> None:
    costs = taught(per_file=0.001, per_kb=0.0)
    first = Piece("first", KB)
    costs.learn("work", [first], 0.01)
    assert costs.predict("work", first) == pytest.approx(0.01)
    for number in range(5000):
        costs.learn("work", [Piece(number, KB)], 1e-7)
    assert costs.predict("work", first) == costs.predict("work", Piece("never seen", KB))
