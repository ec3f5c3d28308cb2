"""Profiles: sets of values for a purpose, each with the reason why it is set.

The copies under config/profiles/ are for reading and kept true by tests; these here are what holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from dev_assistant.settings.layers import Layer, LayerKind, Origin


class Choice(NamedTuple):
    """A setting's value in a profile, and why."""

    value: object
    reason: str


PROFILES: Mapping[str, Mapping[str, Choice]] = MappingProxyType(
    {
        "development": {
            "debounce_ms": Choice(50, "Somebody looks at the editor and waits for the verdict."),
            "stats_interval_ms": Choice(250, "The dashboard stands open beside the editor."),
            "slow_operation_sec": Choice(1.0, "What takes a second is felt."),
            "alert_save_p95_ms": Choice(500.0, "Slower than that the verdict comes too late to be used."),
            "log_level": Choice("debug", "The log is read to find out what happened."),
            "log_retention_days": Choice(7, "Evidence of last month is of no use here."),
        },
        "production": {
            "audit_interval_sec": Choice(900.0, "Nobody edits by hand, and the machine has other work."),
            "stats_interval_ms": Choice(5000, "Reports are read by the hour; each one costs writes."),
            "alert_failed_files": Choice(1, "Nobody looks at the status unless told to."),
            "alert_queue_sec": Choice(300.0, "Work that waits for minutes is work that does not get done."),
            "alert_memory_mb": Choice(900, "Before memory_limit_mb makes the daemon restart its tools."),
            "log_level": Choice("warning", "A log that is quiet is a log in which warnings are seen."),
            "log_retention_days": Choice(90, "Evidence has to last until somebody asks for it."),
        },
    }
)


def profile_layer(name: str) -> Layer:
    """What the profile sets; nothing when there is none of this name."""
    chosen = PROFILES.get(name, {})
    values = {setting: choice.value for setting, choice in chosen.items()}
    return Layer(LayerKind.PROFILE, values, dict.fromkeys(values, Origin(LayerKind.PROFILE, name)))
