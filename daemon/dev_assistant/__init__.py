"""A code-quality daemon for every project of a workspace.

Importing this package loads nothing else: the names of the library are looked up when first used.
"""

from __future__ import annotations

import importlib

__version__ = "0.1.0"
"""The one place that says so: to read it from the metadata of the installed package takes 20 ms."""

TYPE_CHECKING = False  # as type checkers know it, without the cost of importing typing

if TYPE_CHECKING:
    from dev_assistant.model import Criticality, Priority
    from dev_assistant.schedule.adaptive import AdaptiveWorkerPool
    from dev_assistant.schedule.pool import PoolStats, WorkerPool
    from dev_assistant.service.critical_files import CriticalFileDetector
    from dev_assistant.service.team_stats import TeamStatsAggregator
    from dev_assistant.verify.ruff import FileReport, RuffVerifier, Violation

__all__ = [
    "AdaptiveWorkerPool",
    "CriticalFileDetector",
    "Criticality",
    "FileReport",
    "PoolStats",
    "Priority",
    "RuffVerifier",
    "TeamStatsAggregator",
    "Violation",
    "WorkerPool",
    "__version__",
]

_HOMES = {
    "AdaptiveWorkerPool": "dev_assistant.schedule.adaptive",
    "CriticalFileDetector": "dev_assistant.service.critical_files",
    "Criticality": "dev_assistant.model",
    "FileReport": "dev_assistant.verify.ruff",
    "PoolStats": "dev_assistant.schedule.pool",
    "Priority": "dev_assistant.model",
    "RuffVerifier": "dev_assistant.verify.ruff",
    "TeamStatsAggregator": "dev_assistant.service.team_stats",
    "Violation": "dev_assistant.verify.ruff",
    "WorkerPool": "dev_assistant.schedule.pool",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
