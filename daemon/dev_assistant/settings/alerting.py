"""What the daemon calls out about itself: thresholds, 0 for none, and a program that is told."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from dev_assistant.settings.marks import Checked, Patterns, Personal, Unit, WorkspaceWide


class Alerting(Checked):
    """Each alert is told once when its threshold is crossed, and once when it is over."""

    slow_operation_sec: Annotated[
        float,
        WorkspaceWide(),
        Unit("s"),
        Field(
            gt=0,
            le=86_400,
            description="A single operation (a scan, a batch of a tool, a report) that takes longer is "
            "warned of in the log, at most once a minute for each kind.",
        ),
    ] = 5.0
    alert_score: Annotated[
        float,
        WorkspaceWide(),
        Field(ge=0, le=10, description="Alert when a project's score is below this; 0 never does."),
    ] = 0.0
    alert_failed_files: Annotated[
        int,
        WorkspaceWide(),
        Unit("files"),
        Field(
            ge=0,
            le=10_000_000,
            description="Alert when so many files of a project or more could not be judged; 0 never does.",
        ),
    ] = 0
    alert_queue_sec: Annotated[
        float,
        WorkspaceWide(),
        Unit("s"),
        Field(
            ge=0,
            le=604_800,
            description="Alert when the oldest file has waited for its verdict for so long; 0 never does.",
        ),
    ] = 600.0
    alert_memory_mb: Annotated[
        int,
        WorkspaceWide(),
        Unit("MB"),
        Field(
            ge=0,
            le=1_048_576,
            description="Alert when the daemon and its tools have so much memory; 0 never does. "
            "memory_limit_mb is where something is done about it.",
        ),
    ] = 0
    alert_save_p95_ms: Annotated[
        float,
        WorkspaceWide(),
        Unit("ms"),
        Field(
            ge=0,
            le=3_600_000,
            description="Alert when one of twenty saves of the last ten minutes took so long from its event "
            "to its verdict; 0 never does.",
        ),
    ] = 0.0
    alert_degraded: Annotated[
        bool,
        WorkspaceWide(),
        Field(description="Alert when the daemon is not at its best: status says why."),
    ] = True
    alert_command: Annotated[
        Patterns,
        WorkspaceWide(),
        Personal(),
        Field(
            description="Program and arguments that are run for each alert and its end, without a shell, for "
            "10 s at most. The alert is JSON on its standard input, and DEV_ALERT_NAME, DEV_ALERT_STATE and "
            "DEV_ALERT_MESSAGE in its environment."
        ),
    ] = ()
