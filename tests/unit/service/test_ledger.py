from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dev_assistant.service.ledger import Ledger


def test_an_epoch_is_settled_when_its_debts_are_paid() -> None:
    ledger = Ledger()
    debt = ledger.owe()
    closed = ledger.close()
    assert not ledger.settled(closed)
    ledger.pay(debt)
    assert ledger.settled(closed)


def test_what_is_owed_after_the_close_does_not_count() -> None:
    ledger = Ledger()
    closed = ledger.close()
    ledger.owe()
    assert ledger.settled(closed)
    assert not ledger.settled(ledger.close())


def test_what_follows_from_an_older_debt_counts_for_the_older_epoch() -> None:
    ledger = Ledger()
    debt = ledger.owe()
    closed = ledger.close()
    follows = ledger.owe(debt)
    ledger.pay(debt)
    assert not ledger.settled(closed)
    ledger.pay(follows)
    assert ledger.settled(closed)


def test_paying_what_is_not_owed_is_a_defect() -> None:
    with pytest.raises(KeyError):
        Ledger().pay(Ledger().close())


@given(st.lists(st.sampled_from(["owe", "pay", "close"])))
def test_outstanding_is_what_was_owed_and_not_paid(steps: list[str]) -> None:
    ledger = Ledger()
    debts = []
    for step in steps:
        if step == "owe":
            debts.append(ledger.owe())
        elif step == "close":
            ledger.close()
        elif debts:
            ledger.pay(debts.pop())
    assert ledger.outstanding == len(debts)
    assert ledger.settled(ledger.close()) == (not debts)
