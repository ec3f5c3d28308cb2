from __future__ import annotations

import pytest

from dev_assistant.report.views import WorkspaceView
from dev_assistant.service.records import DiskRecords, Records, VolatileRecords


@pytest.mark.parametrize("records", [VolatileRecords(), DiskRecords(reports=False)])
def test_nothing_is_counted_for_what_nobody_publishes(records: Records) -> None:
    def view() -> WorkspaceView:
        raise AssertionError("all that was found is counted for this")

    records.publish(view)
