from __future__ import annotations

import threading

from dev_assistant.model import Urgency
from dev_assistant.service.errands import Errands


def test_what_somebody_waits_for_overtakes_bulk() -> None:
    done: list[str] = []
    gate, finished = threading.Event(), threading.Event()
    errands = Errands(failed=lambda error: None)
    errands.run(gate.wait, urgency=Urgency.INTERACTIVE)  # type: ignore[arg-type]
    errands.run(lambda: done.append("audit"), urgency=Urgency.BULK)
    errands.run(finished.set, urgency=Urgency.BULK)
    errands.run(lambda: done.append("save"), urgency=Urgency.INTERACTIVE)
    errands.start()
    gate.set()
    assert finished.wait(10)
    assert done == ["save", "audit"]
    assert errands.stop(10)


def test_an_errand_that_raises_is_told_and_ends_nothing() -> None:
    errors: list[BaseException] = []
    finished = threading.Event()
    errands = Errands(failed=errors.append)
    errands.start()

    def broken() -> None:
        raise ValueError("no")

    errands.run(broken, urgency=Urgency.INTERACTIVE)
    errands.run(finished.set, urgency=Urgency.INTERACTIVE)
    assert finished.wait(10)
    assert [str(error) for error in errors] == ["no"]
    assert errands.stop(10)


def test_stopping_leaves_out_what_has_not_begun() -> None:
    errands = Errands(failed=lambda error: None)
    done: list[str] = []
    began, gate = threading.Event(), threading.Event()

    def busy() -> None:
        began.set()
        gate.wait(10)

    errands.run(busy, urgency=Urgency.INTERACTIVE)
    errands.run(lambda: done.append("late"), urgency=Urgency.INTERACTIVE)
    errands.start()
    assert began.wait(10)
    assert not errands.stop(0.01)
    gate.set()
    assert errands.stop(10)
    assert done == []
