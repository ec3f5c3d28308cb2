from __future__ import annotations

from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.records import VolatileRecords


def test_nothing_is_counted_for_what_nobody_publishes() -> None:
    def view() -> WorkspaceView:
        raise AssertionError("all that was found is counted for this")

    VolatileRecords().publish(view)
