"""When a benchmark fails: samples whose answer is known."""

import random

import pytest

from significance import FEWEST, Kind, greater, judge


def around(mean: float, *, seed: int, spread: float = 0.05, count: int = 20) -> list[float]:
    """Samples of a normal distribution; ``spread`` is the deviation as a share of the mean."""
    source = random.Random(seed)
    return [source.gauss(mean, spread * mean) for _ in range(count)]


def regressed(kind: Kind, factor: float, *, spread: float = 0.05, seed: int = 0) -> bool:
    base, again, candidate = (
        around(mean, seed=seed + number, spread=spread)
        for number, mean in enumerate((100.0, 100.0, 100.0 * factor))
    )
    return judge(kind, base=base, again=again, candidate=candidate).regressed


@pytest.mark.parametrize("kind", Kind)
def test_the_same_revision_passes(kind: Kind) -> None:
    assert [seed for seed in range(0, 300, 3) if regressed(kind, 1.0, seed=seed)] == []


def test_what_is_slower_by_a_third_fails() -> None:
    assert regressed(Kind.DURATION, 1.3)
    assert not regressed(Kind.DURATION, 0.7)


def test_each_kind_has_a_limit_of_its_own() -> None:
    assert not regressed(Kind.DURATION, 1.15, spread=0.01)
    assert regressed(Kind.DURATION, 1.25, spread=0.01)
    assert not regressed(Kind.MEMORY, 1.25, spread=0.01)
    assert regressed(Kind.MEMORY, 1.35, spread=0.01)
    assert not regressed(Kind.THROUGHPUT, 0.92, spread=0.01)
    assert regressed(Kind.THROUGHPUT, 0.87, spread=0.01)


@pytest.mark.parametrize("kind", Kind)
def test_noise_passes_but_for_chance(kind: Kind) -> None:
    """Medians of so noisy samples differ by more than any limit."""
    assert sum(regressed(kind, 1.0, seed=seed, spread=0.6) for seed in range(0, 300, 3)) <= 2


def test_a_change_below_what_the_same_revision_differs_by_passes() -> None:
    base, again, candidate = [100.0 + n for n in range(20)], [150.0 + n for n in range(20)], [180.0] * 20

    found = judge(Kind.DURATION, base=base, again=again, candidate=candidate)

    assert found.change > found.limit
    assert found.noise > found.change
    assert not found.regressed


def test_too_few_samples_are_refused() -> None:
    enough, few = [1.0] * FEWEST, [1.0] * (FEWEST - 1)
    with pytest.raises(ValueError, match="samples"):
        judge(Kind.DURATION, base=enough, again=enough, candidate=few)


def test_the_test_is_that_of_mann_and_whitney() -> None:
    """The example of SciPy's documentation of ``mannwhitneyu``; its two-sided p is 0.11134688653314041."""
    males, females = [19.0, 22, 16, 29, 24], [20.0, 11, 17, 12]

    assert greater(males, females) == pytest.approx(0.11134688653314041 / 2)
    assert greater(females, males) > 0.9


def test_equal_samples_prove_nothing() -> None:
    assert greater([1.0] * 10, [1.0] * 10) == 1.0
    assert greater([1.0, 2.0] * 10, [1.0, 2.0] * 10) > 0.4
