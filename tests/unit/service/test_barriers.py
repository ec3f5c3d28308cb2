from __future__ import annotations

from dev_assistant.service.barriers import Barriers
from dev_assistant.service.ledger import Ledger
from dev_assistant.service.messages import Barrier


def test_a_barrier_waits_for_its_cookie_and_for_what_was_owed_until_then() -> None:
    ledger = Ledger()
    barriers = Barriers(ledger)
    said: list[str] = []
    barriers.expect("c", Barrier(lambda: said.append("settled"), arrived=lambda: said.append("arrived")))
    assert not barriers.waiting
    before = ledger.owe()
    barriers.seen("c")
    after = ledger.owe()
    assert barriers.waiting and barriers.reached() == []
    ledger.pay(before)
    for settled in barriers.reached():
        settled()
    assert said == ["arrived", "settled"]
    assert not barriers.waiting
    ledger.pay(after)


def test_whoever_gave_up_is_not_told() -> None:
    barriers = Barriers(Ledger())
    barriers.expect("c", Barrier(lambda: None, cookie="c"))
    barriers.withdraw("c")
    barriers.seen("c")
    assert not barriers.waiting and barriers.reached() == []
