"""One look for all losses that come before it, less and less often, and none of them forgotten."""

from __future__ import annotations

import pytest

from dev_assistant.service.ledger import Epoch, Ledger
from dev_assistant.service.losses import Losses


class Story:
    """Looks take no time unless ``walking`` says that one goes on."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.looks: list[float] = []
        self.now = 0.0
        self.walking = False
        self.losses = Losses(ledger=self.ledger, look=self._look, walking=lambda: self.walking, now=0.0)

    def _look(self, epoch: Epoch) -> None:
        self.looks.append(self.now)

    def go(self, seconds: float, *, losing: bool, hurry: bool = False) -> None:
        """Time passes in tenths of a second, with a loss in each, or none."""
        for _ in range(round(seconds * 10)):
            self.now = round(self.now + 0.1, 1)
            if losing:
                self.losses.lost("a reason", self.now)
            self.losses.fire(self.now, hurry=hurry)


@pytest.fixture
def story() -> Story:
    return Story()


def test_the_first_loss_is_looked_into_at_once_and_the_next_ones_less_often(story: Story) -> None:
    story.go(300, losing=True)
    gaps = [round(b - a, 1) for a, b in zip(story.looks, story.looks[1:], strict=False)]
    assert story.looks[0] == 0.1
    assert gaps == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]
    assert story.losses.every == 60.0


def test_no_loss_is_forgotten_and_all_are_owed_until_they_are_looked_into(story: Story) -> None:
    story.go(2, losing=True)
    assert story.ledger.outstanding == 1
    before = len(story.looks)
    story.go(10, losing=False)
    assert len(story.looks) == before + 1
    assert story.ledger.outstanding == 0


def test_somebody_who_waits_is_not_kept_waiting(story: Story) -> None:
    story.go(30, losing=True)
    before = len(story.looks)
    story.go(0.1, losing=True, hurry=True)
    assert len(story.looks) == before + 1


@pytest.mark.parametrize("hurry", [False, True])
def test_while_everything_is_walked_no_further_walk_begins(story: Story, hurry: bool) -> None:
    story.walking = True
    story.go(10, losing=True, hurry=hurry)
    assert story.looks == []
    assert story.losses.deadline() is None
    story.walking = False
    story.go(0.1, losing=False, hurry=hurry)
    assert len(story.looks) == 1


def test_after_a_calm_everything_is_as_before(story: Story) -> None:
    story.go(5, losing=True)
    story.go(70, losing=False)
    assert story.losses.every == 0.0
    assert story.losses.deadline() is None
    story.go(0.1, losing=True)
    assert story.looks[-1] == story.now


def test_what_is_told_is_told_once_and_then_with_each_look(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    story.go(300, losing=True)
    assert len(caplog.records) == 1 + len(story.looks) - 1
