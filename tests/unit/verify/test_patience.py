from conftest import Clock
from dev_assistant.verify.patience import Patience


def test_it_is_lost_after_sixteen_failures_in_a_row_and_rests(clock: Clock) -> None:
    patience = Patience(now=clock)
    for _ in range(15):
        patience.failed("no")
    assert patience.lost() == ""
    patience.failed("it exited with 2")
    assert patience.lost() == "it exited with 2"
    clock.advance(2)
    assert patience.lost() == ""


def test_a_success_restores_it(clock: Clock) -> None:
    patience = Patience(now=clock)
    for _ in range(100):
        for _ in range(15):
            patience.failed("no")
        patience.succeeded()
    assert patience.lost() == ""


def test_each_failure_after_a_rest_makes_the_next_one_longer(clock: Clock) -> None:
    patience = Patience(now=clock)
    rests = []
    for _ in range(10):
        patience.failed("no") if rests else patience.lose("no")
        began = clock()
        while patience.lost():
            clock.advance(1)
        rests.append(clock() - began)
    assert rests == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
