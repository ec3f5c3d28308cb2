from __future__ import annotations

import io
import threading

import pytest

from dev_assistant.commands.progress import Progress, progress_line
from dev_assistant.report.tally import Tally


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("tally", "line"),
    [
        (Tally(), "looking for files (4 s)"),
        (
            Tally(files=1000, fresh=400, pending=590, failed=10),
            "410 of 1,000 files (41 %), 0 findings, 10 failed (4 s, 102 a second)",
        ),
    ],
)
def test_how_far_it_has_come(tally, line):
    assert progress_line(tally, seconds=4.0) == f"dev-assistant: {line}"


def test_on_a_terminal_one_line_is_replaced_and_wiped_at_the_end():
    shown, asked = Terminal(), threading.Event()

    def totals() -> Tally:
        asked.set()
        return Tally(files=2, fresh=1, pending=1)

    with Progress(shown).watch(totals):
        assert asked.wait(30)
    assert "1 of 2 files (50 %)" in shown.getvalue()
    assert shown.getvalue().endswith("\r\x1b[K")
    assert "\n" not in shown.getvalue()


def test_a_short_run_says_nothing_elsewhere():
    shown = io.StringIO()
    with Progress(shown).watch(Tally):
        pass
    assert shown.getvalue() == ""
